//! Policies that can never change the capacity, and metric values for which a policy does nothing.

use simulator::{
    AdjustmentType, AlarmAction, AlarmSpec, Comparison, MetricName, Statistic, StepAdjustment,
    StepScaling, TargetTracking, World,
};

use super::{
    case::Case,
    run::doctor,
    world::{ENDPOINT, but, id, minutes, put_steps, seconds, without_function},
};

/// Step scaling that scales out, triggered by an alarm.
fn put_step(world: &mut World, steps: StepScaling, alarm: AlarmSpec) {
    world.put_scaling_policy(&id(), "steps", steps).unwrap();
    let action = AlarmAction::Policy { id: id(), policy: "steps".to_owned() };
    world.put_alarm(AlarmSpec { alarm_actions: vec![action], ..alarm }).unwrap();
}

fn change(step: StepAdjustment) -> StepScaling {
    StepScaling::new(AdjustmentType::ChangeInCapacity, vec![step])
}

fn alarm(metric: MetricName, comparison: Comparison, threshold: f64) -> AlarmSpec {
    AlarmSpec::new("waiting", metric, ENDPOINT, comparison, threshold)
}

const WAITING: MetricName = MetricName::HasBacklogWithoutCapacity;

pub fn cases() -> Vec<Case> {
    let from_zero = StepAdjustment::new(Some(0.0), None, 1);
    let steps = |steps: StepScaling, alarm: AlarmSpec| but(|world| put_step(world, steps, alarm));
    let waits = || alarm(WAITING, Comparison::GreaterOrEqual, 1.0);
    vec![
        Case::new(
            "policy-never-acts",
            "greater than 1 on a metric that is 0 or 1",
            steps(change(from_zero), alarm(WAITING, Comparison::Greater, 1.0)),
            &[
                "the policy steps with the alarm waiting: the alarm never triggers it: \
                 HasBacklogWithoutCapacity (Average) is 0 or 1 at zero instances and 0 otherwise, \
                 and the alarm requires a value greater than 1",
                "\n         aws application-autoscaling put-scaling-policy ",
                "\n         aws cloudwatch put-metric-alarm --alarm-name my-endpoint-steps ",
            ],
        ),
        Case::new(
            "policy-never-acts",
            "a step that begins above the highest value",
            steps(change(StepAdjustment::new(Some(1.0), None, 1)), waits()),
            &["no step matches: the bounds of the steps are relative to the threshold (1)"],
        ),
        Case::new(
            "policy-never-acts",
            "a percentage of zero",
            steps(
                StepScaling::new(AdjustmentType::PercentChangeInCapacity, vec![from_zero]),
                waits(),
            ),
            &["only at zero instances, and its adjustment does not change zero"],
        ),
        Case::new(
            "policy-never-acts",
            "an adjustment of 0",
            steps(change(StepAdjustment::new(Some(0.0), None, 0)), waits()),
            &["its adjustment does not change"],
        ),
        Case::new(
            "policy-never-acts",
            "target tracking at the highest value",
            but(|world| {
                let tracking = TargetTracking::new(1.0, WAITING, ENDPOINT, Statistic::Average);
                let tracking = TargetTracking { disable_scale_in: true, ..tracking };
                world.put_scaling_policy(&id(), "has-backlog", tracking).unwrap();
            }),
            &["the policy has-backlog with the alarm TargetTracking-", "greater than 1"],
        ),
        Case::new(
            "value-without-step",
            "a step that begins above the threshold",
            steps(
                change(StepAdjustment::new(Some(4.0), None, 1)),
                alarm(MetricName::BacklogSize, Comparison::GreaterOrEqual, 1.0),
            ),
            &["no step matches the value 1\n"],
        ),
        Case::new(
            "period-below-metric",
            "a period of 10 s",
            steps(change(from_zero), AlarmSpec { period: seconds(10), ..waits() }),
            &["the alarm waiting has a period of 10 s", "describe-alarms --alarm-names waiting"],
        ),
    ]
}

/// For each case above, a similar configuration that works.
#[tokio::test]
async fn a_policy_that_can_act_is_not_a_finding() {
    let percent = StepScaling {
        min_adjustment: Some(1),
        ..StepScaling::new(
            AdjustmentType::PercentChangeInCapacity,
            vec![StepAdjustment::new(Some(0.0), None, 1)],
        )
    };
    let from_zero = || change(StepAdjustment::new(Some(0.0), None, 1));
    for (what, steps, alarm) in [
        ("above 0", from_zero(), alarm(WAITING, Comparison::Greater, 0.0)),
        ("at 1", from_zero(), alarm(WAITING, Comparison::GreaterOrEqual, 1.0)),
        ("at least one", percent, alarm(WAITING, Comparison::GreaterOrEqual, 1.0)),
        (
            "the sum of two minutes",
            from_zero(),
            AlarmSpec {
                period: minutes(2),
                statistic: Statistic::Sum,
                ..alarm(WAITING, Comparison::Greater, 1.0)
            },
        ),
    ] {
        let run = doctor(&but(|world| put_step(world, steps, alarm)), &[]).await;
        assert!(run.findings().is_empty(), "{what}: {}", run.text);
    }
}

/// doctor reports that nothing scales out from zero even while the function's floor is set.
#[tokio::test]
async fn a_missing_scale_out_from_zero_is_reported_during_a_lease() {
    let sim = without_function(|world| {
        let release = reactive_scaler::lease::release_time(world.now() + minutes(10));
        let name = "reactive-scaler-lease";
        world.plant_action(&id(), &simulator::ActionPut::once(name, release, Some(0), None));
        world.set_bounds(&id(), 1, 4);
    });
    doctor(&sim, &[]).await.assert_finds(&["no-way-out-of-zero"]);
}

/// A policy that scales out, but not from zero.
#[tokio::test]
async fn a_percentage_does_not_scale_out_from_zero() {
    let sim = without_function(|world| {
        let steps = vec![StepAdjustment::new(Some(0.0), None, 100)];
        let percent = StepScaling::new(AdjustmentType::PercentChangeInCapacity, steps);
        put_step(world, percent, alarm(MetricName::BacklogSize, Comparison::GreaterOrEqual, 1.0));
    });
    doctor(&sim, &[]).await.assert_finds(&["no-way-out-of-zero"]);
    let sim = without_function(|world| {
        let alarm = alarm(MetricName::BacklogSize, Comparison::GreaterOrEqual, 1.0);
        put_steps(world, "steps", 1, alarm);
    });
    doctor(&sim, &[]).await.assert_finds(&["no-function"]);
}
