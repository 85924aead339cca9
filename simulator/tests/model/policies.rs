//! Setup for tests of scaling policies: a target whose capacity changes immediately, and a backlog
//! metric that the test sets.

use std::time::Duration;

use simulator::{
    Activity, AdjustmentType, AlarmAction, AlarmSpec, Comparison, MetricName, NotScaledReason,
    Pace, Settings, Statistic, StepAdjustment, StepScaling, TargetTracking, World,
};

use crate::setup::*;

/// No metric lag, and immediate changes of capacity.
pub fn at_once() -> Settings {
    let pace = Pace { provisioning: Duration::ZERO, scale_in: Duration::ZERO, ..Pace::default() };
    Settings { metric_lag: Duration::ZERO, pace, ..Settings::default() }
}

/// This many instances, with bounds 0 to 100.
pub fn scaled(count: i32) -> World {
    target_with(count, 0, 100, at_once())
}

/// Readers see this backlog in every minute, past and future.
pub fn see_backlog(world: &mut World, value: f64) {
    let minute = world.now() - secs(world.now().as_second().rem_euclid(60) as u64);
    let points = (0..120).map(|ahead| (minute + mins(ahead) - mins(20), value));
    world.set_backlog_override(ENDPOINT, Some(points.collect()));
}

/// Advances by a minute in which readers see this backlog.
pub fn minute(world: &mut World, value: f64) {
    see_backlog(world, value);
    world.advance(mins(1));
}

pub fn desired(world: &World) -> i32 {
    world.capacity(&id()).1
}

/// Target tracking on the backlog, without cooldowns.
pub fn tracking(target_value: f64) -> TargetTracking {
    TargetTracking {
        scale_out_cooldown: Duration::ZERO,
        scale_in_cooldown: Duration::ZERO,
        ..TargetTracking::new(target_value, MetricName::BacklogSize, ENDPOINT, Statistic::Average)
    }
}

pub fn track(world: &mut World, policy: &str, tracking: TargetTracking) {
    world.put_scaling_policy(&id(), policy, tracking).unwrap();
}

/// One step for all values beyond the threshold, without a cooldown.
pub fn out_by(adjustment: i32) -> StepScaling {
    by_steps(&[(Some(0.0), None, adjustment)])
}

pub fn in_by(adjustment: i32) -> StepScaling {
    by_steps(&[(None, Some(0.0), -adjustment)])
}

/// Lower bound, upper bound, adjustment.
pub type Step = (Option<f64>, Option<f64>, i32);

pub fn by_steps(steps: &[Step]) -> StepScaling {
    let step = |(lower, upper, by): &Step| StepAdjustment::new(*lower, *upper, *by);
    let steps = steps.iter().map(step).collect();
    StepScaling {
        cooldown: Duration::ZERO,
        ..StepScaling::new(AdjustmentType::ChangeInCapacity, steps)
    }
}

/// A step scaling policy, and an alarm of the same name on the backlog that triggers it.
pub fn step(
    world: &mut World,
    name: &str,
    comparison: Comparison,
    threshold: f64,
    steps: StepScaling,
) {
    world.put_scaling_policy(&id(), name, steps).unwrap();
    let mut alarm = AlarmSpec::new(name, MetricName::BacklogSize, ENDPOINT, comparison, threshold);
    alarm.alarm_actions = vec![AlarmAction::Policy { id: id(), policy: name.into() }];
    world.put_alarm(alarm).unwrap();
}

/// Scales out by a step while the backlog is at least 10.
pub fn step_out(world: &mut World, name: &str, steps: StepScaling) {
    step(world, name, Comparison::GreaterOrEqual, 10.0, steps);
}

/// Scales in by a step while the backlog is at most 1.
pub fn step_in(world: &mut World, name: &str, steps: StepScaling) {
    step(world, name, Comparison::LessOrEqual, 1.0, steps);
}

pub fn last(world: &World) -> &Activity {
    world.activities().last().unwrap()
}

pub fn reasons(world: &World) -> Vec<NotScaledReason> {
    world.not_scaled().iter().map(|decision| decision.reason).collect()
}
