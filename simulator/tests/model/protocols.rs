//! The protocols of AWS's clients, and the constraints of the service models.

use std::io::Write;

use ciborium::Value as Cbor;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use simulator::{LoopbackAws, Simulator};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::setup::*;

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn post(aws: &LoopbackAws, path: &str, headers: &[&str], body: &[u8]) -> Answer {
    let address = aws.url.strip_prefix("http://").unwrap();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: answer[end + 4..].to_vec() }
}

async fn form(aws: &LoopbackAws, version: &str, action: &str, parameters: &str) -> Answer {
    let body = format!("Action={action}&Version={version}&{parameters}");
    post(aws, "/", &["content-type: application/x-www-form-urlencoded"], body.as_bytes()).await
}

async fn json_of(aws: &LoopbackAws, target: &str, body: &Value) -> Answer {
    let target = format!("x-amz-target: {target}");
    post(aws, "/", &[&target], body.to_string().as_bytes()).await
}

async fn cbor(aws: &LoopbackAws, operation: &str, body: &Cbor) -> (Answer, Cbor) {
    let path = format!("/service/GraniteServiceVersion20100801/operation/{operation}");
    let mut bytes = Vec::new();
    ciborium::into_writer(body, &mut bytes).unwrap();
    let answer = post(aws, &path, &["smithy-protocol: rpc-v2-cbor"], &bytes).await;
    let value = ciborium::from_reader(answer.body.as_slice()).unwrap();
    (answer, value)
}

fn member<'a>(value: &'a Cbor, name: &str) -> &'a Cbor {
    let members = value.as_map().unwrap();
    &members.iter().find(|(key, _)| key.as_text() == Some(name)).unwrap().1
}

async fn loopback() -> (Simulator, LoopbackAws) {
    let sim = Simulator::of(endpoint_at(0));
    let aws = LoopbackAws::start(sim.clone()).await.unwrap();
    (sim, aws)
}

const CLOUDWATCH: &str = "2010-08-01";
const ALARM: &str = "AlarmName=a%3C1%3E&Namespace=N&MetricName=m&Statistic=Sum&Period=60&EvaluationPeriods=1\
    &Threshold=5&ComparisonOperator=GreaterThanThreshold&ActionsEnabled=false\
    &Dimensions.member.1.Name=d&Dimensions.member.1.Value=v&Dimensions.member.2.Name=e&Dimensions.member.2.Value=w";

// boto3 until 1.35 uses this protocol for CloudWatch.
#[tokio::test]
async fn a_form_is_answered_in_xml() {
    let (sim, aws) = loopback().await;
    let put = form(&aws, CLOUDWATCH, "PutMetricAlarm", ALARM).await;
    assert_eq!(put.status, 200, "{}", put.text());
    let spec = sim.with(|world| world.alarms().next().unwrap().spec.clone());
    assert_eq!((spec.name.as_str(), spec.threshold, spec.actions_enabled), ("a<1>", 5.0, false));
    let names = "AlarmNames.member.1=none&AlarmNames.member.2=a%3C1%3E";
    let described = form(&aws, CLOUDWATCH, "DescribeAlarms", names).await;
    for part in [
        "<DescribeAlarmsResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">\
         <DescribeAlarmsResult>",
        "<MetricAlarms><member>",
        "<AlarmName>a&lt;1&gt;</AlarmName>",
        "<ActionsEnabled>false</ActionsEnabled>",
        "<Threshold>5.0</Threshold>",
        "<Period>60</Period>",
        "<Dimensions><member><Name>d</Name><Value>v</Value></member><member><Name>e</Name>",
        "<StateUpdatedTimestamp>2030-",
        "Z</StateUpdatedTimestamp>",
        "</DescribeAlarmsResult><ResponseMetadata><RequestId>",
    ] {
        assert!(described.text().contains(part), "{part}: {}", described.text());
    }
    let (_, id) = described.head.split_once("x-amzn-requestid: ").unwrap();
    let id = id.lines().next().unwrap();
    assert!(described.text().contains(id), "{id}: {}", described.text());
}

#[tokio::test]
async fn an_error_has_the_form_of_the_protocol() {
    let (_, aws) = loopback().await;
    let state = "StateValue=OK&StateReason=r";
    for (version, action, parameters, status, code) in [
        (
            CLOUDWATCH,
            "SetAlarmState",
            &format!("AlarmName=none&{state}")[..],
            404,
            "ResourceNotFound",
        ),
        (CLOUDWATCH, "DescribeAlarms", "MaxRecords=many", 400, "MalformedInput"),
        (CLOUDWATCH, "DescribeAlarms", "MaxRecords=0", 400, "ValidationError"),
        (CLOUDWATCH, "ListDashboards", "", 400, "InvalidAction"),
        ("2010-03-31", "Nothing", "", 400, "InvalidAction"),
        (
            "2010-03-31",
            "GetTopicAttributes",
            "TopicArn=arn:aws:sns:eu-central-1:1:t",
            404,
            "NotFound",
        ),
    ] {
        let answer = form(&aws, version, action, parameters).await;
        let text = answer.text();
        assert_eq!(answer.status, status, "{action}: {text}");
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>");
        assert!(
            text.starts_with("<ErrorResponse xmlns=") && text.contains(&error),
            "{action}: {text}"
        );
    }
    // The codes of the older protocol, for clients that ask for them.
    let body = json!({ "AlarmName": "none", "StateValue": "OK", "StateReason": "r" }).to_string();
    let target = "x-amz-target: GraniteServiceVersion20100801.SetAlarmState";
    let answer = post(&aws, "/", &[target, "x-amzn-query-mode: true"], body.as_bytes()).await;
    assert_eq!((answer.status, &answer.json()["__type"]), (404, &json!("ResourceNotFound")));
    assert!(answer.head.contains("x-amzn-query-error: ResourceNotFound;Sender"), "{}", answer.head);
    assert!(answer.head.contains("application/x-amz-json-1.0"), "{}", answer.head);
    let answer = post(&aws, "/", &[target], body.as_bytes()).await;
    assert!(!answer.head.contains("x-amzn-query-error"), "{}", answer.head);
    let unknown = cbor(&aws, "ListDashboards", &Cbor::Map(Vec::new())).await;
    assert_eq!(unknown.0.status, 404);
    assert_eq!(member(&unknown.1, "__type").as_text(), Some("UnknownOperationException"));
}

#[tokio::test]
async fn an_answer_in_cbor_has_the_types_of_the_model() {
    let (_, aws) = loopback().await;
    form(&aws, CLOUDWATCH, "PutMetricAlarm", ALARM).await;
    let (answer, described) = cbor(&aws, "DescribeAlarms", &Cbor::Map(Vec::new())).await;
    assert!(answer.head.contains("smithy-protocol: rpc-v2-cbor"), "{}", answer.head);
    let alarm = &member(&described, "MetricAlarms").as_array().unwrap()[0];
    let at = member(alarm, "StateUpdatedTimestamp").as_tag().unwrap();
    assert!(at.0 == 1 && at.1.is_float(), "{at:?}");
    assert_eq!(member(alarm, "Threshold"), &Cbor::Float(5.0));
    assert_eq!(member(alarm, "Period"), &Cbor::from(60));
    assert_eq!(member(alarm, "ActionsEnabled"), &Cbor::Bool(false));
}

fn zipped(body: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(body).unwrap();
    writer.finish().unwrap()
}

// SDKs compress requests of PutMetricData from 10 KiB.
#[tokio::test]
async fn a_compressed_request_is_read() {
    let (_, aws) = loopback().await;
    let target = "x-amz-target: GraniteServiceVersion20100801.PutMetricData";
    let headers = [target, "content-encoding: gzip"];
    let data = json!([{ "MetricName": "m", "Value": 1.0, "Timestamp": start().to_string() }]);
    let body = json!({ "Namespace": "N", "MetricData": data }).to_string();
    let answer = post(&aws, "/", &headers, &zipped(body.as_bytes())).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let listed = json_of(&aws, "GraniteServiceVersion20100801.ListMetrics", &json!({})).await;
    assert_eq!(listed.json()["Metrics"][0]["MetricName"], "m");
    let large = zipped(&vec![b' '; 64 << 20]);
    let answer = post(&aws, "/", &headers, &large).await;
    assert_eq!(answer.json()["__type"], "RequestEntityTooLarge");
    let answer = post(&aws, "/", &headers, b"{}").await;
    assert_eq!(answer.json()["__type"], "SerializationException");
}

// AWS's texts, as clients show them. Other services and shapes have the same form.
#[tokio::test]
async fn parameters_that_are_not_valid_are_refused_with_the_texts_of_aws() {
    let (sim, aws) = loopback().await;
    let sagemaker = "SageMaker";
    let scaling = "AnyScaleFrontendService";
    let long = "x".repeat(64);
    let rows = [
        (sagemaker, "DescribeEndpoint", json!({}), "ValidationException",
            "1 validation error detected: Value null at 'endpointName' failed to satisfy constraint: Member must not be null".to_owned()),
        (sagemaker, "DescribeEndpoint", json!({ "EndpointName": null }), "ValidationException",
            "1 validation error detected: Value null at 'endpointName' failed to satisfy constraint: Member must not be null".to_owned()),
        (sagemaker, "DescribeEndpoint", json!({ "EndpointName": "a_b" }), "ValidationException",
            "1 validation error detected: Value 'a_b' at 'endpointName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}".to_owned()),
        (sagemaker, "DescribeEndpoint", json!({ "EndpointName": long }), "ValidationException",
            format!("2 validation errors detected: Value '{long}' at 'endpointName' failed to satisfy constraint: Member must have length less than or equal to 63; Value '{long}' at 'endpointName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){{0,62}}")),
        (sagemaker, "UpdateEndpointWeightsAndCapacities", json!({ "EndpointName": "a", "DesiredWeightsAndCapacities": [{ "VariantName": "v", "DesiredInstanceCount": -1 }] }), "ValidationException",
            "1 validation error detected: Value '-1' at 'desiredWeightsAndCapacities.1.member.desiredInstanceCount' failed to satisfy constraint: Member must have value greater than or equal to 0".to_owned()),
        (sagemaker, "UpdateEndpointWeightsAndCapacities", json!({ "EndpointName": "a", "DesiredWeightsAndCapacities": [] }), "ValidationException",
            "1 validation error detected: Value '[]' at 'desiredWeightsAndCapacities' failed to satisfy constraint: Member must have length greater than or equal to 1".to_owned()),
        (scaling, "DescribeScalingActivities", json!({ "ServiceNamespace": "sagemaker", "ScalableDimension": "x" , "ResourceId": "" }), "ValidationException",
            "at 'resourceId' failed to satisfy constraint: Member must have length greater than or equal to 1".to_owned()),
        (scaling, "DescribeScalableTargets", json!({ "ServiceNamespace": "sagemaker", "ResourceIds": [""] }), "ValidationException",
            "1 validation error detected: Value '[]' at 'resourceIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length greater than or equal to 1]".to_owned()),
        ("Logs_20140328", "FilterLogEvents", json!({ "logGroupName": "a b" }), "InvalidParameterException",
            "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+".to_owned()),
        ("AmazonSQS", "SendMessage", json!({}), "MissingParameter",
            "The request must contain the parameter QueueUrl.".to_owned()),
        (sagemaker, "DescribeEndpoint", json!({ "EndpointName": 1 }), "SerializationException",
            "NUMBER_VALUE cannot be converted to String".to_owned()),
        (sagemaker, "DescribeEndpoint", json!({ "EndpointName": ["a"] }), "SerializationException",
            "Start of list found where not expected".to_owned()),
        (
            "GraniteServiceVersion20100801",
            "PutMetricData",
            json!({ "Namespace": "N", "MetricData": [{ "Dimensions": [{ "Name": "d", "Value": "" }] }] }),
            "MissingRequiredParameterException",
            "The parameter MetricData.member.1.MetricName is required.\nThe parameter \
             MetricData.member.1.Dimensions.member.1.Value is required."
                .to_owned(),
        ),
        (
            "GraniteServiceVersion20100801",
            "PutMetricData",
            json!({ "Namespace": "N", "MetricData": [{ "MetricName": "m", "Unit": "x" }] }),
            "InvalidParameterValueException",
            "The parameter MetricData.member.1.Unit must be a value in the set [ Seconds, ".to_owned(),
        ),
    ];
    let count = rows.len();
    for (service, operation, body, code, message) in rows {
        let answer = json_of(&aws, &format!("{service}.{operation}"), &body).await;
        let error = answer.json();
        assert_eq!((answer.status, &error["__type"]), (400, &json!(code)), "{body}: {error}");
        let said = error["message"].as_str().unwrap();
        assert!(said.contains(&message), "{operation} {body}: {said}");
    }
    // A member that the model does not have is ignored.
    let named = json!({ "EndpointName": ENDPOINT, "Other": 1 });
    assert_eq!(json_of(&aws, "SageMaker.DescribeEndpoint", &named).await.status, 200);
    let refused = sim.with(|world| world.journal.refused_requests().to_vec());
    assert_eq!(refused.len(), count);
    let first = &refused[0];
    assert_eq!((&first.service[..], &first.operation[..]), ("sagemaker", "DescribeEndpoint"));
    assert_eq!(first.code, "ValidationException");
}

#[tokio::test]
async fn an_operation_that_is_not_served_is_recorded() {
    let (sim, aws) = loopback().await;
    let answer = json_of(&aws, "SageMaker.CreateTrainingJob", &json!({})).await;
    assert_eq!(answer.json()["__type"], "UnknownOperationException");
    form(&aws, CLOUDWATCH, "ListDashboards", "").await;
    json_of(&aws, "Other.Thing", &json!({})).await;
    post(&aws, "/2021-01-01/other", &[], b"").await;
    let refused = sim.with(|world| world.journal.refused_requests().to_vec());
    let refused: Vec<_> = refused.iter().map(|it| (&it.service[..], &it.operation[..])).collect();
    let expected = [
        ("sagemaker", "CreateTrainingJob"),
        ("cloudwatch", "ListDashboards"),
        ("", "Other.Thing"),
        ("", "POST /2021-01-01/other"),
    ];
    assert_eq!(refused, expected);
}
