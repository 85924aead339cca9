//! Findings about the alarms of policies: missing, without effect, or edited.

use simulator::{AlarmSpec, AlarmState, Comparison, MetricName, Statistic, TreatMissing, World};

use super::{
    case::Case,
    run::{doctor, doctor_at},
    world::{ENDPOINT, alarms, but, edit, id, idle_alarm, minutes, put_steps, seconds},
};

const HIGH: usize = 0;
const LOW: usize = 1;

/// Step scaling that scales in by one instance, with this alarm.
fn scales_in_by(world: &mut World, alarm: AlarmSpec) {
    put_steps(world, "in", -1, alarm);
}

pub fn cases() -> Vec<Case> {
    let edited = |which: usize, by: fn(&mut AlarmSpec)| but(|world| edit(world, which, by));
    vec![
        Case::new(
            "alarm-missing",
            "one alarm deleted",
            but(|world| {
                let low = alarms(world)[LOW].clone();
                world.delete_alarm(&low);
                scales_in_by(world, idle_alarm(15));
            }),
            &[
                "AlarmLow",
                "was deleted",
                "create it again",
                "--policy-name backlog-per-instance",
                "file://backlog-per-instance.json",
            ],
        ),
        Case::new(
            "alarm-missing",
            "step scaling without an alarm",
            but(|world| {
                scales_in_by(world, idle_alarm(15));
                world.delete_alarm("idle");
            }),
            &[
                "no alarm triggers the policy in",
                "aws cloudwatch put-metric-alarm --alarm-name my-endpoint-in ",
                "--alarm-actions arn:aws:autoscaling:",
            ],
        ),
        Case::new(
            "alarm-without-action",
            "its actions deleted",
            edited(HIGH, |alarm| alarm.alarm_actions.clear()),
            &["AlarmHigh", "is the policy backlog-per-instance"],
        ),
        Case::new(
            "alarm-actions-disabled",
            "its actions disabled",
            edited(HIGH, |alarm| alarm.actions_enabled = false),
            &["aws cloudwatch enable-alarm-actions --alarm-names TargetTracking-endpoint/"],
        ),
        Case::new(
            "alarm-edited",
            "a shorter window",
            edited(LOW, |alarm| alarm.evaluation_periods = 5),
            &["it evaluates 300 s, not 900 s"],
        ),
        Case::new(
            "alarm-edited",
            "another threshold",
            edited(HIGH, |alarm| alarm.threshold = 4.0),
            &["its threshold is 4, for a target of 5"],
        ),
        Case::new(
            "alarm-edited",
            "a low threshold of 0",
            but(|world| {
                edit(world, LOW, |alarm| alarm.threshold = 0.0);
                scales_in_by(world, idle_alarm(15));
            }),
            &["its threshold is 0, for a target of 5"],
        ),
        Case::new(
            "alarm-edited",
            "missing data breaching",
            edited(LOW, |alarm| alarm.treat_missing = TreatMissing::Breaching),
            &["it treats missing data as breaching"],
        ),
        Case::new(
            "alarm-edited",
            "another metric",
            edited(HIGH, |alarm| alarm.metric = MetricName::BacklogSize.into()),
            &["it uses the Average of ApproximateBacklogSize of"],
        ),
        Case::new(
            "alarm-edited",
            "another statistic",
            edited(HIGH, |alarm| alarm.statistic = Statistic::Maximum),
            &["it uses the Maximum of"],
        ),
        Case::new(
            "alarm-low-always-breaching",
            "missing data breaching",
            but(|world| {
                let treat_missing = TreatMissing::Breaching;
                scales_in_by(world, AlarmSpec { treat_missing, ..idle_alarm(15) });
            }),
            &[
                "the alarm idle of the policy in treats missing data as breaching",
                "--policy-name in",
            ],
        ),
        Case::new(
            "alarm-low-always-breaching",
            "HasBacklogWithoutCapacity as an idle signal",
            but(|world| {
                let metric = MetricName::HasBacklogWithoutCapacity.into();
                scales_in_by(world, AlarmSpec { metric, ..idle_alarm(15) });
            }),
            &["as soon as an instance processes the request"],
        ),
    ]
}

/// The comparison of an alarm shows which of the two it is. An alarm with the opposite comparison looks like the other.
#[tokio::test]
async fn an_alarm_with_the_opposite_comparison_is_edited() {
    let sim = but(|world| edit(world, LOW, |alarm| alarm.comparison = Comparison::Greater));
    let run = doctor(&sim, &[]).await;
    run.assert_finds(&["no-scale-in-policy", "alarm-edited", "alarm-edited"]);
    run.assert_says(&["its comparison is GreaterThanThreshold, as that of TargetTracking-"]);
}

/// AWS documents a low threshold of at most 90 % of the target, and creates alarms with exactly 90 %.
#[tokio::test]
async fn a_low_threshold_above_nine_tenths_of_the_target_is_edited() {
    for (threshold, found) in [(4.5, &[][..]), (4.500_1, &["alarm-edited"]), (0.1, &[])] {
        let sim = but(|world| edit(world, LOW, |alarm| alarm.threshold = threshold));
        doctor(&sim, &[]).await.assert_finds(found);
    }
}

/// A low alarm is reported after exactly one hour in ALARM, if the policy could scale in.
#[tokio::test]
async fn a_low_alarm_without_a_scale_in_for_an_hour_is_reported() {
    let sim = but(|world| {
        scales_in_by(world, idle_alarm(15));
        // The minimum keeps the instance, so no policy can scale in.
        world.set_bounds(&id(), 1, 4);
        world.scale_by_person(&id(), 1).unwrap();
    });
    sim.advance(minutes(7));
    // With one instance at the minimum, the policy cannot scale in further, so there is no finding.
    sim.advance(minutes(90));
    doctor(&sim, &[]).await.assert_finds(&["min-above-zero"]);
    sim.with(|world| world.set_bounds(&id(), 0, 4));
    let (idle, low) = sim.with(|world| {
        assert_eq!(world.capacity(&id()), (1, 1));
        let since = |name: &str| {
            let alarm = world.alarm(name).unwrap();
            assert_eq!(alarm.state, AlarmState::Alarm);
            alarm.history.last().unwrap().at
        };
        // The backlog per instance has datapoints only from the start of the instance on.
        (since("idle"), since(&alarms(world)[LOW]))
    });
    assert!(idle < low);
    let hour = minutes(60);
    let finding = "alarm-low-always-breaching";
    doctor_at(&sim, idle + hour - seconds(1), &[]).await.assert_finds(&[]);
    doctor_at(&sim, idle + hour, &[]).await.assert_finds(&[finding]);
    let run = doctor_at(&sim, low + hour, &[]).await;
    run.assert_finds(&[finding, finding]);
    run.assert_says(&[
        "has been in ALARM for an hour or more, without removing an instance above \
                       MinCapacity",
    ]);
}

/// How a scale-out policy treats missing data cannot cause a scale-in.
#[tokio::test]
async fn treating_missing_data_as_breaching_is_a_finding_only_for_scale_in() {
    let sim = but(|world| {
        let alarm = AlarmSpec::new(
            "backlog",
            MetricName::BacklogSize,
            ENDPOINT,
            Comparison::GreaterOrEqual,
            1.0,
        );
        let treat_missing = TreatMissing::Breaching;
        put_steps(world, "out", 1, AlarmSpec { treat_missing, ..alarm });
    });
    doctor(&sim, &[]).await.assert_finds(&[]);
}
