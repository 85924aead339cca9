//! Step scaling policies: the selected step, the adjustment, and the time.
//!
//! "How step scaling works" in the Application Auto Scaling User Guide.

use simulator::{
    AdjustmentType, AlarmAction, AlarmSpec, Comparison, NotScaledReason, Statistic, StepScaling,
};

use crate::{policies::*, setup::*};

/// The example of the guide: a threshold of 50 percent, and 10 instances.
fn example() -> simulator::World {
    let mut world = scaled(10);
    let percent = |steps: &[Step]| StepScaling {
        adjustment: AdjustmentType::PercentChangeInCapacity,
        ..by_steps(steps)
    };
    let out = percent(&[
        (Some(0.0), Some(10.0), 0),
        (Some(10.0), Some(20.0), 10),
        (Some(20.0), None, 30),
    ]);
    let into = percent(&[
        (Some(-10.0), Some(0.0), 0),
        (Some(-20.0), Some(-10.0), -10),
        (None, Some(-20.0), -30),
    ]);
    step(&mut world, "scale-out", Comparison::GreaterOrEqual, 50.0, out);
    step(&mut world, "scale-in", Comparison::LessOrEqual, 50.0, into);
    world
}

// The example of the guide: 10 to 11 at 60, to 14 at 70, to 13 at 40, to 10 at 30.
#[test]
fn the_example_of_the_guide() {
    let mut world = example();
    for (metric, expected) in [(60.0, 11), (70.0, 14), (40.0, 13), (30.0, 10), (50.0, 10)] {
        minute(&mut world, metric);
        assert_eq!(desired(&world), expected, "at {metric}");
    }
}

// "If the metric value is above the breach threshold, the lower bound is inclusive and the upper
// bound is exclusive. If the metric value is below the breach threshold, the lower bound is
// exclusive and the upper bound is inclusive."
#[test]
fn bounds_are_inclusive_on_the_side_of_the_threshold() {
    let rows = [
        (50.0, 10),
        (59.9, 10),
        (60.0, 11),
        (69.9, 11),
        (70.0, 13),
        (40.1, 10),
        (40.0, 9),
        (30.1, 9),
        (30.0, 7),
    ];
    for (metric, expected) in rows {
        let mut world = example();
        minute(&mut world, metric);
        assert_eq!(desired(&world), expected, "at {metric}");
    }
}

// At the threshold, a bound of 0 applies to the side that the alarm watches.
#[test]
fn at_the_threshold_the_operator_of_the_alarm_decides() {
    let mut world = scaled(5);
    step_out(&mut world, "scale-out", out_by(1));
    minute(&mut world, 10.0);
    assert_eq!(desired(&world), 6);
    let mut world = scaled(5);
    step_in(&mut world, "scale-in", in_by(1));
    minute(&mut world, 1.0);
    assert_eq!(desired(&world), 4);
}

// A lower bound of 0 with an alarm that triggers below: users reported "No step adjustment found
// for metric value [0.0] and breach threshold 1.0".
#[test]
fn without_a_step_for_the_breach_nothing_scales() {
    let mut world = scaled(5);
    step(&mut world, "scale-in", Comparison::Less, 1.0, out_by(-1));
    see_backlog(&mut world, 0.0);
    world.advance(mins(10));
    assert_eq!(desired(&world), 5);
    assert!(world.not_scaled().is_empty());
}

// The guide: ChangeInCapacity 3 and 5 result in 8, ExactCapacity 3 and 5 in 5,
// PercentChangeInCapacity 10 and 10 percent in 11.
#[test]
fn each_adjustment_type_as_the_guide_has_it() {
    let rows = [
        (AdjustmentType::ChangeInCapacity, 3, 5, 8),
        (AdjustmentType::ChangeInCapacity, 3, -1, 2),
        (AdjustmentType::ChangeInCapacity, 3, -5, 0),
        (AdjustmentType::ExactCapacity, 3, 5, 5),
        (AdjustmentType::ExactCapacity, 3, 1, 1),
        (AdjustmentType::ExactCapacity, 3, 0, 0),
        (AdjustmentType::PercentChangeInCapacity, 10, 10, 11),
        (AdjustmentType::PercentChangeInCapacity, 10, 200, 30),
    ];
    for (adjustment, count, by, expected) in rows {
        let mut world = scaled(count);
        step_out(&mut world, "steps", StepScaling { adjustment, ..out_by(by) });
        minute(&mut world, 10.0);
        assert_eq!(desired(&world), expected, "{adjustment:?} {by} of {count}");
        assert_eq!(AdjustmentType::from_api(adjustment.as_str()), Some(adjustment));
    }
}

// The guide: 12.7 is 12, .67 is 1, -.58 is -1, -6.67 is -6.
#[test]
fn percents_are_rounded_as_the_guide_has_it() {
    let rows = [
        (100, 12, 112),
        (29, 44, 41),
        (67, 1, 68),
        (58, -1, 57),
        (29, -23, 23),
        (10, 10, 11),
        (1, -50, 0),
        (0, 50, 0),
    ];
    for (count, percent, expected) in rows {
        let mut world = target_with(count, 0, 200, at_once());
        let adjustment = AdjustmentType::PercentChangeInCapacity;
        step_out(&mut world, "steps", StepScaling { adjustment, ..out_by(percent) });
        minute(&mut world, 10.0);
        assert_eq!(desired(&world), expected, "{percent} percent of {count}");
    }
}

// The guide: 25 percent of 4 is 1, but with a minimum of 2, 2 are added.
#[test]
fn a_percentage_changes_at_least_the_minimum() {
    for (count, percent, minimum, expected) in
        [(4, 25, 2, 6), (4, 75, 2, 7), (4, -25, 2, 2), (4, -75, 2, 1), (0, 25, 2, 2), (4, 0, 2, 4)]
    {
        let mut world = scaled(count);
        let steps = StepScaling {
            adjustment: AdjustmentType::PercentChangeInCapacity,
            min_adjustment: Some(minimum),
            ..out_by(percent)
        };
        step_out(&mut world, "steps", steps);
        minute(&mut world, 10.0);
        assert_eq!(desired(&world), expected, "{percent} percent of {count}, at least {minimum}");
    }
}

// MetricAggregationType: "applies your specified aggregation type to the most recent metric data
// points from CloudWatch".
#[test]
fn the_datapoints_are_aggregated() {
    let rows = [(Statistic::Average, 3), (Statistic::Maximum, 6), (Statistic::Minimum, 2)];
    for (aggregation, expected) in rows {
        let mut world = scaled(1);
        let steps =
            by_steps(&[(Some(0.0), Some(5.0), 1), (Some(5.0), Some(9.0), 2), (Some(9.0), None, 5)]);
        let steps = StepScaling { aggregation, ..steps };
        step_out(&mut world, "steps", steps);
        let mut alarm = world.alarm("steps").unwrap().spec.clone();
        alarm.evaluation_periods = 2;
        world.put_alarm(alarm).unwrap();
        world.set_backlog_override(ENDPOINT, Some(vec![(at(0), 20.0), (at(60), 12.0)]));
        world.advance(mins(2));
        assert_eq!(desired(&world), expected, "{aggregation:?}");
    }
    let mut world = scaled(1);
    let sum = StepScaling { aggregation: Statistic::Sum, ..out_by(1) };
    world.put_scaling_policy(&id(), "steps", sum).unwrap_err();
}

// "Using Amazon CloudWatch alarms" in the CloudWatch User Guide: the alarm "continues to invoke the
// action" while it remains in the state. "Alarm actions" says: each minute.
#[test]
fn an_alarm_that_stays_triggers_its_policy_each_minute() {
    let mut world = scaled(0);
    step_out(&mut world, "steps", out_by(1));
    see_backlog(&mut world, 10.0);
    for minute in 1..=5 {
        world.advance(secs(59));
        assert_eq!(desired(&world), minute - 1);
        world.advance(secs(1));
        assert_eq!(desired(&world), minute);
    }
    minute(&mut world, 9.0);
    world.advance(mins(5));
    assert_eq!(desired(&world), 5, "out of ALARM");
}

#[test]
fn without_its_actions_an_alarm_triggers_nothing() {
    let mut world = scaled(0);
    step_out(&mut world, "steps", out_by(1));
    let spec = world.alarm("steps").unwrap().spec.clone();
    world.put_alarm(AlarmSpec { actions_enabled: false, ..spec.clone() }).unwrap();
    minute(&mut world, 10.0);
    assert_eq!(desired(&world), 0);
    // The action of another state, and a policy that does not exist.
    let action = |policy: &str| vec![AlarmAction::Policy { id: id(), policy: policy.into() }];
    let (ok_actions, alarm_actions) = (action("steps"), action("no-policy"));
    world.put_alarm(AlarmSpec { ok_actions, alarm_actions, ..spec }).unwrap();
    world.advance(mins(5));
    assert_eq!(desired(&world), 0);
    // At 9 the alarm is OK, and no step applies below the threshold.
    minute(&mut world, 9.0);
    assert_eq!(desired(&world), 0);
    assert!(world.activities().is_empty());
}

// The rules in the guide after "When you specify the step adjustments".
#[test]
fn steps_that_contradict_each_other_are_refused() {
    let rows: [(&str, &[Step]); 7] = [
        ("At least one", &[]),
        ("both be null", &[(None, None, 1)]),
        ("overlap", &[(Some(0.0), Some(10.0), 1), (Some(5.0), None, 2)]),
        ("gap", &[(Some(0.0), Some(10.0), 1), (Some(15.0), None, 2)]),
        ("null upper", &[(Some(0.0), Some(10.0), 1)]),
        ("null lower", &[(Some(-10.0), Some(0.0), -1)]),
        ("below", &[(Some(10.0), Some(10.0), 1)]),
    ];
    let mut world = scaled(1);
    for (named, steps) in rows {
        let refusal = world.put_scaling_policy(&id(), "steps", by_steps(steps)).unwrap_err();
        assert!(refusal.message.contains(named), "{refusal}");
    }
    let exact = StepScaling { adjustment: AdjustmentType::ExactCapacity, ..out_by(-1) };
    world.put_scaling_policy(&id(), "steps", exact).unwrap_err();
    let both = by_steps(&[(Some(0.0), None, 1), (None, Some(0.0), -1)]);
    world.put_scaling_policy(&id(), "steps", both).unwrap();
}

#[test]
fn a_step_of_nothing_is_a_decision_not_to_scale() {
    let mut world = example();
    minute(&mut world, 55.0);
    assert_eq!(reasons(&world), [NotScaledReason::AlreadyAtDesiredCapacity(10)]);
    let alarm = "monitor alarm scale-out in state ALARM triggered policy scale-out";
    assert_eq!(world.not_scaled()[0].cause, alarm);
}
