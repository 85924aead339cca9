//! Calls of `InvokeEndpointAsync` that CloudTrail reports.

use crate::{expected::*, names_and_times::*, sent::*};

const EXAMPLE: &str = "cloudtrail-invocation";

fn resource(arn: &str) -> Value {
    json!({ "accountId": "123456789012", "type": "AWS::SageMaker::Endpoint", "ARN": arn })
}

fn of_arns(arns: &[&str]) -> Value {
    let resources: Vec<Value> = arns.iter().map(|arn| resource(arn)).collect();
    with(EXAMPLE, "/detail/resources", Value::from(resources))
}

#[test]
fn each_endpoint_of_the_resources_is_named_once_and_other_resources_are_none() {
    let arn = "arn:aws:sagemaker:eu-west-1:123456789012";
    let resources = json!([
        7,
        { "type": "AWS::SageMaker::Endpoint" },
        { "ARN": 7 },
        resource("arn:aws:s3:::my-inputs/async/in/a.json"),
        resource(&format!("{arn}:endpoint-config/c")),
        resource(&format!("{arn}:inference-component/c")),
        resource(&format!("{arn}:endpoint/")),
        resource(&format!("{arn}:endpoint/two")),
        resource(&format!("{arn}:endpoint/one")),
        resource(&format!("{arn}:endpoint/two")),
    ]);
    let read_one = read(&with(EXAMPLE, "/detail/resources", resources));
    assert_eq!(read_one, signals([invoked(&["one", "two"], Some(INVOKED))]));
    let china = read(&{
        let mut event = of_arns(&["arn:aws-cn:sagemaker:cn-north-1:123456789012:endpoint/one"]);
        event["region"] = json!("cn-north-1");
        event
    });
    assert_eq!(china, signals([invoked(&["one"], Some(INVOKED))]));
}

#[test]
fn an_event_that_names_no_endpoint_is_reported() {
    let problem = ["detail.resources has no ARN of an endpoint"];
    let cases = [
        without(EXAMPLE, "/detail", "resources"),
        with(EXAMPLE, "/detail/resources", json!([])),
        with(EXAMPLE, "/detail/resources", json!("my-endpoint")),
        of_arns(&["my-endpoint", ":endpoint/my-endpoint", "arn:aws:sagemaker:endpoint/e"]),
        of_arns(&["arn:aws:s3:eu-west-1:123456789012:endpoint/my-endpoint"]),
    ];
    for event in cases {
        assert_eq!(problems(&read(&event)), problem, "{event}");
    }
}

#[test]
fn a_call_that_failed_is_ignored() {
    let mut event = event(EXAMPLE);
    event["detail"]["errorCode"] = json!("ValidationException");
    assert_eq!(read(&event), ignored("", Why::FailedInvocation));
    event["detail"]["errorCode"] = json!(null);
    assert_eq!(read(&event).signals.len(), 1);
}

#[test]
fn other_calls_are_ignored() {
    for (field, value) in [
        ("eventName", json!("InvokeEndpoint")),
        ("eventName", json!("UpdateEndpoint")),
        ("eventName", json!(null)),
        ("eventSource", json!("s3.amazonaws.com")),
        ("eventSource", json!(null)),
    ] {
        let event = with(EXAMPLE, &format!("/detail/{field}"), value);
        assert_eq!(read(&event), ignored("", Why::OtherEvent), "{event}");
    }
}

#[test]
fn an_endpoint_of_another_account_or_region_is_ignored() {
    let ours = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/my-endpoint";
    let elsewhere = [
        "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint",
        "arn:aws:sagemaker:eu-west-1:210987654321:endpoint/my-endpoint",
    ];
    assert_eq!(read(&of_arns(&elsewhere)), ignored("", Why::InvocationElsewhere));
    let one = signals([invoked(&["my-endpoint"], Some(INVOKED))]);
    assert_eq!(read(&of_arns(&[elsewhere[0], ours])), one);
    let mut nowhere = event(EXAMPLE);
    nowhere.as_object_mut().unwrap().retain(|key, _| key != "account" && key != "region");
    assert_eq!(read(&nowhere), one);
}

#[test]
fn the_time_is_that_of_the_call() {
    let mut event = event(EXAMPLE);
    event["time"] = json!("2026-03-02T09:20:00Z");
    let at = |event: &Value| match read(event).signals.remove(0).what {
        What::Invocation { at, .. } => at.map(|at| at.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(at(&event).as_deref(), Some(INVOKED));
    event["detail"]["eventTime"] = json!("yesterday");
    assert_eq!(at(&event).as_deref(), Some("2026-03-02T09:20:00Z"));
    event["time"] = json!(null);
    assert_eq!(at(&event), None);
}

#[test]
fn a_wrapped_event_is_read_as_well() {
    let expected = invoked(&["my-endpoint"], Some(INVOKED));
    assert_eq!(read(&in_sns(&event(EXAMPLE))), signals([expected.clone()]));
    let queue = read(&in_sqs(&event(EXAMPLE)));
    assert_eq!(queue, queued([("m-1", expected)]));
}
