//! Cooldowns: "Define cooldown periods" in the Application Auto Scaling User Guide, and the
//! section of the same name on step scaling.

use simulator::{Pace, Settings, StepScaling, TargetTracking, World};

use crate::{policies::*, setup::*};

fn cooling(steps: StepScaling) -> StepScaling {
    StepScaling { cooldown: mins(5), ..steps }
}

// "When an alarm triggers a step scaling policy to increase the capacity by 2, [...] a cooldown
// period starts. If the alarm triggers again during the cooldown period but at a more aggressive
// step adjustment of 3, the previous increase of 2 is considered part of the current capacity.
// Therefore, only 1 is added."
#[test]
fn a_larger_step_adds_only_the_difference_to_the_previous_step() {
    let mut world = scaled(4);
    let steps = cooling(by_steps(&[(Some(0.0), Some(10.0), 2), (Some(10.0), None, 3)]));
    step_out(&mut world, "steps", steps);
    minute(&mut world, 10.0);
    assert_eq!(desired(&world), 6);
    minute(&mut world, 10.0);
    assert_eq!(desired(&world), 6, "the same step");
    minute(&mut world, 20.0);
    assert_eq!(desired(&world), 7, "only 1 is added");
    minute(&mut world, 20.0);
    assert_eq!(desired(&world), 7, "the larger step again");
}

#[test]
fn a_scale_out_holds_off_the_same_until_it_is_over() {
    let mut world = scaled(4);
    step_out(&mut world, "steps", cooling(out_by(2)));
    see_backlog(&mut world, 10.0);
    world.advance(mins(1));
    assert_eq!(desired(&world), 6);
    world.advance(secs(5 * 60 - 1));
    assert_eq!(desired(&world), 6);
    world.advance(secs(1));
    assert_eq!(desired(&world), 8);
}

// The API reference: the time "after a scale-out activity completes".
#[test]
fn a_cooldown_begins_when_the_activity_has_succeeded() {
    let pace = Pace { provisioning: mins(6), ..at_once().pace };
    let mut world = target_with(0, 0, 100, Settings { pace, ..at_once() });
    step_out(&mut world, "steps", cooling(out_by(1)));
    see_backlog(&mut world, 10.0);
    world.advance(mins(1 + 6 + 5) - secs(1));
    assert_eq!(desired(&world), 1);
    world.advance(secs(1));
    assert_eq!(desired(&world), 2);
}

#[test]
fn an_activity_that_fails_begins_no_cooldown() {
    let mut world = scaled(1);
    step_out(&mut world, "steps", cooling(out_by(1)));
    world.set_quota(ENDPOINT, Some(1));
    minute(&mut world, 10.0);
    world.advance(mins(1));
    assert_eq!((desired(&world), world.activities().len()), (1, 2), "each minute anew");
    world.set_quota(ENDPOINT, None);
    world.advance(mins(1));
    assert_eq!(desired(&world), 2);
}

#[test]
fn a_larger_one_that_fails_does_not_prolong_the_cooldown() {
    let mut world = scaled(4);
    let steps = cooling(by_steps(&[(Some(0.0), Some(10.0), 2), (Some(10.0), None, 3)]));
    step_out(&mut world, "steps", steps);
    minute(&mut world, 10.0);
    world.set_quota(ENDPOINT, Some(6));
    minute(&mut world, 20.0);
    world.set_quota(ENDPOINT, None);
    see_backlog(&mut world, 10.0);
    world.advance(mins(4) - secs(1));
    assert_eq!(desired(&world), 6);
    world.advance(secs(1));
    assert_eq!(desired(&world), 8, "5 minutes after the one that succeeded");
}

// Target tracking follows the same rule: the result is in proportion to the capacity before the
// first scale-out.
#[test]
fn target_tracking_adds_only_the_difference_to_the_previous_activity() {
    let mut world = scaled(2);
    track(&mut world, "my-policy", TargetTracking { scale_out_cooldown: mins(5), ..tracking(5.0) });
    for (metric, expected) in [(10.0, 4), (10.0, 4), (15.0, 6), (14.0, 6)] {
        minute(&mut world, metric);
        assert_eq!(desired(&world), expected, "at {metric}");
    }
    see_backlog(&mut world, 10.0);
    world.advance(mins(4) - secs(1));
    assert_eq!(desired(&world), 6);
    world.advance(secs(1));
    assert_eq!(desired(&world), 12, "5 minutes after the larger one");
}

// "Scale-in activities are blocked until the cooldown period has expired."
#[test]
fn a_scale_in_holds_off_the_next() {
    let mut world = scaled(8);
    step_in(&mut world, "steps", cooling(in_by(1)));
    see_backlog(&mut world, 0.0);
    world.advance(mins(1));
    assert_eq!(desired(&world), 7);
    world.advance(secs(5 * 60 - 1));
    assert_eq!(desired(&world), 7);
    world.advance(secs(1));
    assert_eq!(desired(&world), 6);
    // A cooldown of target tracking itself.
    let mut world = scaled(8);
    track(&mut world, "my-policy", TargetTracking { scale_in_cooldown: mins(5), ..tracking(5.0) });
    minute(&mut world, 4.0);
    assert_eq!(desired(&world), 7);
    see_backlog(&mut world, 0.0);
    world.advance(secs(5 * 60 - 1));
    assert_eq!(desired(&world), 7);
    world.advance(secs(1));
    assert_eq!(desired(&world), 0);
}

// "However, if another alarm triggers a scale-out activity during the scale-in cooldown period,
// Application Auto Scaling scales out the target immediately. In this case, the scale-in cooldown
// period stops and doesn't complete."
#[test]
fn a_scale_out_ends_the_cooldown_of_a_scale_in() {
    let mut world = scaled(8);
    step_in(&mut world, "scale-in", cooling(in_by(1)));
    step_out(&mut world, "scale-out", cooling(out_by(2)));
    for (metric, expected) in [(0.0, 7), (0.0, 7), (10.0, 9), (0.0, 8)] {
        minute(&mut world, metric);
        assert_eq!(desired(&world), expected, "at {metric}");
    }
}

// "During a cooldown period, when a scheduled action starts at the scheduled time, it can trigger a
// scaling activity immediately".
#[test]
fn scheduled_actions_do_not_wait() {
    let mut world = scaled(4);
    step_out(&mut world, "steps", cooling(out_by(2)));
    minute(&mut world, 10.0);
    let morning = simulator::ActionPut::once("morning", at(120), Some(9), None);
    world.plant_action(&id(), &morning);
    world.advance(mins(1));
    assert_eq!(desired(&world), 9);
}

// Settings::cooldowns_by_policy.
#[test]
fn a_cooldown_holds_for_the_target_or_for_its_policy() {
    let two = |by_policy: bool| -> World {
        let mut world = scaled(4);
        world.settings.cooldowns_by_policy = by_policy;
        step_out(&mut world, "first", cooling(out_by(2)));
        minute(&mut world, 10.0);
        world.delete_alarm("first");
        step_out(&mut world, "second", cooling(out_by(2)));
        minute(&mut world, 10.0);
        world
    };
    assert_eq!(desired(&two(false)), 6);
    assert_eq!(desired(&two(true)), 8);
}
