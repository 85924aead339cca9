//! What topics, functions and the event bus receive of an alarm, compared with the samples in `events/`.

use std::collections::BTreeSet;

use reactive_scaler::signal::{Signal, What, decode};
use serde_json::{Value, json};
use simulator::{Delivery, LoopbackAws, Simulator};

use crate::{
    setup::*,
    wire::{loopback, post},
};

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:my-alarms";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:scaler:live";
const BUS: &str = "arn:aws:events:eu-central-1:123456789012:event-bus/default";

async fn cloudwatch(aws: &LoopbackAws, operation: &str, body: Value) -> (u16, Value) {
    let target = format!("GraniteServiceVersion20100801.{operation}");
    post(aws, &target, &body.to_string()).await.unwrap()
}

/// An alarm on waiting requests, put by a client.
async fn with_alarm(more: Value) -> (Simulator, LoopbackAws) {
    let (sim, aws) = loopback(endpoint_at(0)).await;
    let mut alarm = json!({
        "AlarmName": "my-endpoint-backlog",
        "AlarmDescription": "Requests wait and no instance is up",
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": [{ "Name": "EndpointName", "Value": ENDPOINT }],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": [TOPIC, FUNCTION],
    });
    alarm.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (status, answer) = cloudwatch(&aws, "PutMetricAlarm", alarm).await;
    assert_eq!(status, 200, "{answer}");
    (sim, aws)
}

/// The messages of a change that a client makes.
async fn set(sim: &Simulator, aws: &LoopbackAws, state: &str) -> Vec<Delivery> {
    let set = json!({
        "AlarmName": "my-endpoint-backlog",
        "StateValue": state,
        "StateReason": "a try",
        "StateReasonData": json!({ "recentDatapoints": [1.0] }).to_string(),
    });
    let (status, answer) = cloudwatch(aws, "SetAlarmState", set).await;
    assert_eq!(status, 200, "{answer}");
    sim.with(|world| world.deliveries().cloned().collect())
}

fn body_to<'a>(sent: &'a [Delivery], arn: &str) -> &'a Value {
    &sent.iter().find(|it| it.to == arn).unwrap_or_else(|| panic!("nothing to {arn}")).body
}

/// The paths of all members.
fn members(value: &Value, prefix: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    match value {
        Value::Object(members_of) => {
            for (name, inner) in members_of {
                let path = format!("{prefix}/{name}");
                all.extend(members(inner, &path));
                all.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|it| all.extend(members(it, prefix))),
        _ => {}
    }
    all
}

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn signals(event: &Value) -> Vec<Signal> {
    decode(event).unwrap().signals
}

fn is_alarm(event: &Value) -> bool {
    matches!(signals(event).as_slice(), [Signal { what: What::Alarm { .. }, .. }])
}

#[tokio::test]
async fn a_topic_receives_the_message_and_the_subject() {
    let (sim, aws) = with_alarm(json!({})).await;
    let sent = set(&sim, &aws, "ALARM").await;
    let body = body_to(&sent, TOPIC);
    let mut event = sample(include_str!("../../../events/alarm-in-sns.json"));
    let sns = &mut event["Records"][0]["Sns"];
    assert_eq!(body["Subject"], "ALARM: \"my-endpoint-backlog\" in EU (Frankfurt)");
    let expected = sample(sns["Message"].as_str().unwrap());
    let message = sample(body["Message"].as_str().unwrap());
    assert_eq!(members(&message, ""), members(&expected, ""));
    assert_eq!(message["Trigger"]["Statistic"], "MAXIMUM");
    assert_eq!(message["OldStateValue"], "INSUFFICIENT_DATA");
    sns["Message"] = body["Message"].clone();
    assert!(is_alarm(&event), "the function reads it");
}

#[tokio::test]
async fn the_event_bus_receives_the_alarm_with_both_states() {
    let (sim, aws) = with_alarm(json!({})).await;
    set(&sim, &aws, "OK").await;
    let sent = set(&sim, &aws, "ALARM").await;
    let body = body_to(&sent, BUS);
    let expected = sample(include_str!("../../../events/alarm-eventbridge.json"));
    assert_eq!(members(body, ""), members(&expected, ""));
    assert_eq!(body["detail"]["previousState"]["value"], "OK");
    assert!(is_alarm(body), "the function reads it");
}

#[tokio::test]
async fn a_function_receives_the_alarm_with_the_datapoints_of_its_reason() {
    let (sim, _aws) = with_alarm(json!({})).await;
    let invocations = sim.with(|world| {
        world.advance(mins(10));
        world.upload(ENDPOINT);
        world.advance(mins(10));
        world.take_invocations()
    });
    let [invocation] = invocations.as_slice() else { panic!("{invocations:?}") };
    let (arn, body) = (&invocation.to, &invocation.body);
    assert_eq!(
        (arn.as_str(), invocation.from.as_ref()),
        (FUNCTION, "lambda.alarms.cloudwatch.amazonaws.com")
    );
    let expected = sample(include_str!("../../../events/alarm-direct.json"));
    assert_eq!(members(body, ""), members(&expected, ""));
    let reason =
        |event: &Value| sample(event["alarmData"]["state"]["reasonData"].as_str().unwrap());
    let (mut found, expected) = (reason(body), reason(&expected));
    // Newer messages have this member, too.
    assert_eq!(found["evaluatedDatapoints"].take()[0]["value"], 1.0);
    found.as_object_mut().unwrap().remove("evaluatedDatapoints");
    assert_eq!(members(&found, ""), members(&expected, ""));
    assert_eq!(found["recentDatapoints"], json!([1.0]));
    assert!(is_alarm(body), "the function reads it");
}

// "Alarm events and EventBridge" in the CloudWatch User Guide: events do not depend on actions.
#[tokio::test]
async fn disabled_actions_notify_the_event_bus_only() {
    let (sim, aws) = with_alarm(json!({ "ActionsEnabled": false })).await;
    let sent = set(&sim, &aws, "ALARM").await;
    assert_eq!(sent.iter().map(|it| it.to.as_str()).collect::<Vec<_>>(), [BUS]);
    let names = json!({ "AlarmNames": ["my-endpoint-backlog"] });
    assert_eq!(cloudwatch(&aws, "EnableAlarmActions", names).await.0, 200);
    set(&sim, &aws, "OK").await;
    let sent = set(&sim, &aws, "ALARM").await;
    let to = sent.iter().map(|it| it.to.as_str()).collect::<Vec<_>>();
    assert_eq!(to, [BUS, TOPIC, FUNCTION]);
}

// API reference, SetAlarmState: the alarm returns to its actual state.
#[tokio::test]
async fn a_state_that_is_set_lasts_until_the_next_evaluation_and_triggers_policies() {
    let mut world = target_at(0, 0, 1);
    let steps = simulator::StepScaling::new(
        simulator::AdjustmentType::ChangeInCapacity,
        vec![simulator::StepAdjustment::new(Some(0.0), None, 1)],
    );
    world.put_scaling_policy(&id(), "wake", steps).unwrap();
    let arn = world.policy_arn(&id(), "wake");
    let (sim, aws) = loopback(world).await;
    let alarm = json!({
        "AlarmName": "a", "Namespace": "AWS/SageMaker", "MetricName": "ApproximateBacklogSize",
        "Dimensions": [{ "Name": "EndpointName", "Value": ENDPOINT }], "Statistic": "Average",
        "Period": 60, "EvaluationPeriods": 1, "Threshold": -1.0,
        "ComparisonOperator": "GreaterThanThreshold", "OKActions": [arn],
    });
    assert_eq!(cloudwatch(&aws, "PutMetricAlarm", alarm).await.0, 200);
    sim.advance(mins(5));
    let state = || sim.with(|world| world.alarm("a").unwrap().state.as_str());
    assert_eq!(state(), "ALARM");
    let set = json!({ "AlarmName": "a", "StateValue": "OK", "StateReason": "a try" });
    assert_eq!(cloudwatch(&aws, "SetAlarmState", set).await.0, 200);
    assert_eq!(state(), "OK");
    assert_eq!(sim.with(|world| world.capacity(&id())), (0, 1), "its action ran");
    sim.advance(mins(2));
    assert_eq!(state(), "ALARM");
}
