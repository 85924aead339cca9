//! The shapes of SageMaker's answers.

use serde_json::{Value, json};

use crate::{
    Definition, DefinitionKind, EndpointState, VariantState, World,
    endpoint::Deployment,
    endpoint_config::serverless,
    http::json::{compact, epoch},
};

/// The answer of a List call.
pub(super) fn listed_json(member: &str, items: Vec<Value>, next_token: Option<String>) -> Value {
    let mut answer = json!({ "NextToken": next_token });
    answer[member] = items.into();
    compact(answer)
}

/// A model or an endpoint configuration. Without its members, it is a summary.
pub(super) fn definition_json(world: &World, kind: DefinitionKind, it: Definition) -> Value {
    let member = kind.member();
    let mut answer = it.members;
    answer.insert(format!("{member}Arn"), world.definition_arn(kind, &it.name).into());
    answer.insert(format!("{member}Name"), it.name.into());
    answer.insert("CreationTime".into(), epoch(it.created_at));
    answer.into()
}

/// The answer of DescribeEndpoint.
pub(super) fn endpoint_json(world: &World, endpoint: &EndpointState) -> Value {
    let seen = endpoint.view();
    let variants = endpoint.variants.iter().zip(&seen.variants);
    let config = endpoint.deployed.as_deref();
    let variants = variants
        .map(|(state, seen)| variant_json(state, config, seen.current, seen.desired))
        .collect::<Vec<_>>();
    let mut answer = summary_json(world, endpoint);
    answer["EndpointConfigName"] = endpoint.config.clone().into();
    answer["FailureReason"] = endpoint.failure_reason.clone().into();
    answer["ProductionVariants"] = variants.into();
    answer["AsyncInferenceConfig"] = endpoint.asynchronous.then(|| endpoint.async_members()).into();
    answer["PendingDeploymentSummary"] = endpoint.pending.as_ref().map(pending_json).into();
    compact(answer)
}

/// An endpoint in the answer of ListEndpoints.
pub(super) fn summary_json(world: &World, endpoint: &EndpointState) -> Value {
    json!({
        "EndpointName": endpoint.name,
        "EndpointArn": world.endpoint_arn(&endpoint.name),
        "EndpointStatus": endpoint.status.as_str(),
        "CreationTime": epoch(endpoint.created_at),
        "LastModifiedTime": epoch(endpoint.modified_at),
    })
}

fn pending_json(pending: &Deployment) -> Value {
    let variants = pending.variants.iter().map(|it| {
        let count = (!it.serverless).then_some(it.desired);
        variant_json(it, Some(&pending.config), None, count)
    });
    json!({
        "EndpointConfigName": pending.config.name,
        "ProductionVariants": variants.collect::<Vec<_>>(),
        "StartTime": epoch(pending.since),
    })
}

fn variant_json(
    variant: &VariantState,
    config: Option<&Definition>,
    current: Option<i32>,
    desired: Option<i32>,
) -> Value {
    let members = config.and_then(|it| it.variant(&variant.name));
    let member = |name: &str| members.map(|it| it[name].clone()).filter(|it| !it.is_null());
    let managed = || json!({ "Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 1 });
    let serverless =
        variant.serverless.then(|| member("ServerlessConfig").unwrap_or_else(serverless));
    let managed = variant.managed.then(|| member("ManagedInstanceScaling").unwrap_or_else(managed));
    compact(json!({
        "VariantName": variant.name,
        "CurrentWeight": variant.weight,
        "DesiredWeight": variant.weight,
        "CurrentInstanceCount": current,
        "DesiredInstanceCount": desired,
        "CurrentServerlessConfig": serverless,
        "ManagedInstanceScaling": managed,
        "RoutingConfig": member("RoutingConfig"),
    }))
}
