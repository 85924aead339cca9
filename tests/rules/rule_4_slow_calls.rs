//! Rule 4 while calls take seconds: another invocation replaces a record, or reads it, between two calls of this one. No
//! floor may stay without a record, and nothing is woken without work.

use std::time::Duration;

use jiff::SignedDuration;
use reactive_scaler::{
    lease::{HOLD, LEASE, NO_FLOOR, Record, Records, WATCH},
    port::Suspended,
};
use serde_json::{Value, json};
use simulator::{ActionPut, World};

use crate::{
    setup::{ENDPOINT, Setup, id, input, plant_lease, serve, tick},
    two_at_once::{in_the_middle, in_the_middle_of_killed, interleaved},
};

const REGISTER: &str = "RegisterScalableTarget";

/// What another invocation, which read the records before the lease was written, does to the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replaced {
    Not,
    Deleted,
    MadePlain,
    EndedAndCanceled,
}

impl Replaced {
    fn apply(self, world: &mut World) {
        let lease = world.action(&id(), LEASE).unwrap().runs_at.unwrap();
        let ended = world.now() + WATCH - SignedDuration::from_secs(1);
        match self {
            Self::Not => {}
            Self::Deleted => world.remove_action(&id(), LEASE),
            Self::MadePlain => {
                world.plant_action(&id(), &ActionPut::once(LEASE, lease, None, Some(4)));
            }
            Self::EndedAndCanceled => {
                let cancels = ended + SignedDuration::from_mins(3);
                world.plant_action(&id(), &ActionPut::once(LEASE, ended, Some(0), None));
                world.plant_action(&id(), &ActionPut::once(NO_FLOOR, cancels, None, Some(4)));
            }
        }
    }

    /// Before the floor is raised for the `nth` time, seconds pass, and the lease is replaced.
    fn before_floor(self, world: &mut World, nth: u32) {
        world.before_call(REGISTER, nth, move |world, _| {
            world.advance(Duration::from_secs(2));
            self.apply(world);
        });
    }
}

fn records(setup: &Setup) -> Records {
    setup.with(|world| Records::read(&world.actions_of(&id()), &id(), world.now()))
}

/// The live record that lowers the floor.
fn lowering(setup: &Setup) -> Option<(&'static str, Record)> {
    records(setup).lowering_floor(setup.sim.now())
}

#[tokio::test]
async fn a_floor_that_is_raised_late_has_a_record() {
    for replaced in [Replaced::Deleted, Replaced::MadePlain, Replaced::EndedAndCanceled] {
        for is_up in [false, true] {
            let setup = if is_up { Setup::ready_to_sleep() } else { Setup::at_zero() };
            setup.with(|world| {
                world.set_bounds(&id(), 0, 4);
                replaced.before_floor(world, 1);
            });
            setup.upload().await.unwrap();
            assert_eq!((setup.desired(), setup.min()), (1, 1), "{replaced:?}, up: {is_up}");
            assert!(lowering(&setup).is_some(), "{replaced:?}, up: {is_up}");
            assert!(setup.minutes_until_zero(90).await.is_some(), "{replaced:?}, up: {is_up}");
            assert_eq!(setup.min(), 0, "{replaced:?}, up: {is_up}");
        }
    }
}

#[tokio::test]
async fn a_floor_that_a_sleep_puts_back_late_has_a_record() {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| {
        world.after_call(REGISTER, 1, |world, _| {
            plant_lease(world, 600);
            Replaced::Deleted.before_floor(world, 1);
        });
    });
    setup.tick().await.unwrap();
    assert_eq!((setup.desired(), setup.min()), (1, 1));
    assert!(lowering(&setup).is_some());
}

/// If the records cannot be read, the lease is written again: it is not known to stand.
#[tokio::test]
async fn a_floor_that_is_raised_late_has_a_record_where_the_records_cannot_be_read() {
    let setup = Setup::at_zero();
    setup.with(|world| {
        Replaced::Deleted.before_floor(world, 1);
        world.after_call(REGISTER, 1, |world, _| {
            world.faults.fail_next("DescribeScheduledActions", simulator::Fault::Throttled, 2);
        });
    });
    setup.upload().await.unwrap();
    assert!(lowering(&setup).is_some());
}

#[tokio::test]
async fn a_floor_that_is_raised_late_costs_one_read_if_its_record_stands() {
    let setup = Setup::at_zero();
    setup.with(|world| Replaced::Not.before_floor(world, 1));
    setup.upload().await.unwrap();
    assert_eq!(setup.with(|world| world.calls_total()), 7, "{:?}", setup.calls());
}

/// An input finds the endpoint up, because its reads are older than the sleep, and raises the floor. Another one finds the
/// endpoint on its way to zero, and its reads are older than that floor. It makes the record plain, and looks for a floor
/// in vain.
#[tokio::test]
async fn a_floor_that_another_input_is_too_early_to_see_has_a_record() {
    for replaced in [Replaced::Not, Replaced::Deleted, Replaced::MadePlain] {
        let setup = asleep_by_reads_of_others();
        setup.with(|world| {
            world.after_call(REGISTER, 1, move |world, _| replaced.apply(world));
        });
        setup.upload().await.unwrap();
        assert_eq!((setup.desired(), setup.min()), (1, 1), "{replaced:?}");
        assert!(lowering(&setup).is_some(), "{replaced:?}");
        assert!(setup.minutes_until_zero(90).await.is_some(), "{replaced:?}");
        assert_eq!(setup.min(), 0, "{replaced:?}");
    }
}

/// The same beside a sleep that puts the floor back, after a capacity call of which nobody knows whether it was carried out.
#[tokio::test]
async fn a_floor_that_a_sleep_puts_back_and_an_input_is_too_early_to_see_has_a_record() {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| {
        world.after_call(REGISTER, 1, |world, _| {
            plant_lease(world, 600);
            world.after_call(REGISTER, 1, |world, _| Replaced::MadePlain.apply(world));
        });
    });
    setup.tick().await.unwrap();
    assert_eq!((setup.desired(), setup.min()), (1, 1));
    assert!(lowering(&setup).is_some());
}

/// The same where no record exists: the owner has scaled out, and a person sends the endpoint to sleep.
#[tokio::test]
async fn a_floor_of_an_endpoint_without_records_that_another_input_is_too_early_to_see_has_a_record()
 {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| {
        world.set_bounds(&id(), 0, 4);
        world.remove_action(&id(), LEASE);
        world.after_call(REGISTER, 1, |world, _| Replaced::MadePlain.apply(world));
    });
    setup.upload().await.unwrap();
    assert_eq!(setup.min(), 1);
    assert!(lowering(&setup).is_some());
}

/// A command ends the record, and the target is read as it was before. A live record would wake the endpoint.
#[tokio::test]
async fn a_record_that_a_command_ended_is_not_written_again_because_a_read_of_the_target_is_old() {
    let setup = asleep_by_reads_of_others();
    setup.with(|world| {
        world.after_call(REGISTER, 1, |world, _| {
            Replaced::EndedAndCanceled.apply(world);
            world.before_call("DescribeScalableTargets", 1, |world, _| {
                world.set_bounds(&id(), 1, 4);
                world.after_call("DescribeScalableTargets", 1, |world, _| {
                    world.set_bounds(&id(), 0, 4);
                });
            });
            world.set_bounds(&id(), 0, 4);
        });
    });
    setup.upload().await.unwrap();
    assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
    assert_eq!((lowering(&setup), setup.min()), (None, 0));
}

/// A tick wakes an endpoint under a hold, on a slow AWS. Before it raises the floor, a forced sleep ends the lease and deletes
/// the hold.
#[tokio::test]
async fn a_hold_that_a_forced_sleep_deletes_while_the_floor_is_raised_is_not_written_again() {
    let setup = Setup::at_zero();
    setup.with(|world| {
        let ends = world.now() + SignedDuration::from_hours(8);
        world.plant_action(&id(), &ActionPut::once(HOLD, ends, None, Some(4)));
        world.before_call(REGISTER, 1, |world, _| {
            world.advance(Duration::from_secs(2));
            world.remove_action(&id(), HOLD);
            plant_lease(world, -1);
        });
    });
    setup.tick().await.unwrap();
    assert_eq!((setup.desired(), setup.min()), (1, 1));
    assert!(setup.with(|world| world.action(&id(), HOLD).is_none()));
    assert!(setup.minutes_until_zero(60).await.is_some());
    assert_eq!(setup.min(), 0);
}

/// A release ends a live lease, and the records cannot be read after it has deleted the hold.
#[tokio::test]
async fn a_release_whose_check_fails_does_not_write_the_lease_as_it_was() {
    let setup = held_beside_a_record_that_ends_soon().await;
    setup.with(|world| {
        plant_lease(world, 15 * 60);
        world.after_call("DeleteScheduledAction", 1, |world, _| {
            world.faults.fail_next("DescribeScheduledActions", simulator::Fault::Throttled, 2);
        });
    });
    let release = json!({ "action": "release", "endpoint": ENDPOINT });
    setup.send(&release).await.unwrap_err();
    assert_eq!(lowering(&setup), None);
    assert!(setup.minutes_until_zero(60).await.is_some());
    assert_eq!(setup.min(), 0);
}

/// A release still reads the hold that it has just deleted. A tick, which saw the hold as well, has deleted the last other
/// record.
#[tokio::test]
async fn a_release_that_reads_the_hold_after_it_deleted_it_leaves_a_record() {
    let setup = held_beside_a_record_that_ends_soon().await;
    setup.with(|world| {
        let ends = world.action(&id(), HOLD).unwrap().runs_at.unwrap();
        world.after_call("DeleteScheduledAction", 1, move |world, _| {
            world.remove_action(&id(), LEASE);
            world.before_call("DescribeScheduledActions", 1, move |world, _| {
                world.plant_action(&id(), &ActionPut::once(HOLD, ends, Some(0), None));
                world.after_call("DescribeScheduledActions", 1, |world, _| {
                    world.remove_action(&id(), HOLD);
                });
            });
        });
    });
    let release = json!({ "action": "release", "endpoint": ENDPOINT });
    setup.send(&release).await.unwrap();
    assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
    assert!(records(&setup).named(LEASE).is_some_and(|lease| lease.is_floor()));
    assert!(setup.minutes_until_zero(60).await.is_some());
    assert_eq!(setup.min(), 0);
}

/// Right after a release has deleted the hold, a forced sleep lowers the floor and deletes the records. A record that lowers
/// the floor would make the owner's next `MinCapacity` ours.
#[tokio::test]
async fn a_release_beside_a_forced_sleep_writes_no_record() {
    let setup = held_beside_a_record_that_ends_soon().await;
    setup.with(|world| {
        world.after_call("DeleteScheduledAction", 1, |world, _| {
            world.remove_action(&id(), LEASE);
            world.set_bounds(&id(), 0, 4);
        });
    });
    let release = json!({ "action": "release", "endpoint": ENDPOINT });
    setup.send(&release).await.unwrap();
    assert_eq!((records(&setup).exist(), setup.min()), (false, 0));
}

/// What somebody ended on purpose after the floor was raised stays ended.
#[tokio::test]
async fn a_floor_that_was_lowered_again_gets_no_record() {
    let setup = asleep_by_reads_of_others();
    setup.with(|world| {
        world.after_call(REGISTER, 1, |world, _| {
            Replaced::EndedAndCanceled.apply(world);
            world.set_bounds(&id(), 0, 4);
        });
    });
    setup.upload().await.unwrap();
    assert_eq!((lowering(&setup), setup.min()), (None, 0));
}

/// An owner's schedule that sets the minimum in the meantime is not undone.
#[tokio::test]
async fn a_minimum_of_a_schedule_that_runs_after_our_floor_was_raised_stays() {
    let setup = asleep_by_reads_of_others();
    setup.with(|world| {
        world.after_call(REGISTER, 1, |world, _| {
            Replaced::MadePlain.apply(world);
            plant_office_hours(world);
        });
    });
    setup.upload().await.unwrap();
    assert_eq!((lowering(&setup), setup.min()), (None, 1));
}

/// Up, as the reads of an input can show it right after a sleep: the floor is lowered, and its record is canceled.
fn asleep_by_reads_of_others() -> Setup {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| {
        world.set_bounds(&id(), 0, 4);
        let cancels =
            world.action(&id(), LEASE).unwrap().runs_at.unwrap() + SignedDuration::from_mins(3);
        world.plant_action(&id(), &ActionPut::once(NO_FLOOR, cancels, None, Some(4)));
    });
    setup
}

fn plant_office_hours(world: &mut World) {
    let schedule = Some("cron(0 9 ? * MON-FRI *)".to_owned());
    let (name, bounds) = ("office-hours".to_owned(), Some((Some(1), None)));
    world.plant_action(&id(), &ActionPut { name, schedule, timezone: None, bounds });
}

/// A tick or an input lowers the floor because scheduled scaling is suspended, and makes the record plain. If the
/// suspension ends in between, an input finds the record as it was, writes it again, and raises the floor.
#[tokio::test]
async fn a_floor_that_is_raised_again_while_its_record_is_made_plain_has_a_record() {
    let mut raised = 0;
    for is_tick in [true, false] {
        for calls in 1..9 {
            let setup = Setup::ready_to_sleep();
            setup.with(|world| {
                // An input gains less than W.
                plant_lease(world, 17 * 60 + 50);
                world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
            });
            let (other, event) = (setup.cold(), input(setup.sim.now()));
            let first = if is_tick { tick() } else { event.clone() };
            let served = async {
                setup.with(|world| world.suspend(&id(), Suspended::default()));
                let lowered = setup.min() == 0;
                serve(&other, &setup.sim, &event).await.unwrap();
                raised += u32::from(lowered && setup.min() == 1);
            };
            let met = in_the_middle(&setup.sim, (calls, setup.send(&first)), served).await;
            let Some((answer, ())) = met else { continue };
            answer.unwrap();
            assert!(setup.minutes_until_zero(90).await.is_some(), "tick: {is_tick}, {calls} calls");
            assert_eq!(setup.min(), 0, "tick: {is_tick}, {calls} calls");
        }
    }
    assert!(raised > 3, "{raised}");
}

/// A tick deletes a record that ends soon, because a hold keeps the endpoint awake for longer. At that moment, a release
/// ends the hold and leaves the floor to that record.
#[tokio::test]
async fn a_floor_whose_last_record_a_tick_deletes_beside_a_release_has_a_record() {
    let mut left_alone = 0;
    for calls in 1.. {
        let setup = held_beside_a_record_that_ends_soon().await;
        let (tick, released) = (tick(), release_leaves_the_floor(&setup));
        let met = in_the_middle(&setup.sim, (calls, setup.send(&tick)), released).await;
        let Some((answer, left)) = met else { break };
        answer.unwrap();
        left_alone += u32::from(left);
        assert!(setup.minutes_until_zero(90).await.is_some(), "after {calls} calls");
        assert_eq!(setup.min(), 0, "after {calls} calls");
    }
    assert!(left_alone > 3, "{left_alone}");
}

/// The same while the release takes seconds: it deletes the hold after the tick has looked for a record.
#[tokio::test]
async fn a_floor_whose_last_record_a_tick_deletes_while_a_release_goes_on_has_a_record() {
    let mut played = 0;
    for (calls, between) in (1..12).flat_map(|n| (1..6).map(move |m| (n, m))) {
        let setup = held_beside_a_record_that_ends_soon().await;
        let release = json!({ "action": "release", "endpoint": ENDPOINT });
        let (other, tick) = (setup.cold(), tick());
        let first = (calls, setup.send(&tick));
        let second = (between, serve(&other, &setup.sim, &release));
        let met = interleaved(&setup.sim, first, second).await;
        setup.with(World::clear_hooks);
        let Some((ticked, released)) = met else { continue };
        ticked.unwrap();
        released.unwrap();
        played += 1;
        assert!(setup.minutes_until_zero(90).await.is_some(), "{calls}, {between}");
        assert_eq!(setup.min(), 0, "{calls}, {between}");
    }
    assert!(played > 20, "{played}");
}

/// The same, and the time of the tick is up after the deletion, three reads, and a write. It has not come to its look 8 s
/// later.
#[tokio::test]
async fn a_floor_whose_last_record_a_tick_deletes_as_its_time_is_up_has_a_record() {
    let mut left_alone = 0;
    for calls in 1.. {
        let setup = held_beside_a_record_that_ends_soon().await;
        let (tick, released) = (tick(), release_leaves_the_floor(&setup));
        let first = (calls, 5, setup.send(&tick));
        let met = in_the_middle_of_killed(&setup.sim, first, released).await;
        let Some(left) = met else { break };
        left_alone += u32::from(left);
        assert!(setup.minutes_until_zero(90).await.is_some(), "after {calls} calls");
        assert_eq!(setup.min(), 0, "after {calls} calls");
    }
    assert!(left_alone > 3, "{left_alone}");
}

/// A hold keeps an endpoint awake whose lease has ended, and is deleted in less than three minutes.
async fn held_beside_a_record_that_ends_soon() -> Setup {
    let setup = Setup::at_zero();
    setup.send(&json!({ "action": "hold", "endpoint": ENDPOINT })).await.unwrap();
    setup.with(|world| {
        world.advance(Duration::from_secs(15 * 60));
        plant_lease(world, -8 * 60);
    });
    setup
}

/// Another container releases the endpoint. Returns whether the floor stays.
async fn release_leaves_the_floor(setup: &Setup) -> bool {
    let release = json!({ "action": "release", "endpoint": ENDPOINT });
    serve(&setup.cold(), &setup.sim, &release).await.unwrap();
    setup.min() == 1
}

/// The owner's schedule sets the minimum at that moment. The record stays plain, so that it does not undo that.
#[tokio::test]
async fn a_minimum_of_a_schedule_that_runs_while_our_floor_is_lowered_stays() {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| {
        plant_lease(world, 600);
        plant_office_hours(world);
        world.after_call("PutScheduledAction", 1, |world, _| world.set_bounds(&id(), 1, 4));
    });
    setup.tick().await.unwrap();
    setup.minutes(60).await;
    assert_eq!((setup.desired(), setup.min()), (1, 1));
}

/// A state change reads a `MaxCapacity` of 0, and makes the lease plain that an input wrote after the owner had raised the
/// maximum. A tick finds that plain lease under the floor, and writes it again with the owner's maximum.
#[tokio::test]
async fn a_floor_has_a_record_although_another_invocation_writes_the_plain_one_again() {
    let changed: Value =
        serde_json::from_str(include_str!("../../events/endpoint-state-change.json")).unwrap();
    let setup = Setup::at_zero();
    setup.with(|world| {
        world.set_bounds(&id(), 0, 0);
        world.before_call("DescribeScheduledActions", 1, |world, _| {
            world.set_bounds(&id(), 1, 4);
            plant_lease(world, 17 * 60);
            world.scale_by_person(&id(), 1).unwrap();
            world.after_call("PutScheduledAction", 1, |world, _| {
                Replaced::MadePlain.apply(world);
            });
        });
    });
    setup.send(&changed).await.unwrap();
    assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
    assert!(lowering(&setup).is_some());
    assert!(setup.minutes_until_zero(90).await.is_some());
    assert_eq!(setup.min(), 0);
}

/// The floor is read right before a forced sleep at zero lowers it, and the records right after it canceled them.
#[tokio::test]
async fn a_floor_that_is_being_lowered_at_zero_is_not_taken_for_the_owners() {
    let changed: Value =
        serde_json::from_str(include_str!("../../events/endpoint-state-change.json")).unwrap();
    for event in [changed, tick()] {
        let setup = Setup::at_zero();
        setup.with(|world| {
            plant_lease(world, -2);
            let cancels = world.now() + WATCH + SignedDuration::from_mins(3);
            world.plant_action(&id(), &ActionPut::once(NO_FLOOR, cancels, None, Some(4)));
            world.before_call("DescribeScalableTargets", 1, |world, _| {
                world.set_bounds(&id(), 1, 4);
                world.after_call("DescribeScalableTargets", 1, |world, _| {
                    world.set_bounds(&id(), 0, 4);
                });
            });
        });
        setup.send(&event).await.unwrap();
        assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
        assert_eq!((setup.desired(), setup.min()), (0, 0), "{event}");
    }
}

/// Where it cannot be read again, nothing is woken, and that is reported.
#[tokio::test]
async fn a_minimum_at_zero_that_cannot_be_read_again_wakes_with_the_next_tick() {
    let setup = Setup::at_zero();
    setup.with(|world| {
        world.set_bounds(&id(), 1, 4);
        world.plant_action(&id(), &ActionPut::once(LEASE, world.now() + WATCH, None, Some(4)));
        world.faults.fail_nth("DescribeScalableTargets", 2, simulator::Fault::ServerError);
    });
    setup.tick().await.unwrap_err();
    assert_eq!(setup.desired(), 0);
    assert!(setup.with(|world| world.action(&id(), LEASE).is_some()));
    setup.tick().await.unwrap();
    assert_eq!(setup.desired(), 1, "{ENDPOINT}");
}
