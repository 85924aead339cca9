//! SageMaker: the duration of a change of capacity, and DescribeEndpoint during the change.

use reactive_scaler::port::{EndpointStatus, VariantId};
use simulator::{Actor, Event, Pace, Settings, VariantState, World};

use crate::setup::*;

fn status(world: &World) -> EndpointStatus {
    world.endpoint(ENDPOINT).unwrap().status
}

// API reference, UpdateEndpointWeightsAndCapacities: the status changes to `Updating`, then back to
// `InService`. Users report 3 to 10 minutes until instances serve.
#[test]
fn a_change_of_capacity_shows_as_updating_until_its_last_second() {
    let rows = [("out", 0, 1, 6 * 60), ("further out", 1, 3, 6 * 60), ("in", 1, 0, 60)];
    for (label, from, to, takes) in rows {
        let mut world = endpoint_at(from);
        set_capacity(&mut world, to).unwrap();
        assert_eq!(status(&world), EndpointStatus::Updating, "{label}, at once");
        assert_eq!(world.capacity(&id()), (from, to), "{label}, at once");
        world.advance(secs(takes - 1));
        assert_eq!(status(&world), EndpointStatus::Updating, "{label}, one second early");
        assert_eq!(world.capacity(&id()), (from, to), "{label}, one second early");
        world.advance(secs(1));
        assert_eq!(status(&world), EndpointStatus::InService, "{label}, on time");
        assert_eq!(world.capacity(&id()), (to, to), "{label}, on time");
    }
}

#[test]
fn an_endpoint_has_the_pace_that_it_was_added_with() {
    let pace = Pace { provisioning: secs(100), ..Pace::default() };
    let mut world = endpoint_with(0, Settings { pace, ..Settings::default() });
    world.settings.pace.provisioning = secs(5);
    set_capacity(&mut world, 1).unwrap();
    world.advance(secs(99));
    assert_eq!(world.capacity(&id()).0, 0);
    world.advance(secs(1));
    assert_eq!(world.capacity(&id()).0, 1);
}

#[test]
fn the_current_count_is_accepted_without_updating() {
    let mut world = endpoint_at(1);
    set_capacity(&mut world, 1).unwrap();
    assert_eq!(status(&world), EndpointStatus::InService);
    assert_eq!(world.capacity(&id()), (1, 1));
}

#[test]
fn the_journal_has_the_caller_and_the_result() {
    let mut world = endpoint_at(0);
    set_capacity(&mut world, 2).unwrap();
    world.advance(mins(6));
    world.scale_by_person(&id(), 0).unwrap();
    world.advance(mins(1));
    let asked = |from, to, by| Event::CapacityRequested { id: id(), from, to, by };
    let events = world.journal.events().map(|(at, event)| (at, event.clone())).collect::<Vec<_>>();
    assert_eq!(
        events,
        [
            (at(0), asked(0, 2, Actor::Caller)),
            (at(360), Event::InService(id(), 2)),
            (at(360), asked(2, 0, Actor::Person)),
            (at(420), Event::AtZero(id())),
        ]
    );
}

// API reference, EndpointStatus: an endpoint in `SystemUpdating` can't be updated. During a
// deployment, an endpoint continues to serve with its capacity.
#[test]
fn a_status_that_lasts_ends_on_its_second_and_leaves_the_capacity_alone() {
    let statuses = [
        EndpointStatus::Updating,
        EndpointStatus::SystemUpdating,
        EndpointStatus::RollingBack,
        EndpointStatus::Creating,
    ];
    for during in statuses {
        let mut world = endpoint_at(1);
        world.begin_status(ENDPOINT, during, secs(90));
        world.advance(secs(89));
        assert_eq!(status(&world), during);
        world.advance(secs(1));
        assert_eq!(status(&world), EndpointStatus::InService, "after {during:?}");
        assert_eq!(world.capacity(&id()), (1, 1), "after {during:?}");
    }
}

#[test]
fn an_endpoint_that_is_being_created_shows_no_counts() {
    let mut world = endpoint_at(1);
    let counts = |world: &World| {
        let seen = world.endpoint(ENDPOINT).unwrap().view().variants[0].clone();
        (seen.current, seen.desired)
    };
    world.begin_status(ENDPOINT, EndpointStatus::Creating, mins(5));
    assert_eq!(counts(&world), (None, None));
    world.advance(mins(5));
    assert_eq!(counts(&world), (Some(1), Some(1)));
}

#[test]
fn maintenance_hides_a_change_that_is_on_its_way_and_does_not_stop_it() {
    let mut world = endpoint_at(0);
    set_capacity(&mut world, 1).unwrap();
    world.begin_status(ENDPOINT, EndpointStatus::SystemUpdating, mins(2));
    assert_eq!(status(&world), EndpointStatus::SystemUpdating);
    world.advance(mins(2));
    assert_eq!(status(&world), EndpointStatus::Updating);
    world.advance(mins(4));
    assert_eq!(status(&world), EndpointStatus::InService);
    assert_eq!(world.capacity(&id()), (1, 1));
}

#[test]
fn a_change_that_ends_under_longer_maintenance_shows_when_that_is_over() {
    let mut world = endpoint_at(0);
    set_capacity(&mut world, 1).unwrap();
    world.begin_status(ENDPOINT, EndpointStatus::SystemUpdating, mins(8));
    world.advance(mins(6));
    assert_eq!(status(&world), EndpointStatus::SystemUpdating);
    assert_eq!(world.capacity(&id()), (1, 1));
    world.advance(mins(2));
    assert_eq!(status(&world), EndpointStatus::InService);
}

// CreateEndpoint's FailureReason if no instances are available: "... InsufficientInstanceCapacity".
// The endpoint keeps its capacity.
#[test]
fn a_capacity_shortage_ends_at_the_old_count_with_a_reason() {
    let mut world = endpoint_at(1);
    world.set_capacity_shortage(ENDPOINT, true);
    set_capacity(&mut world, 3).unwrap();
    world.advance(secs(359));
    assert_eq!(world.capacity(&id()), (1, 3));
    assert_eq!(world.endpoint(ENDPOINT).unwrap().failure_reason, None);
    world.advance(secs(1));
    assert_eq!(world.capacity(&id()), (1, 1));
    assert_eq!(status(&world), EndpointStatus::InService);
    let reason = world.endpoint(ENDPOINT).unwrap().failure_reason.clone().unwrap();
    assert!(reason.contains("InsufficientInstanceCapacity error"), "{reason}");
    assert_eq!(world.journal.events().last(), Some((at(360), &Event::CapacityFailed(id()))));
}

#[test]
fn a_shortage_touches_neither_scale_in_nor_the_time_after_it() {
    let mut world = endpoint_at(1);
    world.set_capacity_shortage(ENDPOINT, true);
    set_capacity(&mut world, 0).unwrap();
    world.advance(mins(1));
    assert_eq!(world.capacity(&id()), (0, 0));
    set_capacity(&mut world, 1).unwrap();
    world.advance(mins(6));
    assert_eq!(world.capacity(&id()), (0, 0));
    world.set_capacity_shortage(ENDPOINT, false);
    set_capacity(&mut world, 1).unwrap();
    assert_eq!(world.endpoint(ENDPOINT).unwrap().failure_reason, None, "forgotten when accepted");
    world.advance(mins(6));
    assert_eq!(world.capacity(&id()), (1, 1));
}

#[test]
fn two_variants_change_one_after_the_other() {
    let mut world = World::new(start());
    let variants = ["blue", "green"].map(|name| VariantState::new(name, 0)).to_vec();
    world.add_endpoint(ENDPOINT, variants, true);
    let [blue, green] = ["blue", "green"].map(|name| VariantId::new(ENDPOINT, name));
    world.scale_by_person(&blue, 1).unwrap();
    assert!(world.scale_by_person(&green, 1).is_err(), "the endpoint as a whole is busy");
    world.advance(mins(6));
    world.scale_by_person(&green, 1).unwrap();
    world.advance(mins(6));
    assert_eq!((world.capacity(&blue), world.capacity(&green)), ((1, 1), (1, 1)));
}

// Billing: an instance costs from the time it serves until it is removed.
#[test]
fn instances_are_paid_for_while_they_are_there_and_work_is_counted_apart() {
    let mut world = endpoint_at(0);
    set_capacity(&mut world, 2).unwrap();
    world.advance(mins(6));
    assert_eq!(world.paid(ENDPOINT), secs(0), "provisioning is not counted");
    world.upload(ENDPOINT);
    world.advance(mins(10));
    assert_eq!(world.paid(ENDPOINT), mins(20));
    assert_eq!(world.worked(ENDPOINT), secs(45));
    set_capacity(&mut world, 0).unwrap();
    world.advance(mins(5));
    assert_eq!(world.paid(ENDPOINT), mins(22), "two instances for the minute they take to go");
}
