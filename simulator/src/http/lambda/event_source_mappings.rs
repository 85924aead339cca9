//! The queues whose messages invoke a function.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Asked;
use crate::{
    CallResult, EventSourceMapping, FunctionReference, Operation, Refusal, World,
    function::invalid, http::json::epoch,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewMapping {
    function_name: Option<String>,
    event_source_arn: Option<String>,
    enabled: Option<bool>,
    batch_size: Option<usize>,
    maximum_batching_window_in_seconds: Option<u32>,
    function_response_types: Option<Vec<String>>,
    filter_criteria: Option<Value>,
}

impl NewMapping {
    /// The mapping with what the request gives.
    fn on(&self, old: EventSourceMapping) -> Result<EventSourceMapping, Refusal> {
        if self.filter_criteria.as_ref().is_some_and(|it| it["Filters"] != json!([])) {
            return Err(invalid(
                "The simulated AWS has no FilterCriteria of event source mappings",
            ));
        }
        let batch_size = self.batch_size.unwrap_or(old.batch_size);
        let window = self.maximum_batching_window_in_seconds.unwrap_or(old.window);
        if !(1..=10_000).contains(&batch_size) || window > 300 {
            return Err(invalid(
                "BatchSize must be from 1 to 10000, and MaximumBatchingWindowInSeconds from 0 to 300",
            ));
        }
        if batch_size > 10 && window == 0 {
            return Err(invalid(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
            ));
        }
        let types = self.function_response_types.as_ref();
        Ok(EventSourceMapping {
            enabled: self.enabled.unwrap_or(old.enabled),
            batch_size,
            window,
            reports_failures: types.map_or(old.reports_failures, |types| {
                types.iter().any(|it| it == "ReportBatchItemFailures")
            }),
            ..old
        })
    }
}

pub(super) fn create_mapping(world: &mut World, asked: &Asked<'_>) -> CallResult<Value> {
    let new: NewMapping = asked.read()?;
    let queue = new.event_source_arn.as_deref().unwrap_or_default();
    if !queue.contains(":sqs:") {
        return Err(invalid("EventSourceArn must be the ARN of an SQS queue").into());
    }
    let wanted = FunctionReference::read(new.function_name.as_deref().unwrap_or_default(), None);
    let created = world.create_mapping(&wanted, new.on(EventSourceMapping::new("", queue))?)?;
    Ok(mapping_of(world, &wanted.name, &created, Some("Creating")))
}

pub(super) fn update_mapping(world: &mut World, id: &str, asked: &Asked<'_>) -> CallResult<Value> {
    let new: NewMapping = asked.read()?;
    let (operation, state) = (Operation::UpdateEventSourceMapping, Some("Updating"));
    let (function, changed) = world.on_mapping(operation, id, |all, at, now| {
        let changed = EventSourceMapping { modified: now, ..new.on(all[at].clone())? };
        all[at] = changed.clone();
        Ok::<_, Refusal>(changed)
    })?;
    Ok(mapping_of(world, &function, &changed?, state))
}

pub(super) fn on_mapping(
    world: &mut World,
    operation: Operation,
    id: &str,
    state: Option<&str>,
    effect: impl FnOnce(&mut Vec<EventSourceMapping>, usize, Timestamp) -> EventSourceMapping,
) -> CallResult<Value> {
    let (function, mapping) = world.on_mapping(operation, id, effect)?;
    Ok(mapping_of(world, &function, &mapping, state))
}

pub(super) fn list_mappings(world: &mut World, asked: &Asked<'_>) -> CallResult<Value> {
    let function = asked.query("FunctionName").map(|name| FunctionReference::read(name, None));
    let all = world.list_mappings(function.as_ref(), asked.query("EventSourceArn"))?;
    let all = all.iter().map(|(function, it)| mapping_of(world, function, it, None));
    Ok(json!({ "EventSourceMappings": all.collect::<Vec<_>>() }))
}

/// Each change is complete at once. Its answer has the state in which AWS would be.
fn mapping_of(
    world: &World,
    function: &str,
    mapping: &EventSourceMapping,
    state: Option<&str>,
) -> Value {
    let types: &[&str] = if mapping.reports_failures { &["ReportBatchItemFailures"] } else { &[] };
    json!({
        "UUID": mapping.id,
        "BatchSize": mapping.batch_size,
        "MaximumBatchingWindowInSeconds": mapping.window,
        "EventSourceArn": mapping.source,
        "FunctionArn": world.function_arn(function),
        "LastModified": epoch(mapping.modified),
        "State": state.unwrap_or(if mapping.enabled { "Enabled" } else { "Disabled" }),
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": types,
        "EventSourceMappingArn": world.arn("lambda", &format!("event-source-mapping:{}", mapping.id)),
    })
}
