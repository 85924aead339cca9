//! Scaling activities: the result of DescribeScalingActivities for each attempt.

use reactive_scaler::port::EndpointStatus;
use simulator::{ActionPut, Activity, ActivityStatus, Registration, World};

use crate::setup::*;

/// A target whose minimum was just raised to 1.
fn raised(prepare: impl FnOnce(&mut World)) -> World {
    let mut world = target_at(0, 0, 4);
    prepare(&mut world);
    let floor = Registration { min: Some(1), ..Registration::default() };
    world.register_scalable_target(&id(), floor).unwrap();
    world
}

fn only(world: &World) -> &Activity {
    assert_eq!(world.activities().len(), 1);
    &world.activities()[0]
}

// The texts of StatusCode and StatusMessage in the API reference.
#[test]
fn a_fulfilled_activity_goes_from_in_progress_to_successful() {
    let mut world = raised(|_| {});
    world.advance(secs(359));
    let activity = only(&world);
    assert_eq!(activity.status, ActivityStatus::InProgress);
    assert_eq!(activity.description, "Setting desired instance count to 1.");
    assert_eq!(activity.ended_at, None);
    world.advance(secs(1));
    let activity = only(&world);
    assert_eq!(activity.status, ActivityStatus::Successful);
    assert_eq!((activity.began_at, activity.ended_at), (at(0), Some(at(360))));
    assert_eq!(
        activity.message,
        "Successfully set desired instance count to 1. Change successfully fulfilled by sagemaker."
    );
}

// A quota failure is visible only in the status message of a scaling activity. The call that raises
// the floor succeeds.
#[test]
fn a_quota_failure_shows_up_in_the_activity_alone() {
    let world = raised(|world| world.set_quota(ENDPOINT, Some(0)));
    let activity = only(&world);
    assert_eq!(activity.status, ActivityStatus::Failed);
    assert!(activity.message.contains("The account-level service limit"), "{}", activity.message);
    assert_eq!(world.capacity(&id()), (0, 0));
    assert_eq!(world.target(&id()).unwrap().min, 1);
}

#[test]
fn a_shortage_leaves_an_activity_unfulfilled() {
    let mut world = raised(|world| world.set_capacity_shortage(ENDPOINT, true));
    assert_eq!(only(&world).status, ActivityStatus::InProgress);
    world.advance(mins(6));
    assert_eq!(only(&world).status, ActivityStatus::Unfulfilled);
    assert!(only(&world).message.contains("InsufficientInstanceCapacity"));
}

#[test]
fn a_scheduled_action_names_itself_as_the_cause() {
    let mut world = target_at(0, 0, 4);
    world.plant_action(&id(), &ActionPut::once("morning", at(60), Some(1), None));
    world.advance(mins(1));
    assert!(only(&world).cause.contains("scheduled action name morning was triggered"));
}

#[test]
fn a_busy_endpoint_fails_the_activity_of_a_scheduled_action() {
    let mut world = target_at(0, 0, 4);
    world.set_status(ENDPOINT, EndpointStatus::Updating);
    world.plant_action(&id(), &ActionPut::once("morning", at(60), Some(1), None));
    world.advance(mins(1));
    let activity = only(&world);
    assert_eq!(activity.status, ActivityStatus::Failed);
    assert!(activity.message.contains("Cannot update in-progress endpoint"));
}

#[test]
fn requests_of_other_callers_create_no_activity() {
    let mut world = target_at(0, 0, 4);
    set_capacity(&mut world, 1).unwrap();
    world.advance(mins(6));
    world.scale_by_person(&id(), 0).unwrap();
    world.advance(mins(6));
    assert!(world.activities().is_empty());
}

#[test]
fn an_endpoint_that_is_deleted_ends_its_activities() {
    let mut world = raised(|_| {});
    world.advance(mins(1));
    world.delete_endpoint(ENDPOINT);
    world.advance(mins(10));
    assert_eq!(only(&world).status, ActivityStatus::Unfulfilled);
    assert_eq!(only(&world).ended_at, Some(at(60)));
}
