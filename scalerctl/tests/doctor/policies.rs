//! Findings about the policies: the metrics that they use, and whether they scale out from zero and in to zero.

use jiff::Timestamp;
use simulator::{
    ActionPut, AlarmSpec, Comparison, Metric, MetricName, Statistic, TargetTracking, TrackedMetric,
    World,
};

use super::{
    case::Case,
    run::doctor,
    world::{
        ENDPOINT, POLICY, but, id, idle_alarm, minutes, put_steps, put_wake_by_steps, tracking,
        tracking_on, without_function,
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
    // The same, and a policy that scales in.
    let besides = |policy: TargetTracking| {
        but(|world| {
            world.put_scaling_policy(&id(), POLICY, policy).unwrap();
            put_steps(world, "in", -1, idle_alarm(15));
        })
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
            besides(custom(PER_INSTANCE, ENDPOINT, &[("VariantName", "AllTraffic")])),
            &[
                "(EndpointName=my-endpoint, VariantName=AllTraffic)",
                "delete the policy, and scale on the backlog of this endpoint",
                "--policy-name backlog-per-instance",
            ],
        ),
        Case::new(
            "wrong-dimension",
            "no dimension",
            besides(custom(PER_INSTANCE, "", &[])),
            &["ApproximateBacklogSizePerInstance of AWS/SageMaker without a dimension"],
        ),
        Case::new(
            "wrong-endpoint",
            "the endpoint of an earlier deployment",
            besides(custom(PER_INSTANCE, "my-endpoint-2029-12-01", &[])),
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

/// Nothing of this scales out from zero.
#[tokio::test]
async fn a_policy_that_cannot_act_does_not_hide_that_nothing_scales_out_from_zero() {
    let waiting = || AlarmSpec {
        statistic: Statistic::Maximum,
        ..AlarmSpec::new(
            "waiting",
            MetricName::HasBacklogWithoutCapacity,
            ENDPOINT,
            Comparison::GreaterOrEqual,
            1.0,
        )
    };
    let with =
        |change: fn(&mut World, AlarmSpec)| without_function(|world| change(world, waiting()));
    let out = |world: &mut World, alarm: AlarmSpec| put_steps(world, "out", 1, alarm);
    doctor(&without_function(|world| out(world, waiting())), &[])
        .await
        .assert_finds(&["no-function"]);
    let other = |alarm: AlarmSpec, namespace: &str, dimensions: &[(&str, &str)]| {
        let dimensions = dimensions.iter().copied();
        let (metric, endpoint) =
            Metric::with_dimensions(namespace, "HasBacklogWithoutCapacity", dimensions);
        without_function(|world| out(world, AlarmSpec { metric, endpoint, ..alarm }))
    };
    let own = ("EndpointName", ENDPOINT);
    for (what, sim, finding) in [
        (
            "no alarm",
            with(|world, alarm| {
                put_steps(world, "out", 1, alarm);
                world.delete_alarm("waiting");
            }),
            "alarm-missing",
        ),
        (
            "its actions are disabled",
            with(|world, mut alarm| {
                alarm.actions_enabled = false;
                put_steps(world, "out", 1, alarm);
            }),
            "alarm-actions-disabled",
        ),
        (
            "another endpoint",
            other(waiting(), Metric::NAMESPACE, &[("EndpointName", "other")]),
            "wrong-endpoint",
        ),
        (
            "another dimension",
            other(waiting(), Metric::NAMESPACE, &[own, ("VariantName", "AllTraffic")]),
            "wrong-dimension",
        ),
        ("another namespace", other(waiting(), "AWS/Sagemaker", &[own]), "metric-not-published"),
        (
            "only INSUFFICIENT_DATA",
            with(|world, alarm| {
                put_steps(world, "out", 1, alarm.clone());
                let insufficient_data_actions =
                    std::mem::take(&mut world.alarm("waiting").unwrap().spec.alarm_actions.clone());
                world.put_alarm(AlarmSpec { insufficient_data_actions, ..alarm }).unwrap();
            }),
            "policy-never-acts",
        ),
        (
            "only OK",
            with(|world, alarm| {
                put_steps(world, "out", 1, alarm.clone());
                let ok_actions =
                    std::mem::take(&mut world.alarm("waiting").unwrap().spec.alarm_actions.clone());
                world.put_alarm(AlarmSpec { ok_actions, ..alarm }).unwrap();
            }),
            "policy-never-acts",
        ),
    ] {
        let run = doctor(&sim, &[]).await;
        let found = run.findings();
        assert!(found.contains(&"no-way-out-of-zero"), "{what}: {}", run.text);
        assert!(found.contains(&finding), "{what}: {}", run.text);
    }
}

/// Only a scheduled action that still runs and raises MinCapacity scales out from zero.
#[tokio::test]
async fn a_scheduled_action_scales_out_only_if_it_raises_the_minimum_in_the_future() {
    let with = |put: fn(Timestamp) -> ActionPut| {
        without_function(|world| {
            let put = put(world.now());
            world.plant_action(&id(), &put);
        })
    };
    let nightly = |min: Option<i32>| ActionPut {
        name: "nightly".into(),
        schedule: Some("cron(0 8 * * ? *)".into()),
        bounds: Some((min, Some(4))),
        ..ActionPut::default()
    };
    let raises = with(|now| ActionPut::once("once", now + minutes(10), Some(1), None));
    doctor(&raises, &[]).await.assert_finds(&["foreign-schedule", "no-function"]);
    let late = raises.now() + minutes(30);
    super::run::doctor_at(&raises, late, &[]).await.assert_finds(&["no-way-out-of-zero"]);
    for min in [None, Some(0)] {
        let sim = without_function(|world| world.plant_action(&id(), &nightly(min)));
        let run = doctor(&sim, &[]).await;
        assert_eq!(run.findings()[0], "no-way-out-of-zero", "{min:?}: {}", run.text);
    }
    // An action in the past beside one that does not raise the minimum.
    let both = with(|now| ActionPut::once("past", now + minutes(1), Some(1), None));
    both.with(|world| world.plant_action(&id(), &nightly(Some(0))));
    let late = both.now() + minutes(30);
    let run = super::run::doctor_at(&both, late, &[]).await;
    run.assert_finds(&["no-way-out-of-zero", "foreign-schedule"]);
}

/// Without a function, no text says what the function does.
#[tokio::test]
async fn no_text_promises_what_a_missing_function_would_do() {
    let suspended =
        reactive_scaler::port::Suspended { scaling_in: true, scaling_out: true, scheduled: true };
    let sim = without_function(|world| {
        world.suspend(&id(), suspended);
        world.delete_scaling_policy(&id(), POLICY);
        world.set_status(ENDPOINT, reactive_scaler::port::EndpointStatus::Updating);
        world.set_bounds(&id(), 1, 4);
        let put = ActionPut {
            name: "nightly".into(),
            schedule: Some("cron(0 8 * * ? *)".into()),
            bounds: Some((Some(1), None)),
            ..ActionPut::default()
        };
        world.plant_action(&id(), &put);
    });
    let without = doctor(&sim, &[]).await;
    without.assert_finds(&[
        "scaling-out-suspended",
        "min-above-zero",
        "scaling-in-suspended",
        "scheduled-scaling-suspended",
        "no-scale-in-policy",
        "endpoint-not-in-service",
        "foreign-schedule",
        "no-function",
    ]);
    let promised = |text: &str| {
        let others = ["Without the function, ", "deploy the function, "];
        others.iter().fold(text.to_owned(), |text, other| text.replace(other, ""))
    };
    let text = promised(&without.text);
    assert!(!text.contains("he function"), "{text}");
    assert!(!text.contains("stack"), "{text}");
    let sim = without_function(|world| world.deregister_target(&id()));
    let text = promised(&doctor(&sim, &[]).await.text);
    assert!(!text.contains("he function") && !text.contains("stack"), "{text}");
}
