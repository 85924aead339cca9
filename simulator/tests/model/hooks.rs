//! Hooks before and after a call. Tests use them to create race conditions.

use simulator::{Fault, World};

use crate::setup::*;

fn describe(world: &mut World) -> i32 {
    world.describe_endpoint(ENDPOINT).unwrap().variants[0].desired
}

#[test]
fn a_call_sees_an_injection_before_it_and_not_one_after_it() {
    for (before, seen) in [(true, 1), (false, 0)] {
        let mut world = endpoint_at(0);
        let wake = |world: &mut World, _: &_| world.scale_by_person(&id(), 1).unwrap();
        match before {
            true => world.before_call("DescribeEndpoint", 1, wake),
            false => world.after_call("DescribeEndpoint", 1, wake),
        }
        assert_eq!(describe(&mut world), seen);
        assert_eq!(world.capacity(&id()).1, 1);
    }
}

#[test]
fn an_injection_waits_for_its_nth_call_and_runs_once() {
    let mut world = endpoint_at(0);
    world.before_call("DescribeEndpoint", 2, |world, _| {
        world.upload(ENDPOINT);
    });
    let mut jobs = Vec::new();
    for _ in 0..4 {
        describe(&mut world);
        jobs.push((world.jobs().len(), world.waiting_hooks()));
    }
    assert_eq!(jobs, [(0, 1), (1, 0), (1, 0), (1, 0)]);
}

#[test]
fn other_operations_do_not_count_and_a_star_counts_all() {
    for (operation, runs) in [("DescribeEndpoint", false), ("*", true)] {
        let mut world = endpoint_at(0);
        world.after_call(operation, 1, |world, _| {
            world.upload(ENDPOINT);
        });
        set_capacity(&mut world, 1).unwrap();
        assert_eq!(!world.jobs().is_empty(), runs, "{operation}");
    }
}

#[test]
fn an_injection_can_select_its_call_by_its_arguments() {
    let mut world = endpoint_at(1);
    let to_zero = |seen: &simulator::CallSeen| seen.arguments == "AllTraffic=0";
    world.before_call_where("UpdateEndpointWeightsAndCapacities", to_zero, |world, _| {
        world.upload(ENDPOINT);
    });
    set_capacity(&mut world, 2).unwrap();
    assert_eq!(world.waiting_hooks(), 1);
    world.advance(mins(6));
    set_capacity(&mut world, 0).unwrap();
    assert_eq!(world.killed(ENDPOINT), 1, "it came just before the scale-in");

    let mut world = endpoint_at(1);
    world.after_call_where("UpdateEndpointWeightsAndCapacities", to_zero, |world, seen| {
        assert_eq!(seen.resource, ENDPOINT);
        world.upload(ENDPOINT);
    });
    set_capacity(&mut world, 0).unwrap();
    assert_eq!((world.killed(ENDPOINT), world.backlog(ENDPOINT)), (0, 1), "just after it");
}

#[test]
fn an_injection_can_plan_the_fault_of_the_call_it_precedes() {
    let mut world = endpoint_at(0);
    world.before_call("DescribeEndpoint", 1, |world, _| {
        world.faults.fail_next("DescribeEndpoint", Fault::Throttled, 1);
    });
    assert!(world.describe_endpoint(ENDPOINT).is_err());
    assert!(world.describe_endpoint(ENDPOINT).is_ok());
}

#[test]
fn a_failed_call_runs_its_injections_all_the_same() {
    let mut world = endpoint_at(0);
    world.faults.fail_next("DescribeEndpoint", Fault::NoAnswer, 1);
    world.after_call("DescribeEndpoint", 1, |world, _| {
        world.upload(ENDPOINT);
    });
    assert!(world.describe_endpoint(ENDPOINT).is_err());
    assert_eq!(world.backlog(ENDPOINT), 1);
}
