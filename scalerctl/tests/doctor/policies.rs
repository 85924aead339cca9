//! Findings about the policies: the metrics that they use, and whether they scale out from zero and in to zero.

use simulator::{Metric, MetricName, Statistic, TargetTracking, TrackedMetric};

use super::{
    case::Case,
    run::doctor,
    world::{
        ENDPOINT, POLICY, but, id, idle_alarm, put_steps, put_wake_by_steps, tracking, tracking_on,
        without_function,
    },
};

const PER_INSTANCE: &str = "ApproximateBacklogSizePerInstance";

/// Default name of a policy that is created in the console.
const BUILT_IN: &str = "SageMakerEndpointInvocationScalingPolicy";

/// Target tracking on a metric with these dimensions. If `EndpointName` is empty, that dimension is left out.
fn custom(name: &str, endpoint: &str, further: &[(&str, &str)]) -> TargetTracking {
    let further = further.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let metric = match (Metric::named(Metric::NAMESPACE, name, true), further.len()) {
        (Metric::Published(known), 0) if !endpoint.is_empty() => Metric::Published(known),
        _ => Metric::Unpublished {
            namespace: Metric::NAMESPACE.into(),
            name: name.into(),
            further: further.collect(),
        },
    };
    let (endpoint, statistic) = (endpoint.to_owned(), Statistic::Average);
    TargetTracking::on(5.0, TrackedMetric::Customized { metric, endpoint, statistic })
}

pub fn cases() -> Vec<Case> {
    // In addition to the valid policy.
    let also = |name: &'static str, policy: TargetTracking| {
        but(|world| world.put_scaling_policy(&id(), name, policy).unwrap())
    };
    // In place of the valid policy.
    let only = |policy: TargetTracking| {
        but(|world| world.put_scaling_policy(&id(), POLICY, policy).unwrap())
    };
    let predefined = "SageMakerVariantInvocationsPerInstance";
    vec![
        Case::new(
            "no-scale-in-policy",
            "no policy",
            but(|world| world.delete_scaling_policy(&id(), POLICY)),
            &[
                "put-scaling-policy",
                "reactive-scaler-backlog-per-instance",
                "\"Value\":\"my-endpoint\"",
            ],
        ),
        Case::new(
            "no-scale-in-policy",
            "DisableScaleIn",
            only(TargetTracking { disable_scale_in: true, ..tracking() }),
            &["no policy of the scalable target scales in"],
        ),
        Case::new(
            "no-scale-in-policy",
            "step scaling out alone",
            but(|world| {
                world.delete_scaling_policy(&id(), POLICY);
                put_wake_by_steps(world);
            }),
            &["no policy of the scalable target scales in"],
        ),
        Case::new(
            "no-way-out-of-zero",
            "target tracking per instance alone, and no function",
            without_function(|_| {}),
            &["no policy scales out at zero instances", "HasBacklogWithoutCapacity"],
        ),
        Case::new(
            "metric-not-published",
            "the predefined metric",
            also(
                "invocations",
                TargetTracking::on(70.0, TrackedMetric::Predefined(predefined.into())),
            ),
            &[
                "the policy invocations tracks SageMakerVariantInvocationsPerInstance",
                "delete-scaling-policy",
                "--policy-name invocations",
            ],
        ),
        Case::new(
            "metric-not-published",
            "InvocationsPerInstance by hand",
            also(
                "by-hand",
                custom("InvocationsPerInstance", ENDPOINT, &[("VariantName", "AllTraffic")]),
            ),
            &["the policy by-hand uses InvocationsPerInstance of AWS/SageMaker"],
        ),
        Case::new(
            "wrong-dimension",
            "VariantName beside EndpointName",
            only(custom(PER_INSTANCE, ENDPOINT, &[("VariantName", "AllTraffic")])),
            &[
                "(EndpointName=my-endpoint, VariantName=AllTraffic)",
                "delete the policy, and scale on the backlog of this endpoint",
                "--policy-name backlog-per-instance",
            ],
        ),
        Case::new(
            "wrong-dimension",
            "no dimension",
            only(custom(PER_INSTANCE, "", &[])),
            &["ApproximateBacklogSizePerInstance of AWS/SageMaker without a dimension"],
        ),
        Case::new(
            "wrong-endpoint",
            "the endpoint of an earlier deployment",
            only(custom(PER_INSTANCE, "my-endpoint-2029-12-01", &[])),
            &["(EndpointName=my-endpoint-2029-12-01)", "\"Value\":\"my-endpoint\""],
        ),
        Case::new(
            "not-evaluated",
            "a metric of another namespace",
            but(|world| {
                let metric = Metric::named("Custom", "QueueLength", false);
                let statistic = Statistic::Average;
                let (endpoint, disable_scale_in) = (ENDPOINT.to_owned(), true);
                let metric = TrackedMetric::Customized { metric, endpoint, statistic };
                let tracking =
                    TargetTracking { disable_scale_in, ..TargetTracking::on(5.0, metric) };
                world.put_scaling_policy(&id(), "custom", tracking).unwrap();
            }),
            &["doctor cannot evaluate the policy custom with its alarms", "--policy-names custom"],
        ),
        Case::new(
            "two-policies",
            "the same metric twice",
            also("again", tracking_on(MetricName::BacklogSizePerInstance, Statistic::Maximum)),
            &["the policies again and backlog-per-instance", "delete-scaling-policy"],
        ),
        Case::new(
            "two-policies",
            "the console's policy beside the own one",
            also(BUILT_IN, tracking_on(MetricName::BacklogSize, Statistic::Average)),
            &["if SageMakerEndpointInvocationScalingPolicy is the one that you do not want"],
        ),
    ]
}

/// Several policies on different metrics, none with the console's name, are intended.
#[tokio::test]
async fn two_policies_on_two_metrics_are_not_a_finding() {
    let sim = but(|world| {
        let total = tracking_on(MetricName::BacklogSize, Statistic::Average);
        world.put_scaling_policy(&id(), "total", total).unwrap();
    });
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// Each of these scales out from zero without a function.
#[tokio::test]
async fn other_ways_to_scale_out_from_zero_are_recognized() {
    let by_steps = without_function(put_wake_by_steps);
    let by_total = without_function(|world| {
        let total = tracking_on(MetricName::BacklogSize, Statistic::Average);
        world.put_scaling_policy(&id(), POLICY, total).unwrap();
    });
    for sim in [by_steps, by_total] {
        doctor(&sim, &[]).await.assert_finds(&["no-function"]);
    }
}

/// Step scaling on the backlog per instance has no datapoint at zero either.
#[tokio::test]
async fn step_scaling_on_the_backlog_per_instance_does_not_scale_out_from_zero() {
    let sim = without_function(|world| {
        let mut alarm = idle_alarm(3);
        alarm.metric = MetricName::BacklogSizePerInstance.into();
        alarm.comparison = simulator::Comparison::Greater;
        put_steps(world, "out", 1, alarm);
    });
    doctor(&sim, &[]).await.assert_finds(&["no-way-out-of-zero"]);
}

/// With MinCapacity above 0, the endpoint is never at zero.
#[tokio::test]
async fn a_minimum_above_0_needs_no_scale_out_from_zero() {
    let sim = without_function(|world| world.set_bounds(&id(), 1, 4));
    doctor(&sim, &[]).await.assert_finds(&["min-above-zero", "no-function"]);
}
