//! Scheduled actions are put, run, missed and deleted.

use jiff::Timestamp;
use reactive_scaler::port::{EndpointStatus, Suspended};
use simulator::{ActionPut, ActionSpan, Event, PastSchedule, Settings, World};

use crate::setup::*;

fn release(at: Timestamp) -> ActionPut {
    ActionPut::once("release", at, Some(0), None)
}

fn put(world: &mut World, put: &ActionPut) {
    world.put_scheduled_action(&id(), put).unwrap();
}

fn min(world: &World) -> i32 {
    world.target(&id()).unwrap().min
}

fn has_run(world: &World) -> bool {
    world.journal.events().any(|(_, event)| matches!(event, Event::ActionRan(..)))
}

fn missed(world: &World) -> bool {
    world.journal.events().any(|(_, event)| matches!(event, Event::ActionMissed(..)))
}

// The guide: at(yyyy-mm-ddThh:mm:ss) in UTC, with a resolution of one minute.
#[test]
fn a_one_time_action_runs_at_its_time_and_not_before() {
    for late in [0, 45] {
        let settings = Settings { schedule_lateness: secs(late), ..Settings::default() };
        let mut world = target_with(1, 1, 4, settings);
        put(&mut world, &release(at(600)));
        world.advance(secs(600 + late - 1));
        assert_eq!((min(&world), has_run(&world)), (1, false), "{late} s late, a second early");
        world.advance(secs(1));
        assert_eq!((min(&world), has_run(&world)), (0, true), "{late} s late, on time");
        assert_eq!(world.capacity(&id()), (1, 1), "inside the bounds nothing changes");
    }
}

// EC2 Auto Scaling deletes actions that have run. For Application Auto Scaling, this is an
// assumption.
#[test]
fn an_action_that_has_run_stays_listed_or_not_and_never_runs_again() {
    for keep_past_actions in [false, true] {
        let settings = Settings { keep_past_actions, ..Settings::default() };
        let mut world = target_with(1, 1, 4, settings);
        put(&mut world, &release(at(60)));
        world.advance(secs(59));
        assert!(world.action(&id(), "release").is_some());
        world.advance(secs(1));
        assert_eq!(world.action(&id(), "release").is_some(), keep_past_actions);
        world.set_bounds(&id(), 1, 4);
        world.advance(mins(60));
        assert_eq!(min(&world), 1);
    }
}

// The guide: capacity below the new minimum or above the maximum is adjusted.
#[test]
fn an_action_clamps_the_capacity_to_the_bounds_that_hold_then() {
    let rows = [
        ("new min raises", 0, (0, 4), (Some(2), None), (2, 4), 2),
        ("new max lowers", 3, (0, 4), (None, Some(1)), (0, 1), 1),
        ("standing max lowers", 3, (0, 2), (Some(1), None), (1, 2), 2),
        ("both", 0, (0, 4), (Some(5), Some(6)), (5, 6), 5),
        ("min 0 leaves an instance be", 1, (1, 4), (Some(0), None), (0, 4), 1),
        ("min above the standing max changes nothing", 1, (0, 2), (Some(3), None), (0, 2), 1),
    ];
    for (label, count, (min, max), (new_min, new_max), bounds, desired) in rows {
        let mut world = target_at(count, min, max);
        put(&mut world, &ActionPut::once("x", at(60), new_min, new_max));
        world.advance(secs(60));
        let target = world.target(&id()).unwrap();
        assert_eq!((target.min, target.max), bounds, "{label}");
        assert_eq!(world.capacity(&id()), (count, desired), "{label}");
    }
}

#[test]
fn an_action_that_finds_the_endpoint_busy_sets_the_bounds_alone() {
    let mut world = target_at(0, 0, 4);
    world.begin_status(ENDPOINT, EndpointStatus::SystemUpdating, mins(5));
    put(&mut world, &ActionPut::once("x", at(60), Some(1), None));
    world.advance(mins(10));
    assert_eq!(min(&world), 1);
    assert_eq!(world.capacity(&id()), (0, 0), "nothing repeats the attempt");
}

#[test]
fn the_same_name_again_replaces_the_action() {
    let mut world = target_at(1, 1, 4);
    put(&mut world, &release(at(60)));
    put(&mut world, &release(at(120)));
    put(&mut world, &ActionPut::once("other", at(600), Some(0), None));
    world.advance(secs(119));
    assert_eq!(min(&world), 1, "the first time is forgotten");
    world.advance(secs(1));
    assert_eq!(min(&world), 0);
    let runs = world.journal.events().filter(|(_, e)| matches!(e, Event::ActionRan(..)));
    assert_eq!(runs.count(), 1);
    assert!(world.action(&id(), "other").is_some());
}

// API reference, PutScheduledAction: an update changes only the parameters in the request.
#[test]
fn an_update_keeps_what_it_does_not_name() {
    let mut world = target_at(1, 1, 4);
    put(&mut world, &release(at(60)));
    let later = ActionPut { bounds: None, ..release(at(120)) };
    put(&mut world, &later);
    let action = world.action(&id(), "release").unwrap().action;
    assert_eq!((action.min, action.max), (Some(0), None), "the bounds stay");
    let bounds =
        ActionPut { name: "release".into(), bounds: Some((None, Some(2))), ..ActionPut::default() };
    put(&mut world, &bounds);
    let action = world.action(&id(), "release").unwrap().action;
    assert_eq!(action.schedule, "at(2030-01-07T14:02:00)", "the schedule stays");
    assert_eq!((action.min, action.max), (None, Some(2)));
}

// EC2 Auto Scaling refuses a time in the past. For Application Auto Scaling, this is an assumption.
#[test]
fn a_time_that_is_not_ahead_is_refused_or_stored_and_never_runs() {
    let rows = [
        (PastSchedule::Refuse, 601, true),
        (PastSchedule::Refuse, 600, false),
        (PastSchedule::Refuse, 0, false),
        (PastSchedule::Store, 600, true),
        (PastSchedule::Store, 0, true),
    ];
    for (past_schedule, time, accepted) in rows {
        let label = format!("{past_schedule:?}, {time}");
        let mut world = target_with(1, 1, 4, Settings { past_schedule, ..Settings::default() });
        world.advance(secs(600));
        let result = world.put_scheduled_action(&id(), &release(at(time)));
        assert_eq!(result.is_ok(), accepted, "{label}");
        assert_eq!(world.action(&id(), "release").is_some(), accepted, "{label}");
        if !accepted {
            let expected =
                format!("The schedule {} is in the past", at(time).strftime("at(%FT%T)"));
            assert_eq!(refusal(result).message, expected);
        }
        world.advance(mins(60));
        assert_eq!(has_run(&world), time == 601, "{label}");
    }
}

// The guide: actions that are due while scheduled scaling is suspended do not run, also not after
// scaling is resumed.
#[test]
fn suspended_scheduled_scaling_misses_an_action_and_never_makes_it_up() {
    let all_but_scheduled = Suspended { scaling_in: true, scaling_out: true, scheduled: false };
    let scheduled = Suspended { scheduled: true, ..Suspended::default() };
    for (suspended, runs) in [(all_but_scheduled, true), (scheduled, false)] {
        let mut world = target_at(1, 1, 4);
        put(&mut world, &release(at(600)));
        world.suspend(&id(), suspended);
        world.advance(secs(600));
        assert_eq!((has_run(&world), missed(&world)), (runs, !runs), "{suspended:?}");
        world.suspend(&id(), Suspended::default());
        world.advance(mins(60));
        assert_eq!(min(&world), i32::from(!runs), "{suspended:?}");
    }
}

#[test]
fn a_resume_before_its_time_saves_an_action() {
    let mut world = target_at(1, 1, 4);
    put(&mut world, &release(at(600)));
    world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
    world.advance(secs(599));
    world.suspend(&id(), Suspended::default());
    world.advance(secs(1));
    assert_eq!(min(&world), 0);
}

// The guide: deregistering a target deletes its scheduled actions. A scheduled action needs a
// target.
#[test]
fn actions_are_deleted_with_their_target() {
    let mut world = target_at(1, 1, 4);
    put(&mut world, &release(at(600)));
    world.deregister_scalable_target(&id()).unwrap();
    assert_eq!(world.action(&id(), "release"), None);
    let refused = refusal(world.put_scheduled_action(&id(), &release(at(600))));
    assert_eq!(refused.code, "ObjectNotFoundException");
    world.register_target(&id(), 1, 4);
    world.advance(mins(60));
    assert!(!has_run(&world), "it does not come back");
}

#[test]
fn deleting_an_action_stops_it_and_deleting_it_twice_is_refused() {
    let mut world = target_at(1, 1, 4);
    put(&mut world, &release(at(600)));
    world.delete_scheduled_action(&id(), "release").unwrap();
    let again = refusal(world.delete_scheduled_action(&id(), "release"));
    assert_eq!(again.code, "ObjectNotFoundException");
    assert!(again.message.ends_with("scheduled action name: release"), "{again}");
    world.advance(mins(60));
    assert_eq!((min(&world), has_run(&world)), (1, false));
}

// Actions that the model cannot run are listed.
#[test]
fn schedules_are_read_as_the_api_reference_spells_them() {
    let utc = Some(at(600));
    let day = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let rows = [
        ("at(2030-01-07T14:10:00)", None, Some(utc)),
        ("at(2030-01-07T14:10:00)", Some("UTC"), Some(utc)),
        ("at(2030-01-07T14:10:00)", Some("Etc/UTC"), Some(utc)),
        ("at(2030-01-07T15:10:00)", Some("Europe/Berlin"), Some(utc)),
        ("at(2030-01-07T19:40:00)", Some("Asia/Kolkata"), Some(utc)),
        ("at(2030-01-07T15:10:00)", Some("Nowhere/Land"), None),
        ("rate(5 minutes)", None, Some(Some(at(300)))),
        ("rate(1 day)", None, Some(Some(at(24 * 3600)))),
        ("rate(0 minutes)", None, None),
        ("rate(5 weeks)", None, None),
        ("cron(10 15 ? * MON-FRI *)", Some("Europe/Berlin"), Some(utc)),
        ("cron(0 14 * * ? *)", None, Some(Some(at(24 * 3600)))),
        ("cron(0 8 ? * TUE,SAT *)", Some("Europe/Berlin"), Some(Some(at(17 * 3600)))),
        // From 2030-01-07, a Monday, at 14:00.
        ("cron(0 8 1 * ? *)", None, Some(day("2030-02-01T08:00:00Z"))),
        ("cron(0/20 9-17 ? JAN-MAR 2-6 2030)", None, Some(day("2030-01-07T14:20:00Z"))),
        ("cron(0 8 L * ? *)", None, Some(day("2030-01-31T08:00:00Z"))),
        ("cron(0 8 12W * ? *)", None, Some(day("2030-01-11T08:00:00Z"))),
        ("cron(0 8 ? * 6L *)", None, Some(day("2030-01-25T08:00:00Z"))),
        ("cron(0 8 ? * TUE#2 *)", None, Some(day("2030-01-08T08:00:00Z"))),
        ("cron(0 8 29 2 ? *)", None, Some(day("2032-02-29T08:00:00Z"))),
        ("cron(0 8 * * ? 2029)", None, Some(None)),
        ("cron(0 8 * *)", None, None),
        ("cron(60 8 * * ? *)", None, None),
        ("at(tomorrow)", None, None),
        ("at(2030-01-07T14:10:00", None, None),
        ("2030-01-07T14:10:00", None, None),
        ("", None, None),
    ];
    for (schedule, timezone, expected) in rows {
        let mut world = target_at(1, 1, 4);
        let put = ActionPut {
            schedule: Some(schedule.to_owned()),
            timezone: timezone.map(str::to_owned),
            ..release(at(600))
        };
        let result = world.put_scheduled_action(&id(), &put);
        let label = format!("{schedule:?} in {timezone:?}");
        match expected {
            Some(runs_at) => {
                result.unwrap();
                assert_eq!(world.action(&id(), "release").unwrap().runs_at, runs_at, "{label}");
            }
            None => {
                let message = refusal(result).message;
                let wrong = if timezone.is_some() { "timezone" } else { "schedule expression" };
                assert!(message.starts_with(&format!("Invalid {wrong}")), "{label}: {message}");
            }
        }
    }
}

// Office hours in Berlin, over the night in which daylight saving time begins (2030-03-31): the
// local time stays the same.
#[test]
fn a_cron_runs_again_and_again_by_the_clock_of_its_time_zone() {
    let start = "2030-03-29T12:00:00Z".parse().unwrap();
    let mut world = World::new(start);
    world.add_async_endpoint("my-endpoint", "AllTraffic", 0);
    world.register_target(&id(), 0, 4);
    let put = ActionPut {
        name: "office-hours".into(),
        schedule: Some("cron(0 8 ? * MON-FRI *)".into()),
        timezone: Some("Europe/Berlin".into()),
        bounds: Some((Some(1), None)),
    };
    world.put_scheduled_action(&id(), &put).unwrap();
    for expected in ["2030-04-01T06:00:00Z", "2030-04-02T06:00:00Z"] {
        let expected: Timestamp = expected.parse().unwrap();
        assert_eq!(world.action(&id(), "office-hours").unwrap().runs_at, Some(expected));
        world.set_bounds(&id(), 0, 4);
        world.advance_to(expected - secs(1));
        assert_eq!(min(&world), 0);
        world.advance_to(expected);
        assert_eq!(min(&world), 1);
    }
}

#[test]
fn bounds_that_contradict_each_other_are_refused() {
    let rows = [(Some(0), Some(0), true), (Some(2), Some(1), false), (Some(-1), None, false)];
    for (min, max, accepted) in rows {
        let mut world = target_at(1, 1, 4);
        let result = world.put_scheduled_action(&id(), &ActionPut::once("x", at(600), min, max));
        assert_eq!(result.is_ok(), accepted, "{min:?} {max:?}");
    }
}

#[test]
fn a_planted_action_is_not_a_call_and_can_be_in_the_past() {
    let mut world = target_at(1, 1, 4);
    world.advance(mins(1));
    world.plant_action(&id(), &release(at(60)));
    world.advance(mins(60));
    assert!(world.action(&id(), "release").is_some());
    assert!(!has_run(&world));
    world.plant_action(&id(), &release(world.now() + secs(1)));
    world.advance(secs(1));
    assert!(has_run(&world));
    world.plant_action(&id(), &release(world.now() + secs(1)));
    world.remove_action(&id(), "release");
    assert_eq!(world.action(&id(), "release"), None);
    assert_eq!(world.calls_total(), 0);
}

// Deregistering a target deletes its scheduled actions. An action of the same name can be put
// again.
#[test]
fn an_action_of_a_deregistered_target_does_not_run_for_its_successor() {
    let mut world = target_at(1, 1, 4);
    put(&mut world, &release(at(120)));
    world.deregister_target(&id());
    world.register_target(&id(), 1, 4);
    put(&mut world, &release(at(600)));
    world.advance(secs(599));
    assert!(!has_run(&world));
    world.advance(secs(1));
    assert!(has_run(&world));
}

// API reference, PutScheduledAction: the start and the end of a recurring action.
#[test]
fn a_recurring_action_runs_from_its_start_to_its_end() {
    let rows = [("rate(10 minutes)", [900, 1500]), ("cron(0/10 * * * ? *)", [1200, 1800])];
    for (schedule, runs) in rows {
        let mut world = target_at(1, 1, 4);
        let put = ActionPut { schedule: Some(schedule.to_owned()), ..release(at(0)) };
        let span = ActionSpan { start: Some(at(900)), end: Some(at(1800)) };
        world.put_scheduled_action_within(&id(), &put, span).unwrap();
        world.advance(mins(60));
        let ran = world.journal.events().filter(|(_, e)| matches!(e, Event::ActionRan(..)));
        assert_eq!(ran.map(|(at, _)| at).collect::<Vec<_>>(), runs.map(at), "{schedule}");
    }
}
