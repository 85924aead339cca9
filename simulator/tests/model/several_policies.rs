//! Several policies on one target, and suspended policies.

use reactive_scaler::port::{EndpointStatus, Suspended};
use simulator::{MetricName, Registration, Statistic, TargetTracking, World};

use crate::{policies::*, setup::*};

/// Target tracking on a metric that jobs do not change: 0 with an instance.
fn on_has_backlog() -> TargetTracking {
    let metric = MetricName::HasBacklogWithoutCapacity;
    TargetTracking {
        scale_out_cooldown: mins(0),
        scale_in_cooldown: mins(0),
        ..TargetTracking::new(0.5, metric, ENDPOINT, Statistic::Maximum)
    }
}

// "If one policy increases capacity by 3, another policy increases capacity by 200 percent, and the
// current capacity is 10, [...] scales out to 30" (the API reference of PutScalingPolicy).
#[test]
fn the_largest_capacity_wins_on_the_way_out() {
    let mut world = scaled(10);
    step_out(&mut world, "by-3", out_by(3));
    let percent = simulator::StepScaling {
        adjustment: simulator::AdjustmentType::PercentChangeInCapacity,
        ..out_by(200)
    };
    step_out(&mut world, "by-200-percent", percent);
    minute(&mut world, 10.0);
    assert_eq!(desired(&world), 30);
    assert_eq!(world.activities().len(), 1);
    assert!(last(&world).cause.ends_with("triggered policy by-200-percent"));
}

// "Based on the policy that provides the largest capacity for both scale in and scale out."
#[test]
fn the_largest_capacity_wins_on_the_way_in() {
    let mut world = scaled(10);
    step_in(&mut world, "by-3", in_by(3));
    step_in(&mut world, "by-1", in_by(1));
    minute(&mut world, 0.0);
    assert_eq!(desired(&world), 9);
}

// "It will scale out the scalable target if any of the target tracking policies are ready for
// scale out".
#[test]
fn one_policy_that_scales_out_is_enough() {
    let mut world = scaled(2);
    track(&mut world, "first", tracking(5.0));
    track(&mut world, "second", on_has_backlog());
    // The low alarm of the second policy is in ALARM after 15 minutes.
    see_backlog(&mut world, 5.0);
    world.advance(mins(20));
    assert_eq!(desired(&world), 2);
    minute(&mut world, 10.0);
    assert_eq!(desired(&world), 4);
}

// "But will scale in only if all of the target tracking policies (with the scale-in portion
// enabled) are ready to scale in."
#[test]
fn target_tracking_scales_in_only_when_all_are_ready() {
    for (disable_scale_in, expected) in [(false, 2), (true, 0)] {
        let mut world = scaled(2);
        track(&mut world, "first", TargetTracking { disable_scale_in, ..tracking(5.0) });
        track(&mut world, "second", on_has_backlog());
        see_backlog(&mut world, 5.0);
        world.advance(mins(20));
        assert_eq!(
            desired(&world),
            expected,
            "the first one's scale-in disabled: {disable_scale_in}"
        );
        see_backlog(&mut world, 0.0);
        world.advance(mins(1));
        assert_eq!(desired(&world), 0, "both are ready");
    }
}

// A policy without datapoints is never ready, so the others never scale in.
#[test]
fn a_policy_without_datapoints_keeps_the_others_from_scaling_in() {
    let mut world = scaled(2);
    track(&mut world, "first", tracking(5.0));
    let metric =
        simulator::TrackedMetric::Predefined("SageMakerVariantInvocationsPerInstance".into());
    track(&mut world, "built-in", TargetTracking::on(70.0, metric));
    see_backlog(&mut world, 0.0);
    world.advance(mins(60));
    assert_eq!(desired(&world), 2);
    world.delete_scaling_policy(&id(), "built-in");
    world.advance(mins(1));
    assert_eq!(desired(&world), 0);
}

// "If the step scaling policy initiates a scale-in activity before the target tracking policy is
// ready to scale in, the scale-in activity will not be blocked."
#[test]
fn step_scaling_scales_in_without_waiting_for_target_tracking() {
    let mut world = scaled(4);
    track(&mut world, "tracking", tracking(1.0));
    step_in(&mut world, "steps", in_by(1));
    minute(&mut world, 1.0);
    assert_eq!(desired(&world), 3);
}

#[test]
fn a_policy_that_wants_out_keeps_the_others_from_scaling_in() {
    // Both alarms trigger at a backlog of 1. One policy scales out and is at the maximum.
    for (max, expected) in [(9, 8), (4, 4)] {
        let mut world = target_with(4, 0, max, at_once());
        track(&mut world, "tracking", tracking(0.5));
        step_in(&mut world, "steps", in_by(1));
        minute(&mut world, 1.0);
        assert_eq!(desired(&world), expected, "at most {max}");
    }
}

fn suspended(scaling_in: bool, scaling_out: bool) -> Suspended {
    Suspended { scaling_in, scaling_out, scheduled: true }
}

// SuspendedState in the guide on suspending: each direction separately, for both kinds of policies.
#[test]
fn a_suspended_direction_is_held_off() {
    let rows = [
        (suspended(false, false), 6, 3),
        (suspended(true, false), 6, 4),
        (suspended(false, true), 4, 3),
    ];
    let kinds: [fn(&mut World); 2] = [
        |world| track(world, "tracking", tracking(8.0)),
        |world| {
            step_out(world, "scale-out", out_by(2));
            step_in(world, "scale-in", in_by(1));
        },
    ];
    for (suspended, out, into) in rows {
        for (index, put) in kinds.into_iter().enumerate() {
            for (metric, expected) in [(12.0, out), (0.5, into)] {
                let mut world = target_with(4, 3, 100, at_once());
                put(&mut world);
                world.suspend(&id(), suspended);
                minute(&mut world, metric);
                let label = format!("{suspended:?}, kind {index}, at {metric}");
                assert_eq!(desired(&world), expected, "{label}");
                assert!(world.not_scaled().is_empty(), "{label}");
            }
        }
    }
}

// "When you resume scale out, Application Auto Scaling evaluates policies with alarm thresholds
// that are currently in breach."
#[test]
fn a_resume_evaluates_at_once() {
    for (metric, expected) in [(12.0, 6), (0.0, 0), (8.0, 4)] {
        for by_call in [false, true] {
            let mut world = scaled(4);
            track(&mut world, "tracking", tracking(8.0));
            world.suspend(&id(), suspended(true, true));
            minute(&mut world, metric);
            world.advance(secs(20));
            assert_eq!(desired(&world), 4);
            match by_call {
                true => {
                    let resume = Registration {
                        scaling_in_suspended: Some(false),
                        scaling_out_suspended: Some(false),
                        ..Registration::default()
                    };
                    world.register_scalable_target(&id(), resume).unwrap();
                }
                false => world.suspend(&id(), Suspended::default()),
            }
            assert_eq!(desired(&world), expected, "at {metric}, by a call: {by_call}");
        }
    }
}

#[test]
fn a_registration_that_resumes_nothing_evaluates_nothing() {
    let mut world = scaled(4);
    track(&mut world, "tracking", tracking(8.0));
    world.set_status(ENDPOINT, EndpointStatus::Updating);
    minute(&mut world, 12.0);
    world.set_status(ENDPOINT, EndpointStatus::InService);
    world.advance(secs(20));
    world.register_scalable_target(&id(), Registration::default()).unwrap();
    assert_eq!(desired(&world), 4);
    world.advance(secs(40));
    assert_eq!(desired(&world), 6);
}

#[test]
fn an_endpoint_that_is_not_in_service_is_skipped_without_a_trace() {
    let mut world = scaled(4);
    track(&mut world, "tracking", tracking(8.0));
    world.set_status(ENDPOINT, EndpointStatus::Updating);
    see_backlog(&mut world, 12.0);
    world.advance(mins(10));
    assert_eq!(desired(&world), 4);
    assert!(world.activities().is_empty() && world.not_scaled().is_empty());
    world.set_status(ENDPOINT, EndpointStatus::InService);
    world.advance(mins(1));
    assert_eq!(desired(&world), 6);
}
