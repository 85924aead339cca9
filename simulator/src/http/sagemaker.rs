//! SageMaker over awsJson1.1. `sagemaker_answers` has the shapes of the answers.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    CallError, CallResult, DefinitionKind, Listing, Paging, Retained, SortBy, World,
    http::{
        json::{request, seconds},
        refusals::unknown_operation,
        sagemaker_answers::{definition_json, endpoint_json, listed_json, summary_json},
        tags::{self, Tag},
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EndpointName {
    endpoint_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateEndpoint {
    endpoint_name: String,
    endpoint_config_name: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateEndpoint {
    endpoint_name: String,
    endpoint_config_name: String,
    #[serde(default)]
    retain_all_variant_properties: bool,
    #[serde(default)]
    exclude_retained_variant_properties: Vec<VariantProperty>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VariantProperty {
    variant_property_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    name_contains: Option<String>,
    status_equals: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    creation_time_after: Option<Timestamp>,
    #[serde(default, deserialize_with = "seconds")]
    creation_time_before: Option<Timestamp>,
    #[serde(default, deserialize_with = "seconds")]
    last_modified_time_after: Option<Timestamp>,
    #[serde(default, deserialize_with = "seconds")]
    last_modified_time_before: Option<Timestamp>,
    sort_by: Option<String>,
    sort_order: Option<String>,
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
    desired_weight: Option<f64>,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    use DefinitionKind::{EndpointConfig, Model};
    match operation {
        "CreateModel" => create(world, Model, body),
        "DescribeModel" => {
            let name = name(Model, &body)?;
            let found = world.describe_model(&name)?;
            Ok(definition_json(world, Model, found))
        }
        "ListModels" => list(world, Model, body),
        "DeleteModel" => delete(world, Model, &body),
        "CreateEndpointConfig" => create(world, EndpointConfig, body),
        "DescribeEndpointConfig" => {
            let name = name(EndpointConfig, &body)?;
            let found = world.describe_endpoint_config(&name)?;
            Ok(definition_json(world, EndpointConfig, found))
        }
        "ListEndpointConfigs" => list(world, EndpointConfig, body),
        "DeleteEndpointConfig" => delete(world, EndpointConfig, &body),
        "CreateEndpoint" => {
            let CreateEndpoint { endpoint_name, endpoint_config_name, tags } = request(body)?;
            let tags = tags::pairs(tags);
            world.create_endpoint(&endpoint_name, &endpoint_config_name, &tags)?;
            Ok(json!({ "EndpointArn": world.endpoint_arn(&endpoint_name) }))
        }
        "DescribeEndpoint" => {
            let EndpointName { endpoint_name } = request(body)?;
            let endpoint = world.describe_endpoint(&endpoint_name)?;
            Ok(endpoint_json(world, &endpoint))
        }
        "ListEndpoints" => {
            let page = world.list_endpoints(&listing(body)?)?;
            let summaries = page.items.iter().map(|it| summary_json(world, it)).collect();
            Ok(listed_json("Endpoints", summaries, page.next_token))
        }
        "UpdateEndpoint" => {
            let update: UpdateEndpoint = request(body)?;
            let excluded = &update.exclude_retained_variant_properties;
            let retains = |property: &str| {
                update.retain_all_variant_properties
                    && excluded.iter().all(|it| it.variant_property_type != property)
            };
            let retained = Retained {
                counts: retains("DesiredInstanceCount"),
                weights: retains("DesiredWeight"),
            };
            let (name, config) = (&update.endpoint_name, &update.endpoint_config_name);
            world.update_endpoint(name, config, retained)?;
            Ok(json!({ "EndpointArn": world.endpoint_arn(name) }))
        }
        "DeleteEndpoint" => {
            let EndpointName { endpoint_name } = request(body)?;
            world.begin_deletion(&endpoint_name)?;
            Ok(json!({}))
        }
        "UpdateEndpointWeightsAndCapacities" => update_capacities(world, body),
        "AddTags" => tags::add(world, body),
        "ListTags" => tags::list(world, body),
        "DeleteTags" => tags::delete(world, body),
        other => Err(CallError::Refused(unknown_operation(other))),
    }
}

fn update_capacities(world: &mut World, body: Value) -> CallResult<Value> {
    let update: UpdateEndpointWeightsAndCapacities = request(body)?;
    let desired = update.desired_weights_and_capacities;
    let counts = desired.iter().map(|it| (it.variant_name.clone(), it.desired_instance_count));
    let counts = counts.collect::<Vec<_>>();
    let weights =
        desired.iter().filter_map(|it| Some((it.variant_name.clone(), it.desired_weight?)));
    let weights = weights.collect::<Vec<_>>();
    world.update_endpoint_weights_and_capacities(&update.endpoint_name, &counts)?;
    world.set_weights(&update.endpoint_name, &weights);
    Ok(json!({ "EndpointArn": world.endpoint_arn(&update.endpoint_name) }))
}

fn create(world: &mut World, kind: DefinitionKind, body: Value) -> CallResult<Value> {
    let name = name(kind, &body)?;
    let mut members: Map<String, Value> = request(body)?;
    members.remove(&format!("{}Name", kind.member()));
    let tags = members.remove("Tags").map_or(Ok(Vec::new()), request::<Vec<Tag>>)?;
    world.create_definition(kind, &name, members, &tags::pairs(tags))?;
    let mut answer = json!({});
    answer[format!("{}Arn", kind.member())] = world.definition_arn(kind, &name).into();
    Ok(answer)
}

fn list(world: &mut World, kind: DefinitionKind, body: Value) -> CallResult<Value> {
    let page = world.list_definitions(kind, &listing(body)?)?;
    let summaries = page.items.into_iter().map(|mut it| {
        it.members.clear();
        definition_json(world, kind, it)
    });
    let summaries = summaries.collect();
    Ok(listed_json(&format!("{}s", kind.member()), summaries, page.next_token))
}

fn delete(world: &mut World, kind: DefinitionKind, body: &Value) -> CallResult<Value> {
    world.delete_definition(kind, &name(kind, body)?)?;
    Ok(json!({}))
}

/// The name of a model or an endpoint configuration in a request.
fn name(kind: DefinitionKind, body: &Value) -> CallResult<String> {
    request(body[format!("{}Name", kind.member())].clone())
}

fn listing(body: Value) -> CallResult<Listing> {
    let list: List = request(body)?;
    let name_contains = list.name_contains.unwrap_or_default();
    let sort_by = match list.sort_by.as_deref() {
        Some("Name") => SortBy::Name,
        Some("Status") => SortBy::Status,
        _ => SortBy::CreationTime,
    };
    Ok(Listing {
        name_contains,
        status: list.status_equals,
        created_after: list.creation_time_after,
        created_before: list.creation_time_before,
        modified_after: list.last_modified_time_after,
        modified_before: list.last_modified_time_before,
        sort_by,
        ascending: list.sort_order.as_deref() == Some("Ascending"),
        paging: Paging { max_results: list.max_results, next_token: list.next_token },
    })
}
