//! The experience with Application Auto Scaling and async endpoints that users published.

use simulator::{
    Actor, AdjustmentType, AlarmAction, AlarmSpec, Comparison, Event, MetricName,
    PerInstanceAtZero, Settings, Statistic, StepAdjustment, StepScaling, TargetTracking, World,
};

use crate::{policies::*, setup::*};

fn on(metric: MetricName, target_value: f64) -> TargetTracking {
    TargetTracking::new(target_value, metric, ENDPOINT, Statistic::Maximum)
}

/// The capacity requests of Application Auto Scaling, with their times.
fn requests(world: &World) -> Vec<(jiff::Timestamp, i32)> {
    let asked = world.journal.events().filter_map(|(at, event)| match event {
        Event::CapacityRequested { to, by: Actor::AutoScaling, .. } => Some((at, *to)),
        _ => None,
    });
    asked.collect()
}

// Users measured about 5 minutes from the upload to the request: 2 to 3 minutes of metric lag, and
// 3 datapoints. An idle instance is removed after 15 datapoints.
#[test]
fn target_tracking_on_has_backlog_leaves_zero_after_three_datapoints() {
    for lag in [120, 180] {
        let settings = Settings { metric_lag: secs(lag), ..Settings::default() };
        let mut world = target_with(0, 0, 2, settings);
        track(&mut world, "my-policy", on(MetricName::HasBacklogWithoutCapacity, 0.5));
        world.advance(mins(30));
        world.upload(ENDPOINT);
        world.advance(mins(60));
        let asked = 30 * 60 + 3 * 60 + lag;
        let serves = asked + 6 * 60;
        let gone = serves + 15 * 60 + lag;
        assert_eq!(requests(&world), [(at(asked), 1), (at(gone), 0)], "lag {lag}");
        assert_eq!(world.completed(ENDPOINT), 1);
    }
}

// HasBacklogWithoutCapacity changes to 0 when the request is picked up. With such a policy alone, a
// job that runs longer than 15 datapoints loses its instance.
#[test]
fn target_tracking_on_has_backlog_alone_takes_the_instance_of_a_long_job() {
    let mut world = target_with(0, 0, 2, Settings::default());
    track(&mut world, "my-policy", on(MetricName::HasBacklogWithoutCapacity, 0.5));
    world.endpoint_mut(ENDPOINT).pace.processing = mins(40);
    world.upload(ENDPOINT);
    world.advance(mins(40));
    assert_eq!((world.killed(ENDPOINT), desired(&world)), (1, 0));
}

// Users report endpoints that never leave zero with ApproximateBacklogSizePerInstance alone. The
// SageMaker guide says that they leave zero when the backlog exceeds the target.
#[test]
fn target_tracking_on_the_backlog_per_instance_never_leaves_zero_where_it_is_absent() {
    let rows = [
        (PerInstanceAtZero::Absent, 9, false),
        (PerInstanceAtZero::Backlog, 5, false),
        (PerInstanceAtZero::Backlog, 6, true),
    ];
    for (at_zero, jobs, leaves) in rows {
        let settings = Settings { backlog_per_instance_at_zero: at_zero, ..Settings::default() };
        let mut world = target_with(0, 0, 2, settings);
        track(&mut world, "my-policy", on(MetricName::BacklogSizePerInstance, 5.0));
        for _ in 0..jobs {
            world.upload(ENDPOINT);
        }
        world.advance(mins(4));
        assert!(requests(&world).is_empty());
        world.advance(mins(5 * 60));
        assert_eq!(!requests(&world).is_empty(), leaves, "{at_zero:?}, {jobs} jobs");
    }
}

/// The policies of "Autoscale an asynchronous endpoint" in the SageMaker guide: target tracking on
/// the backlog per instance, and step scaling on HasBacklogWithoutCapacity with an alarm of 2 out
/// of 2.
fn sample_of_the_guide(world: &mut World) {
    let metric = MetricName::BacklogSizePerInstance;
    track(world, "tracking", TargetTracking::new(5.0, metric, ENDPOINT, Statistic::Average));
    let from_zero = vec![StepAdjustment::new(Some(0.0), None, 1)];
    let from_zero = StepScaling::new(AdjustmentType::ChangeInCapacity, from_zero);
    world.put_scaling_policy(&id(), "from-zero", from_zero).unwrap();
    let metric = MetricName::HasBacklogWithoutCapacity;
    let comparison = Comparison::GreaterOrEqual;
    world
        .put_alarm(AlarmSpec {
            evaluation_periods: 2,
            datapoints_to_alarm: Some(2),
            alarm_actions: vec![AlarmAction::Policy { id: id(), policy: "from-zero".into() }],
            ..AlarmSpec::new("from-zero", metric, ENDPOINT, comparison, 1.0)
        })
        .unwrap();
}

#[test]
fn the_guides_sample_leaves_zero_after_two_datapoints_and_returns_after_fifteen() {
    let mut world = target_with(0, 0, 5, Settings::default());
    sample_of_the_guide(&mut world);
    world.advance(mins(30));
    world.upload(ENDPOINT);
    world.advance(mins(60));
    // The instance serves from minute 40. A backlog of 1 is below the target too: minutes 40 to 54.
    let (asked, gone) = (at((30 + 2 + 2) * 60), at((55 + 2) * 60));
    assert_eq!(requests(&world), [(asked, 1), (gone, 0)]);
}

#[test]
fn policies_do_the_same_in_each_run() {
    let month = || {
        let mut world = target_with(0, 0, 5, Settings::default());
        sample_of_the_guide(&mut world);
        for hours in 0..60 {
            world.upload_at(ENDPOINT, at(hours * 7200 + 7 * hours));
        }
        world.advance(mins(5 * 24 * 60));
        world
    };
    let (first, second) = (month(), month());
    assert_eq!(first.journal.entries(), second.journal.entries());
    assert_eq!(first.completed(ENDPOINT), 60);
    assert_eq!(first.killed(ENDPOINT), 0);
}
