//! SageMaker over awsJson1.1.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    CallError, CallResult, EndpointState, Paging, ResultTopics, VariantState, World,
    http::{
        json::{compact, epoch, request},
        refusals::unknown_operation,
        tags,
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeEndpoint {
    endpoint_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeEndpointConfig {
    endpoint_config_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeModel {
    model_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListEndpoints {
    name_contains: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateEndpointWeightsAndCapacities {
    endpoint_name: String,
    desired_weights_and_capacities: Vec<DesiredWeightAndCapacity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DesiredWeightAndCapacity {
    variant_name: String,
    desired_instance_count: Option<i32>,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    match operation {
        "DescribeEndpoint" => {
            let DescribeEndpoint { endpoint_name } = request(body)?;
            let endpoint = world.describe_endpoint(&endpoint_name)?;
            Ok(endpoint_json(world, &endpoint))
        }
        "ListEndpoints" => {
            let list: ListEndpoints = request(body)?;
            let paging = Paging { max_results: list.max_results, next_token: list.next_token };
            let wanted = list.name_contains.unwrap_or_default();
            let page = world.list_endpoints(&wanted, &paging)?;
            let endpoints = page.items.iter().map(|it| summary_json(world, it)).collect::<Vec<_>>();
            Ok(compact(json!({ "Endpoints": endpoints, "NextToken": page.next_token })))
        }
        "DescribeEndpointConfig" => {
            let DescribeEndpointConfig { endpoint_config_name } = request(body)?;
            let endpoint = world.describe_endpoint_config(&endpoint_config_name)?;
            Ok(config_json(world, &endpoint))
        }
        "DescribeModel" => {
            let DescribeModel { model_name } = request(body)?;
            let environment = world.describe_model(&model_name)?;
            Ok(json!({
                "ModelName": model_name,
                "ModelArn": world.arn("sagemaker", &format!("model/{}", model_name.to_lowercase())),
                "PrimaryContainer": { "Environment": environment },
            }))
        }
        "UpdateEndpointWeightsAndCapacities" => {
            let update: UpdateEndpointWeightsAndCapacities = request(body)?;
            let desired = update.desired_weights_and_capacities.into_iter();
            let desired = desired
                .map(|entry| (entry.variant_name, entry.desired_instance_count))
                .collect::<Vec<_>>();
            world.update_endpoint_weights_and_capacities(&update.endpoint_name, &desired)?;
            Ok(json!({ "EndpointArn": world.endpoint_arn(&update.endpoint_name) }))
        }
        "AddTags" => tags::add(world, body),
        "ListTags" => tags::list(world, body),
        other => Err(CallError::Refused(unknown_operation(other))),
    }
}

fn endpoint_json(world: &World, endpoint: &EndpointState) -> Value {
    let seen = endpoint.view();
    let variants = endpoint.variants.iter().zip(&seen.variants);
    let variants = variants
        .map(|(state, seen)| variant_json(state, seen.current, seen.desired))
        .collect::<Vec<_>>();
    let output = output_json(endpoint);
    compact(json!({
        "EndpointName": endpoint.name,
        "EndpointArn": world.endpoint_arn(&endpoint.name),
        "EndpointConfigName": endpoint.config,
        "EndpointStatus": endpoint.status.as_str(),
        "FailureReason": endpoint.failure_reason,
        "ProductionVariants": variants,
        "AsyncInferenceConfig": endpoint.asynchronous.then_some(output),
        "CreationTime": epoch(endpoint.created_at),
        "LastModifiedTime": epoch(endpoint.modified_at),
    }))
}

fn summary_json(world: &World, endpoint: &EndpointState) -> Value {
    json!({
        "EndpointName": endpoint.name,
        "EndpointArn": world.endpoint_arn(&endpoint.name),
        "EndpointStatus": endpoint.status.as_str(),
        "CreationTime": epoch(endpoint.created_at),
        "LastModifiedTime": epoch(endpoint.modified_at),
    })
}

fn config_json(world: &World, endpoint: &EndpointState) -> Value {
    let name = &endpoint.config;
    let variants = endpoint.variants.iter().zip(endpoint.models()).map(|(variant, model)| {
        let serverless = json!({ "MemorySizeInMB": 2048, "MaxConcurrency": 5 });
        compact(json!({
            "VariantName": variant.name,
            "ModelName": model,
            "InstanceType": (!variant.serverless).then_some(&world.settings.instance_type),
            "InitialInstanceCount": (!variant.serverless).then_some(1),
            "InitialVariantWeight": 1.0,
            "ServerlessConfig": variant.serverless.then_some(serverless),
        }))
    });
    let output = output_json(endpoint);
    compact(json!({
        "EndpointConfigName": name,
        "EndpointConfigArn": world.arn("sagemaker", &format!("endpoint-config/{}", name.to_lowercase())),
        "ProductionVariants": variants.collect::<Vec<_>>(),
        "AsyncInferenceConfig": endpoint.asynchronous.then_some(output),
        "CreationTime": epoch(endpoint.created_at),
    }))
}

fn output_json(endpoint: &EndpointState) -> Value {
    let topics = &endpoint.topics;
    let notification =
        compact(json!({ "SuccessTopic": topics.success, "ErrorTopic": topics.error }));
    let notification = (topics != &ResultTopics::default()).then_some(notification);
    json!({ "OutputConfig": compact(json!({
        "S3OutputPath": endpoint.output_path,
        "NotificationConfig": notification,
    })) })
}

fn variant_json(variant: &VariantState, current: Option<i32>, desired: Option<i32>) -> Value {
    let serverless = json!({ "MemorySizeInMB": 2048, "MaxConcurrency": 5 });
    let managed = json!({ "Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 1 });
    compact(json!({
        "VariantName": variant.name,
        "CurrentWeight": 1.0,
        "DesiredWeight": 1.0,
        "CurrentInstanceCount": current,
        "DesiredInstanceCount": desired,
        "CurrentServerlessConfig": variant.serverless.then_some(serverless),
        "ManagedInstanceScaling": variant.managed.then_some(managed),
    }))
}
