//! Target tracking policies: their alarms, and the capacity that they request.

use simulator::{
    AlarmSpec, AlarmState, Comparison, MetricName, NotScaledReason, PolicyKind, Statistic,
    TargetTracking, TrackedMetric, TrackedValue, TreatMissing,
};

use crate::{policies::*, setup::*};

// The names and numbers in describe-scaling-policies outputs and in alarms that users exported: 3 x
// 60 s above a target of 70, 15 x 60 s below 63.
#[test]
fn a_policy_makes_two_alarms() {
    let mut world = scaled(1);
    track(&mut world, "my-policy", tracking(70.0));
    let alarms = world.alarms().map(|alarm| alarm.spec.clone()).collect::<Vec<_>>();
    let [high, low] = alarms.as_slice() else { panic!("{alarms:?}") };
    let expected = [
        (high, "AlarmHigh", 3, Comparison::Greater, 70.0),
        (low, "AlarmLow", 15, Comparison::Less, 63.0),
    ];
    for (alarm, which, periods, comparison, threshold) in expected {
        let name = format!("TargetTracking-endpoint/{ENDPOINT}/variant/{VARIANT}-{which}-");
        let key = alarm.name.strip_prefix(&name).unwrap();
        assert_eq!(key.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{key}");
        assert_eq!((alarm.evaluation_periods, alarm.period), (periods, mins(1)));
        assert_eq!((alarm.comparison, alarm.threshold), (comparison, threshold));
        assert_eq!((alarm.datapoints_to_alarm, alarm.treat_missing), (None, TreatMissing::Missing));
    }
    world.settings.alarm_low_percent = 50;
    track(&mut world, "my-policy", tracking(70.0));
    assert_eq!(world.alarms().last().unwrap().spec.threshold, 35.0, "an assumption");
}

// The API reference of PutScalingPolicy: it "creates or updates". Users found that another name
// creates a second policy, and that both apply.
#[test]
fn the_same_name_replaces_and_another_makes_a_second_policy() {
    let mut world = scaled(1);
    track(&mut world, "my-policy", tracking(5.0));
    let names = |world: &simulator::World| {
        world.alarms().map(|alarm| alarm.spec.name.clone()).collect::<Vec<_>>()
    };
    let first = names(&world);
    track(&mut world, "my-policy", tracking(8.0));
    assert_eq!(names(&world), first);
    let policy = world.scaling_policy(&id(), "my-policy").unwrap();
    assert_eq!(policy.kind, PolicyKind::TargetTracking(tracking(8.0)));
    let metric = MetricName::HasBacklogWithoutCapacity;
    let second = TargetTracking::new(0.5, metric, ENDPOINT, Statistic::Maximum);
    track(&mut world, "other-policy", second);
    assert_eq!(world.scaling_policies(&id()).count(), 2);
    assert_eq!(names(&world).len(), 4);
    world.delete_scaling_policy(&id(), "other-policy");
    assert_eq!(names(&world), first);
    // A policy of another type has no such alarms.
    world.put_scaling_policy(&id(), "my-policy", out_by(1)).unwrap();
    assert!(names(&world).is_empty());
}

// The guide: several are allowed "provided that each of them uses a different metric".
#[test]
fn one_metric_is_tracked_once() {
    let mut world = scaled(1);
    track(&mut world, "my-policy", tracking(5.0));
    let refusal = world.put_scaling_policy(&id(), "other-policy", tracking(6.0)).unwrap_err();
    assert_eq!(refusal.code, "ValidationException");
}

#[test]
fn policies_need_a_registered_target_and_go_with_it() {
    let mut world = endpoint_at(1);
    let refusal = world.put_scaling_policy(&id(), "my-policy", tracking(5.0)).unwrap_err();
    assert_eq!(refusal.code, "ObjectNotFoundException");
    for delete in [false, true] {
        let mut world = scaled(1);
        track(&mut world, "my-policy", tracking(5.0));
        step_out(&mut world, "my-steps", out_by(1));
        match delete {
            true => world.delete_endpoint(ENDPOINT),
            false => world.deregister_scalable_target(&id()).unwrap(),
        }
        assert_eq!(world.scaling_policies(&id()).count(), 0);
        let left = world.alarms().map(|alarm| alarm.spec.name.as_str());
        assert_eq!(left.collect::<Vec<_>>(), ["my-steps"], "its own alarm is the user's");
    }
}

// TargetValue in the API reference: from 2^-360 to 2^360.
#[test]
fn a_target_value_is_positive() {
    let mut world = scaled(1);
    for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        world.put_scaling_policy(&id(), "my-policy", tracking(value)).unwrap_err();
    }
}

// The guide: "if we determine that adding 1.5 instances will decrease the CPU utilization to close
// to 50 percent [...] we round up and add two instances".
#[test]
fn added_capacity_is_rounded_up() {
    let rows = [
        // (instances, metric for a target of 50, resulting instances)
        (3, 75.0, 5),
        (3, 66.7, 5),
        (3, 66.6, 4),
        (10, 50.1, 11),
        (1, 51.0, 2),
        (4, 100.0, 8),
        (2, 1000.0, 40),
    ];
    for (count, metric, expected) in rows {
        let mut world = scaled(count);
        track(&mut world, "my-policy", tracking(50.0));
        minute(&mut world, metric);
        assert_eq!(desired(&world), expected, "{count} instances at {metric}");
    }
}

// The guide: "if we determine that removing 0.5 instances increases your CPU utilization to above
// 50 percent, we will choose not to scale-in".
#[test]
fn removed_capacity_is_rounded_down() {
    let rows = [
        (4, 43.75, 4),
        (4, 37.6, 4),
        (4, 37.5, 3),
        (4, 25.0, 2),
        (4, 24.0, 2),
        (10, 30.0, 6),
        (1, 1.0, 1),
        (3, 0.0, 0),
    ];
    for (count, metric, expected) in rows {
        let mut world = scaled(count);
        track(&mut world, "my-policy", tracking(50.0));
        minute(&mut world, metric);
        assert_eq!(desired(&world), expected, "{count} instances at {metric}");
    }
}

// The exact result is an integer: 2 * (2.1 / 0.3) is slightly above 14 in floating point.
#[test]
fn an_exact_proportion_is_not_rounded_up() {
    let mut world = scaled(2);
    track(&mut world, "my-policy", tracking(0.3));
    minute(&mut world, 2.1);
    assert_eq!(desired(&world), 14);
}

// "Removing capacity only when utilization passes a threshold that is far enough below the target
// value (usually more than 10% lower)".
#[test]
fn between_the_alarms_nothing_scales() {
    for (metric, expected) in [(44.9, 90), (45.0, 100), (50.0, 100), (50.1, 101)] {
        let mut world = target_with(100, 0, 200, at_once());
        track(&mut world, "my-policy", tracking(50.0));
        minute(&mut world, metric);
        assert_eq!(desired(&world), expected, "at {metric}");
    }
}

#[test]
fn three_minutes_scale_out_and_fifteen_scale_in() {
    let mut world = target_with(2, 0, 100, at_once());
    track(&mut world, "my-policy", tracking(5.0));
    let show = |world: &mut simulator::World, high: u64, value: f64| {
        let minute = world.now();
        let points = (0..20).map(|age| (minute - mins(age), if age < high { value } else { 5.0 }));
        world.set_backlog_override(ENDPOINT, Some(points.collect()));
        world.advance(mins(1));
    };
    show(&mut world, 2, 10.0);
    assert_eq!(desired(&world), 2);
    show(&mut world, 3, 10.0);
    assert_eq!(desired(&world), 4);
    show(&mut world, 14, 0.0);
    assert_eq!(desired(&world), 4);
    show(&mut world, 15, 0.0);
    assert_eq!(desired(&world), 0);
}

// Settings::tracking_from_zero: a proportion of zero is always zero.
#[test]
fn at_zero_the_setting_determines_the_requested_capacity() {
    for (from_zero, metric, expected) in [(1, 5.1, 1), (1, 50.0, 1), (1, 5.0, 0), (0, 50.0, 0)] {
        let mut world = scaled(0);
        world.settings.tracking_from_zero = from_zero;
        track(&mut world, "my-policy", tracking(5.0));
        minute(&mut world, metric);
        assert_eq!(desired(&world), expected, "{from_zero} at {metric}");
    }
}

// Settings::tracked_value.
#[test]
fn the_latest_datapoint_or_their_average_is_tracked() {
    for (tracked_value, expected) in [(TrackedValue::Latest, 6), (TrackedValue::Average, 8)] {
        let mut world = scaled(2);
        world.settings.tracked_value = tracked_value;
        track(&mut world, "my-policy", tracking(5.0));
        let points = [30.0, 15.0, 15.0].into_iter().enumerate();
        let points = points.map(|(minute, value)| (at(60 * minute as u64), value)).collect();
        world.set_backlog_override(ENDPOINT, Some(points));
        world.advance(mins(3));
        assert_eq!(desired(&world), expected, "{tracked_value:?}");
    }
}

// Users edit these alarms, although the guide says not to. Such an alarm triggers and scales
// nothing, because the policy calculates with its own target.
#[test]
fn an_edited_alarm_of_target_tracking_scales_nothing() {
    for (which, threshold, metric) in [("AlarmHigh", 1.0, 2.0), ("AlarmLow", 9.0, 8.0)] {
        let mut world = scaled(2);
        track(&mut world, "my-policy", tracking(5.0));
        let mut alarms = world.alarms().map(|alarm| alarm.spec.clone()).collect::<Vec<_>>();
        alarms.retain(|alarm| alarm.name.contains(which));
        let spec = alarms.pop().unwrap();
        let others = world.alarms().map(|alarm| alarm.spec.name.clone()).collect::<Vec<_>>();
        others.iter().filter(|name| **name != spec.name).for_each(|name| world.delete_alarm(name));
        world.put_alarm(AlarmSpec { threshold, ..spec.clone() }).unwrap();
        minute(&mut world, metric);
        assert_eq!(world.alarm(&spec.name).unwrap().state, AlarmState::Alarm);
        assert_eq!(desired(&world), 2, "{which}");
        assert_eq!(reasons(&world), [NotScaledReason::AlreadyAtDesiredCapacity(2)], "{which}");
    }
}

// DisableScaleIn in the API reference: it "won't remove capacity from the scalable target".
#[test]
fn with_scale_in_disabled_it_only_scales_out() {
    for (disable_scale_in, expected) in [(false, 0), (true, 4)] {
        let mut world = scaled(2);
        track(&mut world, "my-policy", TargetTracking { disable_scale_in, ..tracking(5.0) });
        minute(&mut world, 10.0);
        assert_eq!(desired(&world), 4);
        minute(&mut world, 0.0);
        assert_eq!(desired(&world), expected);
    }
}

// The guide: missing data makes the alarm INSUFFICIENT_DATA, and then it "cannot scale your
// scalable target until new data points are found".
#[test]
fn without_datapoints_nothing_scales() {
    let mut world = scaled(2);
    track(&mut world, "my-policy", tracking(5.0));
    world.set_backlog_override(ENDPOINT, Some(vec![]));
    world.advance(mins(30));
    assert_eq!(desired(&world), 2);
    assert!(world.alarms().all(|alarm| alarm.state == AlarmState::InsufficientData));
    minute(&mut world, 10.0);
    assert_eq!(desired(&world), 4);
}

// "Monitor an asynchronous endpoint" in the SageMaker guide: InvocationsPerInstance is not
// published for async endpoints.
#[test]
fn a_predefined_metric_has_no_datapoints() {
    let mut world = scaled(2);
    let metric = TrackedMetric::Predefined("SageMakerVariantInvocationsPerInstance".into());
    track(&mut world, "my-policy", TargetTracking::on(5.0, metric));
    world.advance(mins(60));
    assert_eq!(desired(&world), 2);
    assert!(world.alarms().all(|alarm| alarm.state == AlarmState::InsufficientData));
}

// A policy can name the metric of another endpoint. AWS does not check this.
#[test]
fn the_dimension_determines_the_endpoint_of_the_metric() {
    let mut world = scaled(1);
    world.add_async_endpoint("other-endpoint", VARIANT, 1);
    let metric = MetricName::BacklogSize;
    let other = TargetTracking::new(5.0, metric, "other-endpoint", Statistic::Average);
    track(&mut world, "my-policy", other);
    see_backlog(&mut world, 100.0);
    world.advance(mins(5));
    assert_eq!(desired(&world), 1);
}

// The texts of describe-scaling-activities outputs.
#[test]
fn an_activity_names_the_alarm_and_the_policy() {
    let mut world = scaled(2);
    track(&mut world, "my-policy", tracking(5.0));
    minute(&mut world, 10.0);
    let high = &world.alarms().next().unwrap().spec.name;
    assert_eq!(
        last(&world).cause,
        format!("monitor alarm {high} in state ALARM triggered policy my-policy")
    );
    assert_eq!(last(&world).description, "Setting desired instance count to 4.");
}

// "Understanding not scaled reason codes" in the Application Auto Scaling User Guide.
#[test]
fn a_decision_not_to_scale_has_its_reason() {
    let rows = [
        (4, 0, 4, 50.0, NotScaledReason::AlreadyAtMaxCapacity(4)),
        (0, 0, 4, 0.0, NotScaledReason::AlreadyAtMinCapacity(0)),
        (2, 2, 4, 0.0, NotScaledReason::AlreadyAtMinCapacity(2)),
        (2, 0, 4, 4.0, NotScaledReason::AlreadyAtDesiredCapacity(2)),
    ];
    for (count, min, max, metric, reason) in rows {
        for repeat in [false, true] {
            let mut world = target_with(count, min, max, at_once());
            world.settings.repeat_not_scaled = repeat;
            track(&mut world, "my-policy", tracking(5.0));
            see_backlog(&mut world, metric);
            world.advance(mins(3));
            assert_eq!(reasons(&world), vec![reason; if repeat { 3 } else { 1 }]);
            assert!(world.not_scaled()[0].cause.ends_with("triggered policy my-policy"));
            assert!(world.activities().is_empty());
        }
    }
}

#[test]
fn bounds_clamp_and_never_turn_the_direction() {
    let rows = [
        (2, 0, 3, 50.0, 3),
        (4, 1, 9, 0.0, 1),
        // Outside the bounds, after a manual change.
        (5, 0, 3, 50.0, 5),
        (0, 1, 3, 0.0, 0),
        (0, 2, 3, 50.0, 2),
        (9, 0, 3, 0.0, 0),
        (9, 0, 3, 4.0, 3),
    ];
    for (count, min, max, metric, expected) in rows {
        let mut world = target_with(count, min, max, at_once());
        track(&mut world, "my-policy", tracking(5.0));
        minute(&mut world, metric);
        assert_eq!(desired(&world), expected, "{count} in {min}..={max} at {metric}");
    }
}
