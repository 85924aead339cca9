//! Models, endpoint configurations and endpoints over HTTP: created, updated, listed and deleted.

use serde_json::{Value, json};
use simulator::{LoopbackAws, Simulator, World};

use crate::{
    setup::*,
    wire::{loopback, post},
};

async fn call(aws: &LoopbackAws, operation: &str, body: Value) -> (u16, Value) {
    post(aws, &format!("SageMaker.{operation}"), &body.to_string()).await.unwrap()
}

async fn accepted(aws: &LoopbackAws, operation: &str, body: Value) -> Value {
    let (status, answer) = call(aws, operation, body).await;
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

async fn refused(aws: &LoopbackAws, operation: &str, body: Value) -> String {
    let (status, answer) = call(aws, operation, body).await;
    assert_eq!(
        (status, &answer["__type"]),
        (400, &json!("ValidationException")),
        "{operation}: {answer}"
    );
    answer["message"].as_str().unwrap().to_owned()
}

fn arn(resource: &str) -> String {
    format!("arn:aws:sagemaker:eu-central-1:123456789012:{resource}")
}

fn model(name: &str) -> Value {
    json!({
        "ModelName": name,
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/my-role",
        "PrimaryContainer": {
            "Image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/my-image",
            "Environment": { "LEVEL": "3" },
        },
        "Tags": [{ "Key": "team", "Value": "blue" }],
    })
}

fn config(name: &str, model: &str, count: i32) -> Value {
    json!({
        "EndpointConfigName": name,
        "ProductionVariants": [{
            "VariantName": VARIANT,
            "ModelName": model,
            "InstanceType": "ml.g5.xlarge",
            "InitialInstanceCount": count,
            "InitialVariantWeight": 2.0,
        }],
        "AsyncInferenceConfig": {
            "ClientConfig": { "MaxConcurrentInvocationsPerInstance": 3 },
            "OutputConfig": {
                "S3OutputPath": "s3://my-results/out",
                "S3FailurePath": "s3://my-results/failed/",
                "NotificationConfig": {
                    "SuccessTopic": "arn:aws:sns:eu-central-1:123456789012:done",
                    "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC"],
                },
            },
        },
    })
}

fn named(name: &str) -> Value {
    json!({ "EndpointName": name })
}

fn deployed(name: &str, config: &str) -> Value {
    json!({ "EndpointName": name, "EndpointConfigName": config })
}

/// A model `whisper`, and a configuration `one` with one instance.
async fn defined() -> (Simulator, LoopbackAws) {
    let (sim, aws) = loopback(World::new(start())).await;
    accepted(&aws, "CreateModel", model("whisper")).await;
    accepted(&aws, "CreateEndpointConfig", config("one", "whisper", 1)).await;
    (sim, aws)
}

async fn status(aws: &LoopbackAws, name: &str) -> Value {
    accepted(aws, "DescribeEndpoint", named(name)).await["EndpointStatus"].clone()
}

#[tokio::test]
async fn a_model_and_a_configuration_are_described_as_they_were_created() {
    let (_, aws) = defined().await;
    let answer = accepted(&aws, "DescribeModel", json!({ "ModelName": "whisper" })).await;
    assert_eq!(answer["ModelArn"], arn("model/whisper"));
    assert_eq!(answer["CreationTime"], 1_894_024_800.0);
    assert_eq!(answer["PrimaryContainer"], model("whisper")["PrimaryContainer"]);
    assert_eq!(answer["Tags"], Value::Null);
    let answer =
        accepted(&aws, "DescribeEndpointConfig", json!({ "EndpointConfigName": "one" })).await;
    assert_eq!(answer["EndpointConfigArn"], arn("endpoint-config/one"));
    for member in ["ProductionVariants", "AsyncInferenceConfig"] {
        assert_eq!(answer[member], config("one", "whisper", 1)[member]);
    }
}

#[tokio::test]
async fn an_endpoint_is_in_service_after_the_time_of_a_scale_out() {
    let (sim, aws) = defined().await;
    let answer = accepted(&aws, "CreateEndpoint", deployed("My-Endpoint", "one")).await;
    assert_eq!(answer["EndpointArn"], arn("endpoint/my-endpoint"));
    let answer = accepted(&aws, "DescribeEndpoint", named("My-Endpoint")).await;
    assert_eq!(answer["EndpointStatus"], "Creating");
    sim.advance(mins(6));
    let answer = accepted(&aws, "DescribeEndpoint", named("My-Endpoint")).await;
    assert_eq!(answer["EndpointStatus"], "InService");
    assert_eq!(answer["EndpointConfigName"], "one");
    assert_eq!(answer["AsyncInferenceConfig"], config("one", "whisper", 1)["AsyncInferenceConfig"]);
    let variant = &answer["ProductionVariants"][0];
    assert_eq!(
        (&variant["CurrentInstanceCount"], &variant["DesiredInstanceCount"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(variant["CurrentWeight"], 2.0);
    assert_eq!(answer["LastModifiedTime"], 1_894_025_160.0);
}

#[tokio::test]
async fn a_new_endpoint_without_available_instances_fails_and_can_only_be_deleted() {
    let (sim, aws) = defined().await;
    accepted(&aws, "CreateEndpoint", deployed("a", "one")).await;
    sim.with(|world| world.set_capacity_shortage("a", true));
    sim.advance(mins(6));
    let answer = accepted(&aws, "DescribeEndpoint", named("a")).await;
    assert_eq!(answer["EndpointStatus"], "Failed");
    assert!(answer["FailureReason"].as_str().unwrap().contains("InsufficientInstanceCapacity"));
    let message = refused(&aws, "UpdateEndpoint", deployed("a", "one")).await;
    assert!(message.starts_with("Cannot update endpoint"), "{message}");
    accepted(&aws, "DeleteEndpoint", named("a")).await;
    sim.advance(mins(1));
    let message = refused(&aws, "DescribeEndpoint", named("a")).await;
    assert_eq!(message, format!("Could not find endpoint \"{}\".", arn("endpoint/a")));
}

#[tokio::test]
async fn what_does_not_exist_or_exists_already_is_refused() {
    let (_, aws) = defined().await;
    accepted(&aws, "CreateEndpoint", deployed("a", "one")).await;
    let missing =
        |what: &str, resource: &str| format!("Could not find {what} \"{}\".", arn(resource));
    let taken = |what: &str, resource: &str| {
        format!("Cannot create already existing {what} \"{}\".", arn(resource))
    };
    let none = json!({ "EndpointConfigName": "none" });
    let rows = [
        ("CreateModel", model("whisper"), taken("model", "model/whisper")),
        (
            "CreateEndpointConfig",
            config("one", "whisper", 1),
            taken("endpoint configuration", "endpoint-config/one"),
        ),
        ("CreateEndpointConfig", config("two", "none", 1), missing("model", "model/none")),
        ("CreateEndpoint", deployed("a", "one"), taken("endpoint", "endpoint/a")),
        (
            "CreateEndpoint",
            deployed("b", "none"),
            missing("endpoint configuration", "endpoint-config/none"),
        ),
        ("UpdateEndpoint", deployed("b", "one"), missing("endpoint", "endpoint/b")),
        ("DeleteEndpoint", named("b"), missing("endpoint", "endpoint/b")),
        (
            "DescribeEndpointConfig",
            none.clone(),
            missing("endpoint configuration", "endpoint-config/none"),
        ),
        ("DeleteEndpointConfig", none, missing("endpoint configuration", "endpoint-config/none")),
        ("DeleteModel", json!({ "ModelName": "none" }), missing("model", "model/none")),
    ];
    for (operation, body, message) in rows {
        assert_eq!(refused(&aws, operation, body).await, message, "{operation}");
    }
}

// Two endpoints share a configuration, and keep what they have when it is deleted.
#[tokio::test]
async fn a_configuration_in_use_can_be_deleted() {
    let (sim, aws) = defined().await;
    for name in ["a", "b"] {
        accepted(&aws, "CreateEndpoint", deployed(name, "one")).await;
    }
    sim.advance(mins(6));
    accepted(&aws, "DeleteEndpointConfig", json!({ "EndpointConfigName": "one" })).await;
    accepted(&aws, "DeleteModel", json!({ "ModelName": "whisper" })).await;
    for name in ["a", "b"] {
        let answer = accepted(&aws, "DescribeEndpoint", named(name)).await;
        assert_eq!(
            answer["AsyncInferenceConfig"],
            config("one", "whisper", 1)["AsyncInferenceConfig"]
        );
    }
    refused(&aws, "DescribeEndpointConfig", json!({ "EndpointConfigName": "one" })).await;
    refused(&aws, "CreateEndpoint", deployed("c", "one")).await;
}

#[tokio::test]
async fn an_update_takes_over_the_new_configuration_and_refuses_other_changes_until_then() {
    let (sim, aws) = defined().await;
    accepted(&aws, "CreateEndpointConfig", config("two", "whisper", 2)).await;
    accepted(&aws, "CreateEndpoint", deployed("a", "one")).await;
    let busy = format!("Cannot update in-progress endpoint \"{}\".", arn("endpoint/a"));
    assert_eq!(refused(&aws, "UpdateEndpoint", deployed("a", "two")).await, busy);
    assert_eq!(refused(&aws, "DeleteEndpoint", named("a")).await, busy);
    sim.advance(mins(6));
    accepted(&aws, "UpdateEndpoint", deployed("a", "two")).await;
    let answer = accepted(&aws, "DescribeEndpoint", named("a")).await;
    assert_eq!(
        (&answer["EndpointStatus"], &answer["EndpointConfigName"]),
        (&json!("Updating"), &json!("one"))
    );
    assert_eq!(answer["PendingDeploymentSummary"]["EndpointConfigName"], "two");
    assert_eq!(refused(&aws, "UpdateEndpoint", deployed("a", "one")).await, busy);
    assert_eq!(refused(&aws, "DeleteEndpoint", named("a")).await, busy);
    sim.advance(mins(6));
    let answer = accepted(&aws, "DescribeEndpoint", named("a")).await;
    assert_eq!(
        (&answer["EndpointStatus"], &answer["EndpointConfigName"]),
        (&json!("InService"), &json!("two"))
    );
    assert_eq!(answer["ProductionVariants"][0]["CurrentInstanceCount"], 2);
    assert_eq!(answer["PendingDeploymentSummary"], Value::Null);
}

#[tokio::test]
async fn an_update_keeps_the_properties_that_the_request_retains() {
    let (sim, aws) = defined().await;
    accepted(&aws, "CreateEndpointConfig", config("two", "whisper", 2)).await;
    accepted(&aws, "CreateEndpoint", deployed("a", "one")).await;
    sim.advance(mins(6));
    let desired =
        json!([{ "VariantName": VARIANT, "DesiredInstanceCount": 0, "DesiredWeight": 0.5 }]);
    let capacity = json!({ "EndpointName": "a", "DesiredWeightsAndCapacities": desired });
    accepted(&aws, "UpdateEndpointWeightsAndCapacities", capacity).await;
    sim.advance(mins(1));
    let mut update = deployed("a", "two");
    update["RetainAllVariantProperties"] = json!(true);
    update["ExcludeRetainedVariantProperties"] =
        json!([{ "VariantPropertyType": "DesiredWeight" }]);
    accepted(&aws, "UpdateEndpoint", update).await;
    sim.advance(mins(6));
    let answer = accepted(&aws, "DescribeEndpoint", named("a")).await;
    let variant = &answer["ProductionVariants"][0];
    assert_eq!(
        (&variant["CurrentInstanceCount"], &variant["CurrentWeight"]),
        (&json!(0), &json!(2.0))
    );
}

#[tokio::test]
async fn a_variant_that_is_a_scalable_target_cannot_be_removed_by_an_update() {
    let (sim, aws) = defined().await;
    let mut other = config("other", "whisper", 1);
    other["ProductionVariants"][0]["VariantName"] = json!("Blue");
    accepted(&aws, "CreateEndpointConfig", other).await;
    accepted(&aws, "CreateEndpoint", deployed(ENDPOINT, "one")).await;
    sim.advance(mins(6));
    sim.with(|world| world.register_target(&id(), 0, 2));
    let message = refused(&aws, "UpdateEndpoint", deployed(ENDPOINT, "other")).await;
    assert!(message.contains("must be deregistered"), "{message}");
    // DeleteEndpoint deregisters it.
    accepted(&aws, "DeleteEndpoint", named(ENDPOINT)).await;
    assert_eq!(status(&aws, ENDPOINT).await, "Deleting");
    assert!(sim.with(|world| world.target(&id()).is_none()));
    refused(&aws, "CreateEndpoint", deployed(ENDPOINT, "one")).await;
    sim.advance(mins(1));
    accepted(&aws, "CreateEndpoint", deployed(ENDPOINT, "one")).await;
}

async fn names(aws: &LoopbackAws, operation: &str, member: &str, body: Value) -> Vec<String> {
    let answer = accepted(aws, operation, body).await;
    let kind = format!("{}Name", member.trim_end_matches('s'));
    let items = answer[member].as_array().unwrap().iter();
    items.map(|it| it[&kind].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn endpoints_are_listed_newest_first_with_filters_and_pages() {
    let (sim, aws) = defined().await;
    for name in ["b-1", "a-1", "b-2"] {
        accepted(&aws, "CreateEndpoint", deployed(name, "one")).await;
        sim.advance(mins(4));
    }
    let list = async |body| names(&aws, "ListEndpoints", "Endpoints", body).await;
    assert_eq!(list(json!({})).await, ["b-2", "a-1", "b-1"]);
    assert_eq!(
        list(json!({ "SortBy": "Name", "SortOrder": "Ascending" })).await,
        ["a-1", "b-1", "b-2"]
    );
    assert_eq!(
        list(json!({ "SortBy": "Status", "SortOrder": "Ascending" })).await,
        ["b-2", "a-1", "b-1"]
    );
    assert_eq!(list(json!({ "NameContains": "b-" })).await, ["b-2", "b-1"]);
    assert_eq!(list(json!({ "StatusEquals": "Creating" })).await, ["b-2"]);
    let second = 1_894_024_800 + 240;
    assert_eq!(list(json!({ "CreationTimeAfter": second })).await, ["b-2", "a-1"]);
    assert_eq!(list(json!({ "CreationTimeBefore": second })).await, ["b-1"]);
    assert_eq!(list(json!({ "LastModifiedTimeAfter": second + 200 })).await, ["b-2", "a-1"]);
    let first = accepted(&aws, "ListEndpoints", json!({ "MaxResults": 2 })).await;
    assert_eq!(first["Endpoints"].as_array().unwrap().len(), 2);
    let rest = json!({ "MaxResults": 2, "NextToken": first["NextToken"] });
    assert_eq!(list(rest).await, ["b-1"]);
}

// The endpoint of a world without a configuration implies one, and a model.
#[tokio::test]
async fn models_and_configurations_are_listed_and_deleted_also_those_that_an_endpoint_implies() {
    let (_, aws) = loopback(endpoint_at(0)).await;
    accepted(&aws, "CreateModel", model("whisper")).await;
    let models = async || names(&aws, "ListModels", "Models", json!({ "SortBy": "Name" })).await;
    assert_eq!(models().await, ["whisper", ENDPOINT]);
    let configs = async || names(&aws, "ListEndpointConfigs", "EndpointConfigs", json!({})).await;
    assert_eq!(configs().await, ["my-endpoint-config"]);
    accepted(&aws, "CreateEndpoint", deployed("second", "my-endpoint-config")).await;
    accepted(&aws, "DeleteEndpointConfig", json!({ "EndpointConfigName": "my-endpoint-config" }))
        .await;
    accepted(&aws, "DeleteModel", json!({ "ModelName": ENDPOINT })).await;
    assert_eq!(models().await, ["whisper"]);
    assert!(configs().await.is_empty());
    assert_eq!(status(&aws, ENDPOINT).await, "InService");
}

#[tokio::test]
async fn each_kind_of_resource_has_tags() {
    let (_, aws) = defined().await;
    accepted(&aws, "CreateEndpoint", deployed("a", "one")).await;
    for resource in ["model/whisper", "endpoint-config/one", "endpoint/a"] {
        let arn = arn(resource);
        let tags = json!([{ "Key": "stage", "Value": "test" }]);
        accepted(&aws, "AddTags", json!({ "ResourceArn": arn, "Tags": tags })).await;
        accepted(&aws, "DeleteTags", json!({ "ResourceArn": arn, "TagKeys": ["team"] })).await;
        let answer = accepted(&aws, "ListTags", json!({ "ResourceArn": arn })).await;
        assert_eq!(answer["Tags"], tags, "{resource}");
        refused(&aws, "ListTags", json!({ "ResourceArn": format!("{arn}-2") })).await;
    }
}
