//! CloudWatch alarms: their datapoints, changes of state, texts and actions.

use simulator::{
    AlarmAction, AlarmSpec,
    AlarmState::{Alarm, InsufficientData, Ok},
    Comparison, Event, MetricName, Settings, Statistic, TreatMissing, World,
};

use crate::{setup::*, shown::*};

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:my-topic";

// "Evaluating an alarm" in the CloudWatch User Guide: the figure with a threshold of three units
// and 3 out of 3.
#[test]
fn three_breaching_datapoints_in_a_row_alarm_and_one_within_ends_it() {
    let spec = AlarmSpec { threshold: 3.0, ..alarm_on_backlog(3, 3) };
    let mut world = watched(spec);
    let rows = [
        ("2 2 2 2 4", Ok),
        ("2 2 2 4 5", Ok),
        ("2 2 4 5 6", Alarm),
        ("2 4 5 6 5", Alarm),
        ("4 5 6 5 4", Alarm),
        ("5 6 5 4 2", Ok),
        ("4 2 2 2 4", Ok),
    ];
    for (drawn, expected) in rows {
        show(&mut world, drawn);
        assert_eq!(state(&world), expected, "{drawn}");
    }
}

// The same page: M breaching datapoints, consecutive or not, within the last N.
#[test]
fn m_out_of_n_need_not_be_in_a_row() {
    let rows = [("0 X 0 X 0", Ok), ("0 X 0 X X", Alarm), ("X X X 0 0", Alarm), ("X X 0 0 0", Ok)];
    for (drawn, expected) in rows {
        let mut world = watched(alarm_on_backlog(3, 5));
        show(&mut world, drawn);
        assert_eq!(state(&world), expected, "{drawn}");
    }
}

// ComparisonOperator in the API reference of PutMetricAlarm: below, at and above the threshold.
#[test]
fn each_operator_compares_the_datapoint_with_the_threshold() {
    let rows = [
        (Comparison::Greater, [Ok, Ok, Alarm]),
        (Comparison::GreaterOrEqual, [Ok, Alarm, Alarm]),
        (Comparison::Less, [Alarm, Ok, Ok]),
        (Comparison::LessOrEqual, [Alarm, Alarm, Ok]),
    ];
    for (comparison, expected) in rows {
        for (value, expected) in ["0.9", "1", "1.1"].into_iter().zip(expected) {
            let mut world = watched(AlarmSpec { comparison, ..alarm_on_backlog(1, 1) });
            show(&mut world, value);
            assert_eq!(state(&world), expected, "{value} {comparison:?} 1");
            assert_eq!(Comparison::from_api(comparison.as_str()), Some(comparison));
        }
    }
}

#[test]
fn a_period_of_some_minutes_is_one_datapoint() {
    let rows = [
        (Statistic::Average, 2.0),
        (Statistic::Maximum, 5.0),
        (Statistic::Minimum, 0.0),
        (Statistic::Sum, 6.0),
        // One sample per minute, and one minute without a sample.
        (Statistic::SampleCount, 3.0),
    ];
    for (statistic, value) in rows {
        for (threshold, expected) in [(value - 0.5, Alarm), (value, Ok)] {
            let period = mins(4);
            let mut world =
                watched(AlarmSpec { statistic, period, threshold, ..alarm_on_backlog(1, 1) });
            show(&mut world, "1 0 - 5");
            assert_eq!(state(&world), expected, "{statistic:?} > {threshold}");
        }
        assert_eq!(Statistic::from_api(&statistic.to_string()), Some(statistic));
    }
}

// The CloudWatch User Guide: with a period of 5 minutes, the alarm is evaluated at the end of
// minute 5 on the minutes 1 to 5, and at the end of minute 6 on the minutes 2 to 6.
#[test]
fn a_longer_period_ends_with_each_minute() {
    let spec = AlarmSpec { period: mins(5), statistic: Statistic::Sum, ..alarm_on_backlog(1, 1) };
    let mut world = watched(spec);
    for (drawn, expected) in [("0 X 0 0 0 0", Alarm), ("X 0 0 0 0 0", Ok)] {
        show(&mut world, drawn);
        assert_eq!(state(&world), expected, "{drawn}");
    }
}

/// One job waits at zero from the start.
fn backlog_at_zero(settings: Settings, spec: AlarmSpec) -> World {
    let mut world = endpoint_with(0, settings);
    world.put_alarm(spec).unwrap();
    world.upload(ENDPOINT);
    world
}

fn on_has_backlog(needed: u32) -> AlarmSpec {
    AlarmSpec {
        metric: MetricName::HasBacklogWithoutCapacity.into(),
        comparison: Comparison::GreaterOrEqual,
        ..alarm_on_backlog(needed, needed)
    }
}

// An alarm sees the same datapoints as any reader, after the metric lag.
#[test]
fn an_alarm_waits_for_the_metric() {
    for lag in [0, 60, 120, 180, 240] {
        for needed in [1, 2, 3] {
            let settings = Settings { metric_lag: secs(lag), ..Settings::default() };
            let mut world = backlog_at_zero(settings, on_has_backlog(needed));
            let due = u64::from(needed) * 60 + lag;
            world.advance(secs(due - 1));
            assert_ne!(state(&world), Alarm, "lag {lag}, {needed} datapoints, one second early");
            world.advance(secs(1));
            assert_eq!(state(&world), Alarm, "lag {lag}, {needed} datapoints");
        }
    }
}

// Settings::alarms_wait_for_metrics, an assumption: if an alarm does not wait, the minutes of the
// lag are missing, and the only datapoint counts as old.
#[test]
fn an_alarm_that_does_not_wait_takes_the_lag_for_missing_datapoints() {
    for (waits, first) in [(true, 5), (false, 3)] {
        let mut world = World::new(start());
        world.settings.alarms_wait_for_metrics = waits;
        world.add_async_endpoint(ENDPOINT, VARIANT, 0);
        world.put_alarm(on_has_backlog(3)).unwrap();
        world.upload(ENDPOINT);
        world.advance(secs(first * 60 - 1));
        assert_ne!(state(&world), Alarm, "waits: {waits}");
        world.advance(secs(1));
        assert_eq!(state(&world), Alarm, "waits: {waits}");
    }
}

#[test]
fn lost_minutes_are_missing_datapoints() {
    let mut world = endpoint_at(0);
    world.put_alarm(on_has_backlog(3)).unwrap();
    world.lose_metrics(at(720), at(780));
    world.advance(mins(10));
    world.upload(ENDPOINT);
    world.advance(mins(5));
    assert_eq!(state(&world), Ok);
    world.advance(mins(1));
    assert_eq!(state(&world), Alarm, "the minutes 10, 11 and 13");
    world.lose_metrics(at(960), at(3600));
    // Minute 15 is the oldest of the range, then it leaves the range.
    world.advance(mins(6));
    assert_eq!(state(&world), Alarm);
    world.advance(mins(1));
    assert_eq!(state(&world), InsufficientData);
}

// The guide: INSUFFICIENT_DATA is "the initial state of a new alarm".
#[test]
fn a_new_alarm_has_insufficient_data_until_the_minute_ends() {
    let mut world = watched(alarm_on_backlog(1, 1));
    world.set_backlog_override(ENDPOINT, Some(vec![(at(0), 2.0)]));
    world.advance(secs(59));
    assert_eq!(state(&world), InsufficientData);
    assert_eq!(the_alarm(&world).reason, "Unchecked: Initial alarm creation");
    world.advance(secs(1));
    assert_eq!(state(&world), Alarm);
}

// The API reference of PutMetricAlarm: "When you update an existing alarm, its state is left
// unchanged, but the update completely overwrites the previous configuration of the alarm."
#[test]
fn an_alarm_that_is_put_again_keeps_its_state() {
    let mut world = watched(alarm_on_backlog(1, 1));
    show(&mut world, "X");
    world.put_alarm(AlarmSpec { threshold: 5.0, ..alarm_on_backlog(1, 1) }).unwrap();
    assert_eq!((state(&world), the_alarm(&world).spec.threshold), (Alarm, 5.0));
    show(&mut world, "X");
    assert_eq!(state(&world), Ok);
    world.delete_alarm(ALARM);
    assert_eq!(world.alarms().count(), 0);
}

#[test]
fn an_alarm_that_cannot_be_evaluated_is_refused() {
    let good = || alarm_on_backlog(3, 3);
    let rows = [
        ("EvaluationPeriods", AlarmSpec { evaluation_periods: 0, ..good() }),
        ("DatapointsToAlarm", AlarmSpec { datapoints_to_alarm: Some(0), ..good() }),
        ("DatapointsToAlarm", AlarmSpec { datapoints_to_alarm: Some(4), ..good() }),
        ("Period", AlarmSpec { period: secs(0), ..good() }),
        ("Period", AlarmSpec { period: secs(45), ..good() }),
        ("one day", AlarmSpec { period: mins(481), ..good() }),
        ("Threshold", AlarmSpec { threshold: f64::NAN, ..good() }),
    ];
    let mut world = endpoint_at(1);
    for (named, spec) in rows {
        let refusal = world.put_alarm(spec).unwrap_err();
        assert!(refusal.message.contains(named), "{refusal}");
    }
    for period in [secs(10), secs(30), mins(480)] {
        world.put_alarm(AlarmSpec { period, ..good() }).unwrap();
    }
}

// The wording of notifications and histories that users published. The wording on the "Acting on
// alarm changes" page of the CloudWatch User Guide begins "Threshold Crossed: 3 out of the last 3
// datapoints [20000.0 (08/11/22 11:25:00), ...] were greater than the threshold (0.0) (minimum 1
// datapoint for OK -> ALARM transition)."
#[test]
fn the_history_has_each_change_in_the_wording_of_cloudwatch() {
    let mut world = watched(alarm_on_backlog(2, 3));
    show(&mut world, "0 0 0 0 0");
    show(&mut world, "0 0 X 0 X");
    show(&mut world, "0 0 X 0 0");
    show(&mut world, "- - - - -");
    let history = the_alarm(&world).history.iter();
    let history = history.map(|line| (line.at, line.from, line.to, line.reason.as_str()));
    let expected = [
        (
            at(60),
            InsufficientData,
            Ok,
            "Threshold Crossed: 3 out of the last 3 datapoints [0.0 (07/01/30 14:00:00), 0.0 \
             (07/01/30 13:59:00), 0.0 (07/01/30 13:58:00)] were not greater than the threshold \
             (1.0) (minimum 2 datapoints for ALARM -> OK transition).",
        ),
        (
            at(120),
            Ok,
            Alarm,
            "Threshold Crossed: 2 out of the last 3 datapoints [2.0 (07/01/30 14:01:00), 2.0 \
             (07/01/30 13:59:00)] were greater than the threshold (1.0) (minimum 2 datapoints for \
             OK -> ALARM transition).",
        ),
        (
            at(180),
            Alarm,
            Ok,
            "Threshold Crossed: 2 out of the last 3 datapoints [0.0 (07/01/30 14:02:00), 0.0 \
             (07/01/30 14:01:00)] were not greater than the threshold (1.0) (minimum 2 datapoints \
             for ALARM -> OK transition).",
        ),
        (at(240), Ok, InsufficientData, "Insufficient Data: 3 datapoints were unknown."),
    ];
    assert_eq!(history.collect::<Vec<_>>(), expected);
    let changes = world.journal.events().filter_map(|(at, event)| match event {
        Event::AlarmChanged { alarm, from, to } => Some((at, alarm.as_str(), *from, *to)),
        _ => None,
    });
    let expected = expected.map(|(at, from, to, _)| (at, ALARM, from, to));
    assert_eq!(changes.collect::<Vec<_>>(), expected);
}

// The minimum for OK is the number of datapoints that prevents M breaching datapoints out of N.
// Published histories have 1 for 3 out of 3.
#[test]
fn the_reason_names_the_minimum_for_the_change() {
    let rows = [
        (1, "X", "(minimum 1 datapoint for OK -> ALARM transition)."),
        (1, "0 0 0", "(minimum 3 datapoints for ALARM -> OK transition)."),
        (3, "0 0 0", "(minimum 1 datapoint for ALARM -> OK transition)."),
    ];
    for (needed, drawn, ends) in rows {
        let mut world = watched(alarm_on_backlog(needed, 3));
        show(&mut world, drawn);
        assert!(the_alarm(&world).reason.ends_with(ends), "{}", the_alarm(&world).reason);
    }
}

#[test]
fn without_datapoints_to_alarm_the_reason_counts_no_others() {
    let rows = [
        (
            3,
            TreatMissing::Missing,
            "0 X X X",
            "Threshold Crossed: 3 datapoints [2.0 (07/01/30 \
          14:00:00), 2.0 (07/01/30 13:59:00), 2.0 (07/01/30 13:58:00)] were greater than the \
          threshold (1.0).",
        ),
        (
            1,
            TreatMissing::Missing,
            "0",
            "Threshold Crossed: 1 datapoint [0.0 (07/01/30 14:00:00)] \
          was not greater than the threshold (1.0).",
        ),
        (
            3,
            TreatMissing::Breaching,
            "-",
            "Threshold Crossed: no datapoints were received for 3 \
          periods and 3 missing datapoints were treated as [Breaching].",
        ),
        (
            1,
            TreatMissing::NotBreaching,
            "-",
            "Threshold Crossed: no datapoints were received for \
          1 period and 1 missing datapoint was treated as [NonBreaching].",
        ),
        (
            3,
            TreatMissing::Breaching,
            "X",
            "Threshold Crossed: 1 datapoint was received for 3 \
          periods and 2 missing datapoints were treated as [Breaching].",
        ),
    ];
    for (periods, treat_missing, drawn, reason) in rows {
        let spec = AlarmSpec {
            datapoints_to_alarm: None,
            treat_missing,
            ..alarm_on_backlog(periods, periods)
        };
        let mut world = watched(spec);
        show(&mut world, drawn);
        assert_eq!(the_alarm(&world).reason, reason);
        assert_eq!(TreatMissing::from_api(treat_missing.as_str()), Some(treat_missing));
    }
}

// "Alarm actions" in the CloudWatch User Guide: except for Auto Scaling actions, they "happen only
// on state transitions, and are not performed again if the condition persists".
#[test]
fn a_notification_fires_once_with_each_change() {
    let notify = || vec![AlarmAction::from_arn(TOPIC)];
    for enabled in [true, false] {
        let mut world = watched(AlarmSpec {
            alarm_actions: notify(),
            insufficient_data_actions: notify(),
            actions_enabled: enabled,
            ..alarm_on_backlog(1, 1)
        });
        for drawn in ["X", "X", "X", "0", "X", "- - -"] {
            show(&mut world, drawn);
        }
        let fired = world.journal.events().filter_map(|(at, event)| match event {
            Event::AlarmNotified { alarm, state, action } => {
                assert_eq!((alarm.as_str(), action.as_str()), (ALARM, TOPIC));
                Some((at, *state))
            }
            _ => None,
        });
        let expected = [(at(60), Alarm), (at(300), Alarm), (at(360), InsufficientData)];
        let expected = if enabled { &expected[..] } else { &[] };
        assert_eq!(fired.collect::<Vec<_>>(), expected, "ActionsEnabled {enabled}");
    }
}

// The ARNs in the API reference of PutMetricAlarm and in the Application Auto Scaling guide.
#[test]
fn the_kind_of_an_action_is_read_from_its_arn() {
    let policy = AlarmAction::Policy { id: id(), policy: "my-policy".into() };
    let arn = endpoint_at(0).policy_arn(&id(), "my-policy");
    assert_eq!(AlarmAction::from_arn(&arn), policy);
    assert_eq!(AlarmAction::from_arn(&format!("{arn}:createdBy/1c54e45b")), policy);
    for other in [TOPIC, "arn:aws:lambda:eu-central-1:123456789012:function:my-function"] {
        assert_eq!(AlarmAction::from_arn(other), AlarmAction::Notify(other.into()));
    }
}
