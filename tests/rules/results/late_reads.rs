//! Application Auto Scaling is eventually consistent: a read after a write can return the record as it was before.

use reactive_scaler::lease::WORK;
use serde_json::json;
use simulator::{ActionPut, Fault, World};

use super::{outstanding::record_upload, setup::MINUTE};
use crate::setup::{ENDPOINT, Setup, id};

fn stands(world: &World) -> ActionPut {
    let found = world.action(&id(), WORK).unwrap();
    ActionPut::once(WORK, found.runs_at.unwrap(), found.action.min, found.action.max)
}

/// The next reads, so many, return this work record. It was replaced a moment ago.
fn reads_return(world: &mut World, old: ActionPut, reads: u32) {
    let operation = "DescribeScheduledActions";
    world.before_call(operation, 1, move |world, _| {
        let new = stands(world);
        world.plant_action(&id(), &old);
        world.after_call(operation, 1, move |world, _| {
            world.plant_action(&id(), &new);
            if reads > 1 {
                reads_return(world, old, reads - 1);
            }
        });
    });
}

#[tokio::test]
async fn a_sleep_does_not_take_the_record_that_it_has_ended_for_a_renewed_one() {
    let setup = Setup::after_its_work().await;
    setup.with(|world| {
        let before = stands(world);
        world.after_call("PutScheduledAction", 1, |world, _| reads_return(world, before, 2));
    });
    setup.minutes(1).await;
    assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
    assert_eq!((setup.desired(), setup.min()), (0, 0));
}

/// An input renews the record between the first look of a sleep and its end. Reads return the renewed record, which the
/// sleep has replaced. A floor beside the ended and canceled record would count as the owner's, and stay.
#[tokio::test]
async fn a_floor_that_is_put_back_has_a_record_of_its_own() {
    let setup = Setup::after_its_work().await;
    setup.with(|world| {
        world.before_call("PutScheduledAction", 1, |world, _| {
            let renewed = world.now() + 29 * MINUTE;
            let renewed = ActionPut::once(WORK, renewed, Some(0), None);
            world.after_call("PutScheduledAction", 1, |world, _| reads_return(world, renewed, 2));
        });
    });
    setup.minutes(1).await;
    assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
    assert_eq!((setup.desired(), setup.min()), (1, 1));
    assert!(setup.minutes_until_zero(60).await.is_some());
    assert_eq!(setup.min(), 0);
}

/// A forced sleep of an endpoint at zero ends the record of an input that waits, and another container wakes the endpoint
/// for that input right before. Reads return the record of that container. Without a record, its floor would count as
/// the owner's, and stay.
#[tokio::test]
async fn a_forced_sleep_that_meets_a_wake_leaves_no_floor_without_a_record() {
    let setup = Setup::with_results();
    setup.with(|world| {
        let release = world.now() + 25 * MINUTE;
        world.plant_action(&id(), &ActionPut::once(WORK, release, None, Some(1)));
        world.before_call("PutScheduledAction", 1, move |world, _| {
            let of_the_wake = ActionPut::once(WORK, release, Some(0), None);
            world.scale_by_person(&id(), 1).unwrap();
            let max = world.target(&id()).unwrap().max;
            world.set_bounds(&id(), 1, max);
            world.plant_action(&id(), &of_the_wake);
            world.after_call("PutScheduledAction", 1, |world, _| {
                reads_return(world, of_the_wake, 1)
            });
        });
    });
    setup.send(&json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true })).await.unwrap();
    assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
    assert_eq!((setup.desired(), setup.min()), (1, 1));
    assert!(setup.minutes_until_zero(90).await.is_some());
    assert_eq!(setup.min(), 0);
}

/// The ledger shows an upload at the last look of a sleep, and the invocation of that upload raises the floor while the
/// sleep renews the record. The floor did not exist when the sleep began.
#[tokio::test]
async fn a_sleep_that_renews_the_record_of_an_upload_leaves_no_floor_without_a_record() {
    let setup = Setup::after_its_work().await;
    setup.with(|world| {
        let max = world.target(&id()).unwrap().max;
        let release = world.action(&id(), WORK).unwrap().runs_at.unwrap();
        world.plant_action(&id(), &ActionPut::once(WORK, release, None, Some(max)));
        world.set_bounds(&id(), 0, max);
        world.after_call("PutScheduledAction", 1, move |world, _| {
            record_upload(world, "b.json");
            world.before_call("PutScheduledAction", 1, move |world, _| {
                world.plant_action(&id(), &ActionPut::once(WORK, release, Some(0), None));
                world.set_bounds(&id(), 1, max);
            });
        });
    });
    setup.minutes(1).await;
    assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
    assert_eq!((setup.desired(), setup.min()), (1, 1));
    assert!(setup.minutes_until_zero(90).await.is_some());
    assert_eq!(setup.min(), 0);
}

/// The invocation of an upload wakes the endpoint and writes its record. Before it raises the floor, a tick that wakes the
/// endpoint for the same upload writes the record as well.
#[tokio::test]
async fn a_tick_that_wakes_beside_an_input_leaves_no_floor_without_a_record() {
    let setup = Setup::asleep_after_its_work().await;
    setup.minutes(1).await;
    setup.with(|world| {
        record_upload(world, "b.json");
        world.before_call("UpdateEndpointWeightsAndCapacities", 1, |world, _| {
            world.scale_by_person(&id(), 1).unwrap();
            let release = world.now() + 25 * MINUTE;
            world.plant_action(&id(), &ActionPut::once(WORK, release, Some(0), None));
        });
        // The tick cannot see whether a floor has appeared.
        world.after_call("PutScheduledAction", 1, |world, _| {
            world.faults.fail_next("DescribeEndpoint", Fault::AccessDenied, 1);
        });
    });
    _ = setup.tick().await;
    assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
    setup.with(|world| {
        let max = world.target(&id()).unwrap().max;
        world.set_bounds(&id(), 1, max);
    });
    assert_eq!((setup.desired(), setup.min()), (1, 1));
    assert!(setup.minutes_until_zero(90).await.is_some());
    assert_eq!(setup.min(), 0);
}
