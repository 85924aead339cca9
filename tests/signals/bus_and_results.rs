//! EventBridge events, schedules and async inference results.

use crate::{expected::*, names_and_times::*, sent::*};

#[test]
fn an_endpoint_is_found_by_name_or_by_arn() {
    let nameless = without("endpoint-state-change", "/detail", "EndpointName");
    assert_eq!(read(&nameless), signals([changed("my-endpoint")]));

    let mut elsewhere = nameless.clone();
    let arn = "arn:aws:sagemaker:eu-west-1:123456789012";
    elsewhere["resources"] =
        json!([7, format!("{arn}:endpoint-config/c"), format!("{arn}:endpoint/other")]);
    assert_eq!(read(&elsewhere), signals([changed("other")]));

    for resources in [json!([]), json!([format!("{arn}:endpoint/")]), json!(7)] {
        let mut nowhere = nameless.clone();
        nowhere["resources"] = resources;
        assert_eq!(problems(&read(&nowhere)), ["detail.EndpointName is missing"]);
    }

    let stateless = without("endpoint-state-change", "/detail", "EndpointStatus");
    assert_eq!(problems(&read(&stateless)), ["detail.EndpointStatus is missing"]);
}

#[test]
fn other_events_of_the_bus_are_ignored() {
    let cases = [
        ("aws.ec2", "EC2 Instance State-change Notification"),
        ("aws.sagemaker", "SageMaker Training Job State Change"),
        ("aws.sagemaker", "AWS API Call via CloudTrail"),
        ("aws.s3control", "AWS API Call via CloudTrail"),
        ("aws.cloudwatch", "CloudWatch Alarm Configuration Change"),
        ("aws.events", "Something Else"),
        ("my.app", "Object Created"),
        ("my.app", "Scheduled Event"),
    ];
    for (source, detail_type) in cases {
        let event = json!({"source": source, "detail-type": detail_type, "detail": {"a": 1}});
        let expected = ignored("", Why::OtherEvent);
        assert_eq!(read(&event), expected, "{source} {detail_type}");
    }
}

#[test]
fn a_schedule_ticks_unless_it_holds_a_command() {
    let hold = command(Command::Hold { minutes: Some(5) });
    let object = json!({"action": "hold", "endpoint": "my-endpoint", "minutes": 5});
    let cases = [
        (json!({}), What::Tick),
        (json!("{}"), What::Tick),
        (json!(""), What::Tick),
        (json!("not JSON"), What::Tick),
        (json!(null), What::Tick),
        (json!("{\"action\":\"tick\"}"), What::Tick),
        (json!(object.to_string()), hold.clone()),
        (object, hold),
    ];
    for (detail, what) in cases {
        for name in ["schedule-rule", "schedule-scheduler-default"] {
            let event = with(name, "/detail", detail.clone());
            assert_eq!(read(&event), signals([what.clone()]), "{name} {detail}");
        }
    }
    assert_eq!(read(&without("schedule-rule", "", "detail")), signals([What::Tick]));

    let bad = json!("{\"action\":\"secret\"}");
    let decoded = read(&with("schedule-scheduler-default", "/detail", bad));
    assert_eq!(decoded.signals, []);
    assert!(problems(&decoded)[0].starts_with("detail: `action` must be "), "{decoded:?}");
}

#[test]
fn results_are_recognized_by_their_three_statuses() {
    for status in ["Completed", "Failed", "Expired"] {
        let mut message = message_of("async-result-failed-in-sns");
        message["invocationStatus"] = json!(status);
        assert_eq!(read(&in_sns(&message)), signals([result(status)]));
    }
    for (field, value) in [("invocationStatus", "Melted"), ("eventName", "SomethingElse")] {
        let mut message = message_of("async-result-failed-in-sns");
        message[field] = json!(value);
        let decoded = read(&in_sns(&message));
        assert_eq!((decoded.signals.len(), decoded.ignored.len()), (0, 1), "{field}");
    }
    // What AWS sends for a request that expired is not known. The log has the form of such a message.
    let mut message = message_of("async-result-failed-in-sns");
    message.as_object_mut().unwrap().remove("invocationStatus");
    message["secret value"] = json!("secret");
    let decoded = read(&in_sns(&message));
    let Why::ResultOfUnknownForm { members } = &decoded.ignored[0].why else {
        panic!("{decoded:?}")
    };
    let members = members.join(" ");
    assert!(members.contains("requestParameters.inputLocation"), "{members}");
    assert!(!members.contains("secret"), "{members}");

    let mut message = message_of("async-result-completed-in-sns");
    message["requestParameters"] = json!({"inputLocation": "s3://secret/secret"});
    let problem = "Records[0].Sns.Message: requestParameters.endpointName is missing";
    assert_eq!(problems(&read(&in_sns(&message))), [problem]);
}

#[test]
fn a_result_names_its_input_its_request_and_when_it_was_received() {
    let read_one = |message: &Value| read(&in_sns(message)).signals.remove(0).what;
    let complete = message_of("async-result-completed-in-sns");
    assert_eq!(read_one(&complete), result("Completed"));

    let mut without_input = complete.clone();
    without_input["requestParameters"] = json!({"endpointName": "my-endpoint"});
    let mut of_no_object = complete.clone();
    of_no_object["requestParameters"]["inputLocation"] = json!("https://example.com/a.json");
    for message in [without_input, of_no_object] {
        assert!(matches!(read_one(&message), What::Result { input: None, .. }), "{message}");
    }
    let mut nameless = complete.clone();
    nameless["inferenceId"] = json!(7);
    assert!(matches!(read_one(&nameless), What::Result { inference_id: None, .. }));
    let mut timeless = complete;
    timeless["receivedTime"] = json!("yesterday");
    assert!(matches!(read_one(&timeless), What::Result { received_at: None, .. }));
}
