//! An endpoint is deleted, and another one gets its name.

use reactive_scaler::port::{EndpointStatus, VariantId};
use simulator::{ActionPut, Event, JobState, Settings, World};

use crate::setup::*;

fn with_action(deregister_on_delete: bool) -> World {
    let settings = Settings { deregister_on_delete, ..Settings::default() };
    let mut world = target_with(1, 1, 4, settings);
    world.plant_action(&id(), &ActionPut::once("release", at(3600), Some(0), None));
    world
}

// Users saw that targets disappear with their endpoint. Whether AWS does this is an assumption.
#[test]
fn the_setting_determines_whether_deletion_deregisters() {
    for deregisters in [true, false] {
        let mut world = with_action(deregisters);
        let other = VariantId::new("other", VARIANT);
        world.add_async_endpoint("other", VARIANT, 0);
        world.register_target(&other, 0, 1);
        world.delete_endpoint(ENDPOINT);
        assert_eq!(world.target(&id()).is_none(), deregisters);
        assert_eq!(world.action(&id(), "release").is_none(), deregisters);
        assert!(world.target(&other).is_some(), "another endpoint's stays");
    }
}

#[test]
fn deletion_ends_the_queue_and_later_invocations_are_refused() {
    let mut world = endpoint_at(1);
    for _ in 0..2 {
        world.upload(ENDPOINT);
    }
    world.advance(secs(10));
    world.delete_endpoint(ENDPOINT);
    let late = world.upload(ENDPOINT);
    assert_eq!(world.jobs()[0].state, JobState::Killed(at(10)), "it ran");
    assert_eq!(world.jobs()[1].state, JobState::Killed(at(10)), "it waited");
    assert_eq!(world.job(late).unwrap().state, JobState::Refused(at(10)));
    assert!(world.endpoint(ENDPOINT).is_none());
}

#[test]
fn a_deletion_takes_time_and_then_the_endpoint_does_not_exist() {
    let mut world = with_action(true);
    world.begin_status(ENDPOINT, EndpointStatus::Deleting, secs(30));
    world.advance(secs(29));
    assert_eq!(world.describe_endpoint(ENDPOINT).unwrap().status, EndpointStatus::Deleting);
    assert!(world.target(&id()).is_some());
    world.advance(secs(1));
    assert!(refusal(world.describe_endpoint(ENDPOINT)).message.contains("Could not find endpoint"));
    assert!(world.target(&id()).is_none());
    let gone = world.journal.events().any(|(_, event)| *event == Event::Deleted(ENDPOINT.into()));
    assert!(gone);
}

#[test]
fn a_change_of_capacity_ends_with_its_endpoint() {
    let mut world = endpoint_at(0);
    set_capacity(&mut world, 3).unwrap();
    world.advance(mins(1));
    world.add_async_endpoint(ENDPOINT, VARIANT, 1);
    world.advance(mins(30));
    assert_eq!(world.capacity(&id()), (1, 1), "the new endpoint under the old name");
    let count = world.endpoint(ENDPOINT).unwrap();
    assert_eq!((count.created_at, count.modified_at), (at(60), at(60)));
}

#[test]
fn a_scheduled_action_of_a_lost_endpoint_does_no_harm() {
    let mut world = with_action(false);
    world.delete_endpoint(ENDPOINT);
    world.advance(mins(60));
    assert_eq!(world.target(&id()).unwrap().min, 0, "the target it stands on still changes");
    assert!(world.activities().is_empty());
}
