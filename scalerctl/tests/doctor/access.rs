//! Calls that are denied, resources that do not exist, and that doctor writes nothing.

use simulator::{Fault, Settings, Simulator, VariantState};

use super::{
    case::Case,
    run::{doctor, doctor_on},
    world::{
        ENDPOINT, FUNCTION, POLICY, ROUTES, but, function, healthy, id, routed, tracking,
        tracking_on,
    },
};

const OFTEN: u32 = 100;

fn refusing(sim: Simulator, operation: &str) -> Simulator {
    sim.with(|world| world.faults.fail_next(operation, Fault::AccessDenied, OFTEN));
    sim
}

pub fn cases() -> Vec<Case> {
    vec![Case::new(
        "not-readable",
        "the bucket's notifications may not be read",
        refusing(healthy(), "GetBucketNotificationConfiguration"),
        &[
            "s3:GetBucketNotification on my-inputs failed: AWS answered AccessDenied",
            "allow your own credentials s3:GetBucketNotification on my-inputs",
        ],
    )]
}

/// If a call is denied, the finding names the IAM action, and doctor continues.
#[tokio::test]
async fn a_read_that_fails_is_a_finding_and_doctor_continues() {
    const OUT: &str = "max-is-zero";
    const OBSERVE: &str = "observe-mode";
    const EXPIRED: &str = "requests-expired";
    const UNREAD: &str = "not-readable";
    for (operation, action, found) in [
        ("DescribeEndpointConfig", "sagemaker", &[OUT, EXPIRED, OBSERVE, UNREAD][..]),
        ("DescribeScalableTargets", "application-autoscaling", &[EXPIRED, OBSERVE, UNREAD]),
        ("DescribeScalingPolicies", "application-autoscaling", &[OUT, EXPIRED, OBSERVE, UNREAD]),
        ("DescribeScheduledActions", "application-autoscaling", &[OUT, EXPIRED, OBSERVE, UNREAD]),
        ("DescribeScalingActivities", "application-autoscaling", &[OUT, EXPIRED, OBSERVE, UNREAD]),
        ("DescribeAlarms", "cloudwatch", &[OUT, EXPIRED, OBSERVE, UNREAD]),
        ("GetMetricData", "cloudwatch", &[OUT, OBSERVE, UNREAD]),
        ("ListFunctions", "lambda", &[OUT, EXPIRED, UNREAD]),
        ("GetFunctionConfiguration", "lambda", &[OUT, EXPIRED, UNREAD]),
        ("GetFunctionEventInvokeConfig", "lambda", &[OUT, EXPIRED, OBSERVE, UNREAD]),
        ("ListSchedules", "scheduler", &[OUT, EXPIRED, OBSERVE, UNREAD]),
        ("GetSchedule", "scheduler", &[OUT, EXPIRED, OBSERVE, UNREAD]),
    ] {
        let sim = but(|world| {
            world.set_bounds(&id(), 0, 0);
            world.put_function(function(&[("SCALER_ROUTES", ROUTES), ("SCALER_MODE", "observe")]));
            let of = [("EndpointName", ENDPOINT), ("VariantName", "AllTraffic")];
            super::world::put(world, "AWS/SageMaker", "ExpiredRequests", &of, 1.0);
        });
        let run = doctor(&refusing(sim, operation), &[]).await;
        assert_eq!(run.findings(), found, "{operation}: {}", run.text);
        run.assert_says(&[&format!("allow your own credentials {action}:{operation} on ")]);
    }
}

/// Policies, alarms and functions that cannot be read are not reported as missing.
#[tokio::test]
async fn resources_that_cannot_be_read_are_not_reported_as_missing() {
    let sim = healthy();
    sim.with(|world| {
        for operation in [
            "DescribeEndpointConfig",
            "DescribeScalableTargets",
            "DescribeScalingPolicies",
            "DescribeScheduledActions",
            "DescribeScalingActivities",
            "GetMetricData",
            "ListFunctions",
        ] {
            world.faults.fail_next(operation, Fault::AccessDenied, OFTEN);
        }
    });
    let run = doctor(&sim, &[]).await;
    assert_eq!(run.findings(), ["not-readable"; 7], "{}", run.text);
}

/// If the alarms cannot be read, doctor still examines the policies.
#[tokio::test]
async fn unreadable_alarms_affect_only_findings_about_alarms() {
    let sim = but(|world| {
        let again = tracking_on(
            simulator::MetricName::BacklogSizePerInstance,
            simulator::Statistic::Maximum,
        );
        world.put_scaling_policy(&id(), "again", again).unwrap();
        let mut short = tracking();
        short.scale_in_cooldown = std::time::Duration::from_secs(60);
        world.put_scaling_policy(&id(), POLICY, short).unwrap();
        super::world::edit(world, 1, |alarm| alarm.actions_enabled = false);
    });
    let rest = ["two-policies", "cooldown-below-metric-lag"];
    let readable = [&["alarm-actions-disabled"], &rest[..]].concat();
    doctor(&sim, &[]).await.assert_finds(&readable);
    let run = doctor(&refusing(sim, "DescribeAlarms"), &[]).await;
    run.assert_finds(&[&rest[..], &["not-readable"]].concat());
}

/// All pages of listings are read.
#[tokio::test]
async fn every_page_is_read() {
    let settings = Settings { page_size: 1, ..Settings::default() };
    let sim = Simulator::with_settings(super::world::BEGIN.parse().unwrap(), settings);
    let second = reactive_scaler::port::VariantId::new(ENDPOINT, "Second");
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, "AllTraffic", 0);
        world.endpoint_mut(ENDPOINT).variants.push(VariantState::new("Second", 0));
        world.register_target(&id(), 0, 4);
        world.put_scaling_policy(&id(), POLICY, tracking()).unwrap();
        world.register_target(&second, 0, 0);
        world.put_scaling_policy(&second, POLICY, tracking()).unwrap();
        // Each of these is on the last page: a policy, a scheduled action, an alarm, a function.
        let mut short =
            tracking_on(simulator::MetricName::BacklogSize, simulator::Statistic::Average);
        short.scale_in_cooldown = std::time::Duration::from_secs(60);
        world.put_scaling_policy(&second, "z-short", short).unwrap();
        let put = |name: &str, min| simulator::ActionPut {
            name: name.into(),
            schedule: Some("cron(0 8 * * ? *)".into()),
            bounds: Some((min, Some(4))),
            ..simulator::ActionPut::default()
        };
        world.plant_action(&second, &put("a", None));
        world.plant_action(&second, &put("b", Some(1)));
        let mut first = routed(r#"[{"endpoint":"another"}]"#);
        first.name = "a-scaler".into();
        world.put_function(first);
        super::world::put_tick(world, "a-scaler");
        super::world::put_tick(world, super::world::FUNCTION);
        let observing =
            [("SCALER_ROUTES", r#"[{"endpoint":"my-endpoint"}]"#), ("SCALER_MODE", "observe")];
        world.put_function(function(&observing));
        let mut last = world.alarms().last().unwrap().spec.clone();
        last.actions_enabled = false;
        world.put_alarm(last).unwrap();
    });
    doctor(&sim, &[]).await.assert_finds(&[
        "max-is-zero",
        // The function only observes.
        "no-way-out-of-zero",
        "alarm-actions-disabled",
        "cooldown-below-metric-lag",
        "observe-mode",
        "foreign-schedule",
    ]);
}

#[tokio::test]
async fn an_unknown_endpoint_is_refused_with_similar_names() {
    let sim = healthy();
    sim.with(|world| {
        for name in ["my-endpoint-2", "whisper"] {
            world.add_async_endpoint(name, "AllTraffic", 0);
        }
    });
    let run = doctor_on(&sim, &["my-endpont"]).await;
    run.assert_refused(&[
        "sagemaker:DescribeEndpoint on my-endpont failed",
        "no such endpoint in eu-central-1; did you mean my-endpoint, my-endpoint-2?",
    ]);
    assert!(!run.errors.contains("whisper"), "{}", run.errors);
    doctor_on(&sim, &["zzz"])
        .await
        .assert_refused(&["no such endpoint in eu-central-1\nwhat to do: correct the name"]);
    // Without the permission for ListEndpoints, the message has no suggestions.
    let run = doctor_on(&refusing(sim, "ListEndpoints"), &["my-endpont"]).await;
    run.assert_refused(&["DescribeEndpoint on my-endpont failed", "eu-central-1\nwhat to do: "]);
}

#[tokio::test]
async fn doctor_fails_if_a_required_read_fails() {
    let sim = refusing(healthy(), "DescribeEndpoint");
    doctor(&sim, &[]).await.assert_refused(&[
        "sagemaker:DescribeEndpoint on my-endpoint failed: AWS answered AccessDeniedException",
        "allow your own credentials sagemaker:DescribeEndpoint",
    ]);
    let run = doctor(&healthy(), &["--function", "no-such-function"]).await;
    run.assert_refused(&["lambda:GetFunctionConfiguration on no-such-function failed"]);
    let sim = refusing(healthy(), "GetFunctionConfiguration");
    doctor(&sim, &["--function", FUNCTION])
        .await
        .assert_refused(&["allow your own credentials lambda:GetFunctionConfiguration"]);
}

#[tokio::test]
async fn a_call_without_an_answer_is_reported_and_doctor_continues() {
    let sim = healthy();
    sim.with(|world| world.faults.fail_next("DescribeScalingActivities", Fault::NoAnswer, OFTEN));
    let run = doctor(&sim, &[]).await;
    run.assert_finds(&["not-readable"]);
    run.assert_says(&["DescribeScalingActivities on * failed: no answer from AWS"]);
}
