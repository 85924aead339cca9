//! The HTTP interface beyond the contract tests of the adapter: requests of other clients.

use reactive_scaler::port::VariantId;
use serde_json::{Value, json};
use simulator::{Bucket, Fault, LoopbackAws, Simulator, TargetTracking, TrackedMetric};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{policies::*, setup::*};

/// An awsJson1.1 request. Returns the status and the body of the response. `None` if the connection
/// closes without a byte.
pub async fn post(aws: &LoopbackAws, target: &str, body: &str) -> Option<(u16, Value)> {
    request(aws, "POST", "/", &format!("x-amz-target: {target}\r\n"), body).await
}

/// A restJson1 request.
pub async fn rest(aws: &LoopbackAws, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    request(aws, method, path, "", &body).await.unwrap()
}

async fn request(
    aws: &LoopbackAws,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Option<(u16, Value)> {
    let address = aws.url.strip_prefix("http://").unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: \
         application/x-amz-json-1.1\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    if answer.is_empty() {
        return None;
    }
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    // An operation without an output answers with an empty body.
    let body = if body.is_empty() { "null" } else { body };
    Some((status, serde_json::from_str(body).unwrap()))
}

async fn scaling(aws: &LoopbackAws, operation: &str, mut body: Value) -> (u16, Value) {
    body["ServiceNamespace"] = json!("sagemaker");
    let target = format!("AnyScaleFrontendService.{operation}");
    post(aws, &target, &body.to_string()).await.unwrap()
}

pub async fn loopback(world: simulator::World) -> (Simulator, LoopbackAws) {
    let sim = Simulator::of(world);
    let aws = LoopbackAws::start(sim.clone()).await.unwrap();
    (sim, aws)
}

const RESOURCE: &str = "endpoint/my-endpoint/variant/AllTraffic";
const DIMENSION: &str = "sagemaker:variant:DesiredInstanceCount";

#[tokio::test]
async fn a_policy_is_put_described_and_deleted() {
    let (_, aws) = loopback(target_at(0, 0, 2)).await;
    let named = json!({
        "ResourceId": RESOURCE, "ScalableDimension": DIMENSION, "PolicyName": "backlog",
    });
    let mut put = named.clone();
    put["PolicyType"] = json!("TargetTrackingScaling");
    put["TargetTrackingScalingPolicyConfiguration"] = json!({
        "TargetValue": 5.0,
        "CustomizedMetricSpecification": {
            "Namespace": "AWS/SageMaker",
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Statistic": "Average",
            "Dimensions": [{ "Name": "EndpointName", "Value": "my-endpoint" }],
        },
    });
    let (status, answer) = scaling(&aws, "PutScalingPolicy", put.clone()).await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer["PolicyARN"].as_str().unwrap().ends_with("policyName/backlog"), "{answer}");
    let (_, listed) = scaling(&aws, "DescribeScalingPolicies", json!({})).await;
    assert_eq!(listed["ScalingPolicies"][0]["PolicyName"], "backlog");

    put["PolicyType"] = json!("PredictiveScaling");
    let (status, refused) = scaling(&aws, "PutScalingPolicy", put).await;
    assert_eq!((status, &refused["__type"]), (400, &json!("ValidationException")));

    assert_eq!(scaling(&aws, "DeleteScalingPolicy", named.clone()).await.0, 200);
    let (_, listed) = scaling(&aws, "DescribeScalingPolicies", json!({})).await;
    assert_eq!(listed["ScalingPolicies"], json!([]));
    let (status, again) = scaling(&aws, "DeleteScalingPolicy", named).await;
    assert_eq!((status, &again["__type"]), (400, &json!("ObjectNotFoundException")));
}

#[tokio::test]
async fn a_target_is_registered_described_and_deregistered() {
    let (sim, aws) = loopback(endpoint_at(1)).await;
    let named = json!({ "ResourceId": RESOURCE, "ScalableDimension": DIMENSION });
    let mut register = named.clone();
    register["MinCapacity"] = json!(0);
    register["MaxCapacity"] = json!(2);
    register["SuspendedState"] = json!({ "DynamicScalingInSuspended": true });
    let (status, answer) = scaling(&aws, "RegisterScalableTarget", register).await;
    assert_eq!(status, 200);
    let arn = "arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target/";
    assert!(answer["ScalableTargetARN"].as_str().unwrap().starts_with(arn));
    assert!(sim.with(|world| world.target(&id()).unwrap().suspended.scaling_in));

    let (_, listed) = scaling(&aws, "DescribeScalableTargets", json!({})).await;
    let target = &listed["ScalableTargets"][0];
    assert_eq!(target["ResourceId"], RESOURCE);
    assert_eq!((&target["MinCapacity"], &target["MaxCapacity"]), (&json!(0), &json!(2)));
    assert_eq!(target["CreationTime"], json!(start().as_second() as f64));

    let (status, _) = scaling(&aws, "DeregisterScalableTarget", named.clone()).await;
    assert_eq!(status, 200);
    let (status, again) = scaling(&aws, "DeregisterScalableTarget", named).await;
    assert_eq!((status, &again["__type"]), (400, &json!("ObjectNotFoundException")));
}

#[tokio::test]
async fn scaling_activities_have_the_form_of_the_api_reference() {
    let mut world = target_at(0, 0, 2);
    world
        .register_scalable_target(
            &id(),
            simulator::Registration { min: Some(1), ..simulator::Registration::default() },
        )
        .unwrap();
    let (sim, aws) = loopback(world).await;
    let ask = json!({ "ResourceId": RESOURCE });
    let (_, running) = scaling(&aws, "DescribeScalingActivities", ask.clone()).await;
    let running = &running["ScalingActivities"][0];
    assert_eq!((&running["StatusCode"], running.get("EndTime")), (&json!("InProgress"), None));
    sim.advance(mins(6));
    let (_, done) = scaling(&aws, "DescribeScalingActivities", ask).await;
    let done = &done["ScalingActivities"][0];
    assert_eq!(done["StatusCode"], "Successful");
    assert_eq!(done["Description"], "Setting desired instance count to 1.");
    assert_eq!(done["EndTime"], json!(at(360).as_second() as f64));
}

#[tokio::test]
async fn no_policies_are_listed_and_another_namespace_is_refused() {
    let (sim, aws) = loopback(target_at(0, 0, 2)).await;
    let (_, policies) = scaling(&aws, "DescribeScalingPolicies", json!({})).await;
    assert_eq!(policies["ScalingPolicies"], json!([]));
    let ecs = json!({ "ServiceNamespace": "ecs" }).to_string();
    let (status, answer) =
        post(&aws, "AnyScaleFrontendService.DescribeScalableTargets", &ecs).await.unwrap();
    assert_eq!((status, &answer["__type"]), (400, &json!("ValidationException")));
    assert_eq!(sim.with(|world| world.calls_total()), 2);
}

// The structure in the API references of ScalingPolicy and its configurations.
#[tokio::test]
async fn policies_have_the_form_of_the_api_reference() {
    let mut world = scaled(1);
    track(&mut world, "tracking", tracking(5.0));
    step_out(&mut world, "steps", out_by(1));
    world.add_async_endpoint("other-endpoint", VARIANT, 1);
    let other = VariantId::new("other-endpoint", VARIANT);
    world.register_target(&other, 0, 1);
    let predefined = TrackedMetric::Predefined("SageMakerVariantInvocationsPerInstance".into());
    let predefined = TargetTracking::on(70.0, predefined);
    world.put_scaling_policy(&other, "built-in", predefined).unwrap();
    let high = world.alarms().next().unwrap().spec.name.clone();
    let (sim, aws) = loopback(world).await;

    let ask = json!({ "ResourceId": RESOURCE });
    let (_, listed) = scaling(&aws, "DescribeScalingPolicies", ask.clone()).await;
    let [steps, tracking] = listed["ScalingPolicies"].as_array().unwrap().as_slice() else {
        panic!("{listed}")
    };
    assert_eq!(
        tracking["TargetTrackingScalingPolicyConfiguration"],
        json!({
            "TargetValue": 5.0,
            "CustomizedMetricSpecification": {
                "MetricName": "ApproximateBacklogSize",
                "Namespace": "AWS/SageMaker",
                "Dimensions": [{ "Name": "EndpointName", "Value": ENDPOINT }],
                "Statistic": "Average",
            },
            "ScaleOutCooldown": 0,
            "ScaleInCooldown": 0,
            "DisableScaleIn": false,
        })
    );
    assert_eq!(tracking["PolicyType"], "TargetTrackingScaling");
    assert_eq!(tracking["Alarms"].as_array().unwrap().len(), 2);
    assert_eq!(tracking["Alarms"][0]["AlarmName"], json!(high));
    assert_eq!(
        steps["StepScalingPolicyConfiguration"],
        json!({
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1 }],
            "Cooldown": 0,
            "MetricAggregationType": "Average",
        })
    );
    assert_eq!(steps["Alarms"].as_array().unwrap().len(), 1);
    assert_eq!(steps["Alarms"][0]["AlarmName"], "steps");

    let mut by_name = ask;
    by_name["PolicyNames"] = json!(["steps"]);
    let (_, named) = scaling(&aws, "DescribeScalingPolicies", by_name).await;
    assert_eq!(named["ScalingPolicies"], json!([steps]));
    let (_, first) = scaling(&aws, "DescribeScalingPolicies", json!({ "MaxResults": 2 })).await;
    let next = json!({ "NextToken": first["NextToken"] });
    let (_, rest) = scaling(&aws, "DescribeScalingPolicies", next).await;
    assert_eq!(rest["ScalingPolicies"][0]["PolicyName"], "built-in");
    assert_eq!(sim.with(|world| world.calls("DescribeScalingPolicies")), 4);

    // The printed policies can be read again.
    let (_, all) = scaling(&aws, "DescribeScalingPolicies", json!({})).await;
    let read = simulator::policies_from_json(&all.to_string()).unwrap();
    sim.with(|world| {
        assert_eq!(read.len(), 3);
        for put in read {
            assert_eq!(world.scaling_policy(&put.id, &put.name).unwrap().kind, put.kind);
        }
    });
}

// The example of "Including not scaled activities" in the Application Auto Scaling User Guide.
#[tokio::test]
async fn decisions_not_to_scale_are_listed_on_request() {
    let mut world = target_with(2, 0, 4, at_once());
    step_out(&mut world, "steps", out_by(2));
    see_backlog(&mut world, 10.0);
    world.advance(mins(3));
    let (_, aws) = loopback(world).await;
    let mut ask = json!({ "ResourceId": RESOURCE });
    let (_, scaled) = scaling(&aws, "DescribeScalingActivities", ask.clone()).await;
    let scaled = &scaled["ScalingActivities"];
    assert_eq!(scaled.as_array().unwrap().len(), 1);
    ask["IncludeNotScaledActivities"] = json!(true);
    let (_, all) = scaling(&aws, "DescribeScalingActivities", ask).await;
    let [not_scaled, first] = all["ScalingActivities"].as_array().unwrap().as_slice() else {
        panic!("{all}")
    };
    assert_eq!(*first, scaled[0]);
    assert_eq!(
        *not_scaled,
        json!({
            "ActivityId": not_scaled["ActivityId"],
            "ServiceNamespace": "sagemaker",
            "ResourceId": RESOURCE,
            "ScalableDimension": DIMENSION,
            "Description": "Attempting to scale due to alarm triggered",
            "Cause": "monitor alarm steps in state ALARM triggered policy steps",
            "StartTime": at(120).as_second() as f64,
            "StatusCode": "Failed",
            "NotScaledReasons": [{ "Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4 }],
        })
    );
    assert_ne!(not_scaled["ActivityId"], first["ActivityId"]);
}

// API reference: a filter by dimension requires a resource ID. A filter by names does not.
#[tokio::test]
async fn a_request_that_aws_would_refuse_is_refused_in_its_form() {
    let (sim, aws) = loopback(target_at(0, 0, 2)).await;
    let rows = [
        ("DescribeScalableTargets", json!({ "ScalableDimension": DIMENSION })),
        ("DescribeScalableTargets", json!({ "ResourceIds": ["table/x"] })),
        ("DescribeScalableTargets", json!({ "NextToken": "what" })),
        ("RegisterScalableTarget", json!({ "ResourceId": RESOURCE })),
        ("RegisterScalableTarget", json!({ "ResourceId": "x", "ScalableDimension": DIMENSION })),
        (
            "PutScheduledAction",
            json!({
                "ResourceId": RESOURCE,
                "ScalableDimension": DIMENSION,
                "ScheduledActionName": "x",
                "Schedule": "soon",
            }),
        ),
    ];
    for (count, (operation, body)) in rows.into_iter().enumerate() {
        let (status, answer) = scaling(&aws, operation, body.clone()).await;
        assert_eq!(status, 400, "{operation} {body}: {answer}");
        let code = answer["__type"].as_str().unwrap();
        let expected = ["ValidationException", "InvalidNextTokenException"];
        assert!(expected.contains(&code), "{operation} {body}: {answer}");
        // What does not satisfy the constraints does not become a call.
        let counted = |world: &mut simulator::World| {
            world.calls_total() + world.journal.refused_requests().len()
        };
        assert_eq!(sim.with(counted), count + 1);
    }
    let names = json!({ "ScheduledActionNames": ["x"] });
    assert_eq!(scaling(&aws, "DescribeScheduledActions", names).await.0, 200);
}

// The structure in the API references of AddTags and ListTags.
#[tokio::test]
async fn an_endpoint_is_tagged() {
    let (sim, aws) = loopback(endpoint_at(0)).await;
    let arn = sim.with(|world| world.endpoint_arn(ENDPOINT));
    let tags = json!([{ "Key": "reactive-scaler", "Value": "yes" }]);
    let add = json!({ "ResourceArn": arn, "Tags": tags }).to_string();
    let list = json!({ "ResourceArn": arn }).to_string();
    let answers = [
        ("SageMaker.ListTags", &list, json!({ "Tags": [] })),
        ("SageMaker.AddTags", &add, json!({ "Tags": tags })),
        ("SageMaker.ListTags", &list, json!({ "Tags": tags })),
    ];
    for (target, body, expected) in answers {
        assert_eq!(post(&aws, target, body).await.unwrap(), (200, expected), "{target}");
    }
    let few = json!({ "ResourceArn": arn, "MaxResults": 49 }).to_string();
    let (status, refused) = post(&aws, "SageMaker.ListTags", &few).await.unwrap();
    assert_eq!((status, &refused["__type"]), (400, &json!("ValidationException")));
}

#[tokio::test]
async fn an_unknown_request_is_answered_and_not_counted() {
    let (sim, aws) = loopback(endpoint_at(0)).await;
    let rows = [
        ("SageMaker.DescribeEndpoint", "{", "SerializationException"),
        ("SageMaker.DescribeEndpoint", r#"{"EndpointName":1}"#, "SerializationException"),
        ("SageMaker.DescribeEndpoint", "{}", "ValidationException"),
        ("SageMaker.AddTags", r#"{"ResourceArn":"x"}"#, "ValidationException"),
        ("SageMaker.CreateTrainingJob", "{}", "UnknownOperationException"),
        ("AnyScaleFrontendService.GetMetricData", "{}", "UnknownOperationException"),
        ("Other.DescribeEndpoint", "{}", "UnknownOperationException"),
        ("", "{}", "UnknownOperationException"),
    ];
    for (target, body, code) in rows {
        let (status, answer) = post(&aws, target, body).await.unwrap();
        assert_eq!((status, &answer["__type"]), (400, &json!(code)), "{target} {body}");
    }
    assert_eq!(sim.with(|world| world.calls_total()), 0);
}

#[tokio::test]
async fn a_lost_answer_closes_the_connection_without_a_byte() {
    let (sim, aws) = loopback(endpoint_at(0)).await;
    let wake = json!({
        "EndpointName": ENDPOINT,
        "DesiredWeightsAndCapacities": [{ "VariantName": VARIANT, "DesiredInstanceCount": 1 }],
    });
    let wake = wake.to_string();
    let target = "SageMaker.UpdateEndpointWeightsAndCapacities";
    sim.with(|world| world.faults.fail_next("*", Fault::NoAnswer, 1));
    assert_eq!(post(&aws, target, &wake).await, None);
    assert_eq!(sim.with(|world| world.capacity(&id())), (0, 0));
    sim.with(|world| world.faults.fail_next("*", Fault::NoAnswerAfterEffect, 1));
    assert_eq!(post(&aws, target, &wake).await, None);
    assert_eq!(sim.with(|world| world.capacity(&id())), (0, 1));
}

#[tokio::test]
async fn a_server_error_comes_with_its_status() {
    let (sim, aws) = loopback(endpoint_at(0)).await;
    let describe = json!({ "EndpointName": ENDPOINT }).to_string();
    for (fault, status) in [(Fault::ServerError, 500), (Fault::Throttled, 400)] {
        sim.with(|world| world.faults.fail_next("*", fault, 1));
        let answer = post(&aws, "SageMaker.DescribeEndpoint", &describe).await.unwrap();
        assert_eq!(answer.0, status);
    }
}

/// For a bucket, only one request is supported. Other methods and requests get the response of an
/// unknown path.
#[tokio::test]
async fn a_bucket_answers_how_it_notifies_and_nothing_else() {
    let (sim, aws) = loopback(endpoint_at(0)).await;
    let bucket = Bucket { event_bridge: true, ..Bucket::default() };
    sim.with(|world| world.put_bucket("my-inputs", bucket));
    let address = aws.url.strip_prefix("http://").unwrap();
    for (line, status) in [
        ("GET /my-inputs?notification", 200),
        ("GET /my-inputs/?notification", 200),
        ("GET /none?notification", 404),
        ("GET /my-inputs?versioning", 404),
        ("GET /my-inputs", 404),
        ("POST /my-inputs?notification", 404),
        ("PUT /my-inputs/?notification", 404),
    ] {
        let request = format!("{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {answer}");
        assert_eq!(answer.contains("<EventBridgeConfiguration/>"), status == 200, "{answer}");
    }
    assert!(sim.with(|world| world.writes().is_empty()));
}

/// A request without a body. Returns the status and the head of the response.
pub async fn send(aws: &LoopbackAws, method: &str, path: &str, headers: &str) -> (u16, String) {
    send_body(aws, method, path, headers, "").await
}

pub async fn send_body(
    aws: &LoopbackAws,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (u16, String) {
    let address = aws.url.strip_prefix("http://").unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

// InvokeEndpointAsync answers where the result will be. The object is there when the request was processed.
#[tokio::test]
async fn a_request_has_its_result_after_its_processing_time() {
    let (sim, aws) = loopback(target_at(1, 0, 2)).await;
    let path = "/endpoints/my-endpoint/async-invocations";
    let input = "X-Amzn-SageMaker-InputLocation: s3://my-inputs/a.json\r\n";
    let (status, answer) = send(&aws, "POST", path, input).await;
    assert_eq!(status, 202, "{answer}");
    let output = "x-amzn-sagemaker-outputlocation: s3:/";
    let output = answer.lines().find_map(|line| line.strip_prefix(output)).unwrap().to_owned();
    assert!(answer.contains("x-amzn-sagemaker-failurelocation: s3://"), "{answer}");
    assert!(answer.contains("\"InferenceId\""), "{answer}");
    sim.advance(secs(44));
    assert_eq!(send(&aws, "HEAD", &output, "").await.0, 404);
    sim.advance(secs(1));
    assert_eq!(send(&aws, "HEAD", &output, "").await.0, 200);
    let (status, answer) = send(&aws, "POST", path, "").await;
    assert!(status == 400 && answer.contains("ValidationError"), "{answer}");
    let (status, answer) = send(&aws, "POST", "/endpoints/none/async-invocations", input).await;
    assert!(status == 400 && answer.contains("none of account 123456789012 not found"), "{answer}");
}

#[tokio::test]
async fn an_object_can_be_put() {
    let (_, aws) = loopback(target_at(0, 0, 2)).await;
    let object = "/my-inputs/folder/a.json";
    assert_eq!(send(&aws, "HEAD", object, "").await.0, 404);
    assert_eq!(send(&aws, "PUT", object, "").await.0, 200);
    assert_eq!(send(&aws, "HEAD", object, "").await.0, 200);
    assert_eq!(send(&aws, "GET", object, "").await.0, 200);
}
