//! Planned failures: the calls that they affect, the errors, and whether the call took effect.

use reactive_scaler::port::{AwsFailure, Endpoints, FailureKind, Metrics, Scaling};
use simulator::{CallError, Fault, Outcome, RateLimit, Refusal, Simulator, World};

use crate::setup::*;

/// Which of this many DescribeEndpoint calls fail, at one call per minute.
fn failures(world: &mut World, calls: usize) -> Vec<bool> {
    let one = |world: &mut World| {
        let failed = world.describe_endpoint(ENDPOINT).is_err();
        world.advance(mins(1));
        failed
    };
    (0..calls).map(|_| one(world)).collect()
}

#[test]
fn the_next_so_many_calls_fail_and_no_more() {
    let mut world = endpoint_at(1);
    world.faults.fail_next("DescribeEndpoint", Fault::Throttled, 2);
    assert!(!world.faults.is_spent());
    assert_eq!(failures(&mut world, 4), [true, true, false, false]);
    assert!(world.faults.is_spent());
}

#[test]
fn a_planned_failure_of_one_operation_can_be_stopped() {
    let mut world = endpoint_at(1);
    let begin = world.now();
    for operation in ["DescribeEndpoint", "ListEndpoints"] {
        world.faults.fail_between(operation, Fault::Throttled, begin, begin + mins(60));
    }
    assert!(world.faults.fails_at("DescribeEndpoint", begin));
    assert!(!world.faults.fails_at("DescribeEndpoint", begin + mins(60)));
    assert_eq!(failures(&mut world, 1), [true]);
    world.faults.stop("DescribeEndpoint");
    let now = world.now();
    assert!(!world.faults.fails_at("DescribeEndpoint", now));
    assert!(world.faults.fails_at("ListEndpoints", now));
    assert_eq!(failures(&mut world, 1), [false]);
}

#[test]
fn the_nth_call_fails_alone() {
    for (nth, expected) in [(1, [true, false, false]), (3, [false, false, true])] {
        let mut world = endpoint_at(1);
        world.faults.fail_nth("DescribeEndpoint", nth, Fault::Throttled);
        assert_eq!(failures(&mut world, 3), expected, "nth {nth}");
        assert!(world.faults.is_spent());
    }
}

#[test]
fn calls_within_a_time_fail_and_its_end_is_outside() {
    let mut world = endpoint_at(1);
    world.faults.fail_between("DescribeEndpoint", Fault::ServerError, at(60), at(180));
    assert_eq!(failures(&mut world, 4), [false, true, true, false]);
}

#[test]
fn a_fault_hits_its_operation_alone_and_a_star_hits_any() {
    for (operation, others_fail) in [("DescribeEndpoint", false), ("*", true)] {
        let mut world = target_at(1, 0, 1);
        world.faults.fail_between(operation, Fault::Throttled, at(0), at(60));
        assert!(world.describe_endpoint(ENDPOINT).is_err());
        assert_eq!(world.deregister_scalable_target(&id()).is_err(), others_fail);
        world.faults.clear();
        assert!(world.describe_endpoint(ENDPOINT).is_ok());
    }
}

#[test]
fn two_plans_for_one_call_strike_one_after_the_other() {
    let mut world = endpoint_at(1);
    world.faults.fail_next("DescribeEndpoint", Fault::Throttled, 1);
    world.faults.fail_next("DescribeEndpoint", Fault::AccessDenied, 1);
    let codes = [(), ()].map(|()| refusal(world.describe_endpoint(ENDPOINT)).code);
    assert_eq!(codes, ["ThrottlingException", "AccessDeniedException"]);
}

#[test]
#[should_panic(expected = "the model knows no operation \"DescribeEndpoints\"")]
fn an_unknown_operation_in_a_fault_plan_is_an_error() {
    endpoint_at(1).faults.fail_next("DescribeEndpoints", Fault::Throttled, 1);
}

#[test]
fn only_a_lost_answer_may_hide_an_effect() {
    let rows = [
        (Fault::Throttled, Outcome::Refused("ThrottlingException".into()), 0),
        (Fault::AccessDenied, Outcome::Refused("AccessDeniedException".into()), 0),
        (Fault::ServerError, Outcome::Refused("InternalFailure".into()), 0),
        (Fault::Concurrent, Outcome::Refused("ConcurrentUpdateException".into()), 0),
        (Fault::Busy, Outcome::Refused("ValidationException".into()), 0),
        (Fault::Refused(Refusal::new("X", "y")), Outcome::Refused("X".into()), 0),
        (Fault::NoAnswer, Outcome::NoAnswer { effect: false }, 0),
        (Fault::NoAnswerAfterEffect, Outcome::NoAnswer { effect: true }, 1),
    ];
    for (fault, outcome, desired) in rows {
        let mut world = endpoint_at(0);
        world.faults.fail_next("UpdateEndpointWeightsAndCapacities", fault.clone(), 1);
        assert!(set_capacity(&mut world, 1).is_err(), "{fault:?}");
        assert_eq!(world.capacity(&id()).1, desired, "{fault:?}");
        assert_eq!(world.writes()[0].outcome, outcome, "{fault:?}");
    }
}

#[test]
fn a_lost_answer_hides_a_refusal_too() {
    let mut world = endpoint_at(0);
    world.set_quota(ENDPOINT, Some(0));
    world.faults.fail_next("*", Fault::NoAnswerAfterEffect, 1);
    assert_eq!(set_capacity(&mut world, 1), Err(CallError::NoAnswer));
    assert_eq!(world.writes()[0].outcome, Outcome::NoAnswer { effect: false });
}

#[test]
fn calls_are_counted_with_any_result() {
    let mut world = target_at(0, 0, 1);
    world.faults.fail_next("DescribeEndpoint", Fault::NoAnswer, 1);
    failures(&mut world, 2);
    set_capacity(&mut world, 1).unwrap();
    assert_eq!((world.calls("DescribeEndpoint"), world.calls_total()), (2, 3));
    assert_eq!(world.writes().len(), 1);
    assert_eq!(world.writes()[0].arguments, "AllTraffic=1");
    world.clear_calls();
    assert_eq!((world.calls("DescribeEndpoint"), world.calls_total()), (0, 0));
    assert!(world.writes().is_empty());
    assert_eq!(world.journal.events().count(), 1, "the events stay");
}

// Each service has a different code for an internal error. The port maps all of them to "no
// answer".
#[tokio::test]
async fn a_server_error_bears_the_name_of_its_service() {
    let mut world = target_at(0, 0, 1);
    world.faults.fail_next("*", Fault::ServerError, 3);
    let sim = Simulator::of(world);
    let failures: [AwsFailure; 3] = [
        sim.endpoint(ENDPOINT).await.unwrap_err(),
        sim.target(&id()).await.unwrap_err(),
        sim.backlog(ENDPOINT, at(0), at(60)).await.unwrap_err(),
    ];
    let codes = ["InternalFailure", "InternalServiceException", "InternalServiceFault"];
    for (failure, code) in failures.iter().zip(codes) {
        assert_eq!(failure.kind, FailureKind::NoAnswer);
        assert!(failure.answer.starts_with(code), "{failure}");
    }
}

// Latency is model time: a call sees the events that occur during its latency.
#[test]
fn a_call_takes_effect_after_its_latency() {
    let mut world = endpoint_at(0);
    set_capacity(&mut world, 1).unwrap();
    world.advance(secs(358));
    for (seconds, current) in [(1, 0), (1, 1), (0, 1)] {
        world.settings.call_latency = secs(seconds);
        let seen = world.describe_endpoint(ENDPOINT).unwrap();
        assert_eq!(seen.variants[0].current, current);
    }
    assert_eq!(world.now(), at(360));
    assert_eq!(world.journal.calls().last().unwrap().at, at(360));
}

// The rate limit belongs to the account, so it applies to all callers.
#[test]
fn calls_beyond_the_rate_are_throttled_until_the_bucket_has_gained_a_token() {
    let mut world = target_at(1, 1, 4);
    world.rate_limit = Some(RateLimit::new(2, 3, world.now()));
    let throttled = |world: &mut World| {
        let read = world.describe_endpoint(ENDPOINT);
        read.is_err_and(
            |error| matches!(error, CallError::Refused(r) if r.code == "ThrottlingException"),
        )
    };
    assert_eq!([(); 4].map(|()| throttled(&mut world)), [false, false, false, true]);
    world.advance(std::time::Duration::from_millis(499));
    assert!(throttled(&mut world));
    world.advance(std::time::Duration::from_millis(1));
    assert_eq!([(); 2].map(|()| throttled(&mut world)), [false, true]);
    world.advance(secs(60));
    assert_eq!([(); 4].map(|()| throttled(&mut world)), [false, false, false, true]);
}
