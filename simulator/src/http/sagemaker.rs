//! SageMaker over awsJson1.1.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    CallError, CallResult, EndpointState, VariantState, World,
    http::{
        json::{compact, epoch, request},
        unknown_operation,
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeEndpoint {
    endpoint_name: String,
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
        "UpdateEndpointWeightsAndCapacities" => {
            let update: UpdateEndpointWeightsAndCapacities = request(body)?;
            let desired = update.desired_weights_and_capacities.into_iter();
            let desired = desired
                .map(|entry| (entry.variant_name, entry.desired_instance_count))
                .collect::<Vec<_>>();
            world.update_endpoint_weights_and_capacities(&update.endpoint_name, &desired)?;
            Ok(json!({ "EndpointArn": world.endpoint_arn(&update.endpoint_name) }))
        }
        other => Err(CallError::Refused(unknown_operation(other))),
    }
}

fn endpoint_json(world: &World, endpoint: &EndpointState) -> Value {
    let seen = endpoint.view();
    let variants = endpoint.variants.iter().zip(&seen.variants);
    let variants = variants
        .map(|(state, seen)| variant_json(state, seen.current, seen.desired))
        .collect::<Vec<_>>();
    let output = json!({ "OutputConfig": { "S3OutputPath": "s3://my-outputs/async/" } });
    compact(json!({
        "EndpointName": endpoint.name,
        "EndpointArn": world.endpoint_arn(&endpoint.name),
        "EndpointConfigName": format!("{}-config", endpoint.name),
        "EndpointStatus": endpoint.status.as_str(),
        "FailureReason": endpoint.failure_reason,
        "ProductionVariants": variants,
        "AsyncInferenceConfig": endpoint.asynchronous.then_some(output),
        "CreationTime": epoch(endpoint.created_at),
        "LastModifiedTime": epoch(endpoint.modified_at),
    }))
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
