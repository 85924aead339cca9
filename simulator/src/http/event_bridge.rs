//! EventBridge: rules, targets, and events of the default event bus.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    json::{compact, parsed},
    refusals::unknown_operation,
};
use crate::{
    CallError, CallResult, Delivery, Operation, Paging, Refusal, Service, Tags, World,
    event_pattern::EventPattern,
    event_rule::{EventRule, EventTarget, event_time},
};

/// The most targets of a rule (EventBridge User Guide, "Quotas").
const MOST_TARGETS: usize = 5;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRule {
    name: String,
    schedule_expression: Option<String>,
    event_pattern: Option<String>,
    state: Option<String>,
    description: Option<String>,
    role_arn: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    source: Option<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    time: Option<f64>,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    let Some(known) = Operation::of(Service::EventBridge, operation) else {
        return Err(CallError::Refused(unknown_operation(operation)));
    };
    let member = |name: &str| body[name].as_str();
    let resource = member("Rule").or(member("Name")).or(member("ResourceARN"));
    let resource = resource.or(member("TargetArn")).unwrap_or("*");
    let resource = resource.rsplit(":rule/").next().unwrap_or(resource).to_owned();
    world.call(known, &resource, String::new(), |world| answered(world, known, &resource, body))
}

fn answered(
    world: &mut World,
    operation: Operation,
    name: &str,
    body: Value,
) -> Result<Value, Refusal> {
    let bus = body["EventBusName"].as_str();
    if let Some(bus) = bus.filter(|bus| !matches!(bus.rsplit('/').next(), Some("default"))) {
        let message = format!("Event bus {bus} does not exist.");
        return Err(Refusal::new("ResourceNotFoundException", message));
    }
    match operation {
        Operation::PutRule => return put_rule(world, parsed(body)?),
        Operation::DeleteRule => match world.rule(name) {
            Ok(rule) if !rule.targets.is_empty() => {
                return Err(Refusal::validation("Rule can't be deleted since it has targets."));
            }
            _ => world.remove_rule(name),
        },
        Operation::DescribeRule => {
            let rule = world.rule(name)?.clone();
            let mut answer = described(world, name, &rule);
            answer["CreatedBy"] = json!(world.settings.account);
            return Ok(answer);
        }
        Operation::EnableRule => set_state(world, name, "ENABLED")?,
        Operation::DisableRule => set_state(world, name, "DISABLED")?,
        Operation::ListRules => {
            let prefix = body["NamePrefix"].as_str().unwrap_or_default();
            let all = world.rules().filter(|(name, _)| name.starts_with(prefix));
            let page = paging(&body).cut(all, world.settings.page_size)?;
            let rules = page.items.iter().map(|(name, rule)| described(world, name, rule));
            let rules = rules.collect::<Vec<_>>();
            return Ok(compact(json!({ "Rules": rules, "NextToken": page.next_token })));
        }
        Operation::PutTargets => return put_targets(world, name, parsed(body["Targets"].clone())?),
        Operation::RemoveTargets => {
            let ids: Vec<String> = parsed(body["Ids"].clone())?;
            world.rule(name)?.targets.retain(|it| !ids.contains(&it.id));
            return Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }));
        }
        Operation::ListTargetsByRule => {
            let page_size = world.settings.page_size;
            let page = paging(&body).cut(world.rule(name)?.targets.iter(), page_size)?;
            let next = page.next_token;
            return Ok(compact(json!({ "Targets": page.items, "NextToken": next })));
        }
        Operation::ListRuleNamesByTarget => {
            let arn = body["TargetArn"].as_str().unwrap_or_default();
            let has = |rule: &EventRule| rule.targets.iter().any(|it| it.arn == arn);
            let all = world.rules().filter(|(_, rule)| has(rule)).map(|(name, _)| name);
            let page = paging(&body).cut(all, world.settings.page_size)?;
            let next = page.next_token;
            return Ok(compact(json!({ "RuleNames": page.items, "NextToken": next })));
        }
        Operation::PutEvents => return put_events(world, parsed(body["Entries"].clone())?),
        Operation::TestEventPattern => {
            let pattern = pattern(body["EventPattern"].as_str().unwrap_or_default())?;
            let event = serde_json::from_str(body["Event"].as_str().unwrap_or_default());
            let event: Value = event
                .ok()
                .filter(Value::is_object)
                .ok_or_else(|| Refusal::validation("Parameter Event is not valid."))?;
            return Ok(json!({ "Result": pattern.matches(&event) }));
        }
        Operation::DescribeEventBus => return Ok(default_bus(world)),
        Operation::ListEventBuses => return Ok(json!({ "EventBuses": [default_bus(world)] })),
        Operation::TagRule => {
            let tags: Vec<Tag> = parsed(body["Tags"].clone())?;
            world.rule(name)?.tags.extend(pairs(tags));
        }
        Operation::UntagRule => {
            let keys: Vec<String> = parsed(body["TagKeys"].clone())?;
            world.rule(name)?.tags.retain(|key, _| !keys.contains(key));
        }
        Operation::ListTagsOfRule => {
            let tags = world.rule(name)?.tags.iter();
            let tags = tags.map(|(key, value)| json!({ "Key": key, "Value": value }));
            return Ok(json!({ "Tags": tags.collect::<Vec<_>>() }));
        }
        other => return Err(unknown_operation(other.as_str())),
    }
    Ok(json!({}))
}

fn put_rule(world: &mut World, put: PutRule) -> Result<Value, Refusal> {
    if put.schedule_expression.is_none() && put.event_pattern.is_none() {
        let message = "Parameter(s) EventPattern or ScheduleExpression must be specified.";
        return Err(Refusal::validation(message));
    }
    let (targets, old_tags) = match world.rule(&put.name) {
        Ok(old) => (old.targets.clone(), old.tags.clone()),
        Err(_) => (Vec::new(), Tags::new()),
    };
    let tags = if old_tags.is_empty() { pairs(put.tags).collect() } else { old_tags };
    let rule = EventRule {
        pattern: put.event_pattern.as_deref().map(pattern).transpose()?,
        pattern_text: put.event_pattern,
        expression: put.schedule_expression,
        state: put.state.unwrap_or_else(|| "ENABLED".to_owned()),
        description: put.description,
        role: put.role_arn,
        tags,
        targets,
        runs_at: None,
    };
    if let Some(expression) = &rule.expression
        && (rule.runs().is_none() || !is_of_rule(expression))
    {
        return Err(Refusal::validation("Parameter ScheduleExpression is not valid."));
    }
    world.add_rule(&put.name, rule);
    Ok(json!({ "RuleArn": world.rule_arn(&put.name) }))
}

/// Whether a rule can have the schedule: `at` is of EventBridge Scheduler only, and 1 has a unit in the singular
/// (EventBridge User Guide, "Rate expressions").
fn is_of_rule(expression: &str) -> bool {
    match expression.strip_prefix("rate(").and_then(|it| it.strip_suffix(')')) {
        Some(rate) => rate.starts_with("1 ") != rate.ends_with('s'),
        None => expression.starts_with("cron("),
    }
}

fn pattern(text: &str) -> Result<EventPattern, Refusal> {
    EventPattern::parse(text).map_err(|reason| {
        let message = format!("Event pattern is not valid. Reason: {reason}");
        Refusal::new("InvalidEventPatternException", message)
    })
}

/// The schedule of a rule begins anew when it is enabled.
fn set_state(world: &mut World, name: &str, state: &str) -> Result<(), Refusal> {
    let rule = world.rule(name)?;
    if rule.state != state {
        let rule = EventRule { state: state.to_owned(), ..rule.clone() };
        world.add_rule(name, rule);
    }
    Ok(())
}

fn put_targets(world: &mut World, name: &str, targets: Vec<EventTarget>) -> Result<Value, Refusal> {
    for it in &targets {
        let is_json = |text: &String| serde_json::from_str::<Value>(text).is_ok();
        let inputs = [it.input.is_some(), it.input_path.is_some(), it.input_transformer.is_some()];
        if inputs.iter().filter(|it| **it).count() > 1 {
            return Err(Refusal::validation(format!(
                "Only one of Input, InputPath, or InputTransformer must be provided for target {}.",
                it.id
            )));
        }
        if !it.input.iter().all(is_json) {
            return Err(Refusal::validation(format!(
                "Parameter Input is not valid. Reason: JSON text for target {} is not valid.",
                it.id
            )));
        }
    }
    let rule = world.rule(name)?;
    let mut all = rule.targets.clone();
    all.retain(|old| targets.iter().all(|new| new.id != old.id));
    all.extend(targets);
    if all.len() > MOST_TARGETS {
        let message = "The requested resource exceeds the maximum number allowed.";
        return Err(Refusal::new("LimitExceededException", message));
    }
    rule.targets = all;
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

fn put_events(world: &mut World, entries: Vec<Entry>) -> Result<Value, Refusal> {
    let results = entries.into_iter().map(|entry| match put_event(world, entry) {
        Ok(id) => json!({ "EventId": id }),
        Err(Refusal { code, message }) => json!({ "ErrorCode": code, "ErrorMessage": message }),
    });
    let results = results.collect::<Vec<_>>();
    let failed = results.iter().filter(|it| it.get("ErrorCode").is_some()).count();
    Ok(json!({ "FailedEntryCount": failed, "Entries": results }))
}

fn put_event(world: &mut World, entry: Entry) -> Result<String, Refusal> {
    let required = |value: Option<String>, name: &str| {
        value.filter(|it| !it.is_empty()).ok_or_else(|| {
            let message =
                format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
            Refusal::new("InvalidArgument", message)
        })
    };
    let source = required(entry.source, "Source")?;
    let detail_type = required(entry.detail_type, "DetailType")?;
    let detail = required(entry.detail, "Detail")?;
    if source.starts_with("aws.") {
        let message = "Not authorized for the source.";
        return Err(Refusal::new("NotAuthorizedForSourceException", message));
    }
    let detail = serde_json::from_str(&detail).ok().filter(Value::is_object);
    let detail = detail.ok_or_else(|| Refusal::new("MalformedDetail", "Detail is malformed."))?;
    let id = world.fresh_id();
    let mut event = json!({
        "version": "0",
        "id": id,
        "detail-type": detail_type,
        "source": source,
        "resources": entry.resources,
        "detail": detail,
    });
    let time = entry.time.and_then(|it| jiff::Timestamp::from_second(it as i64).ok());
    if let Some(time) = time {
        event["time"] = json!(event_time(world.time_of_client(time)));
    }
    let (at, to) = (world.now(), world.arn("events", "event-bus/default"));
    world.send(Delivery { at, to, from: "events.amazonaws.com".into(), body: event });
    Ok(id)
}

fn described(world: &World, name: &str, rule: &EventRule) -> Value {
    compact(json!({
        "Name": name,
        "Arn": world.rule_arn(name),
        "EventPattern": rule.pattern_text,
        "ScheduleExpression": rule.expression,
        "State": rule.state,
        "Description": rule.description,
        "RoleArn": rule.role,
        "EventBusName": "default",
    }))
}

fn default_bus(world: &World) -> Value {
    json!({ "Name": "default", "Arn": world.arn("events", "event-bus/default") })
}

fn pairs(tags: Vec<Tag>) -> impl Iterator<Item = (String, String)> {
    tags.into_iter().map(|it| (it.key, it.value))
}

fn paging(body: &Value) -> Paging {
    Paging {
        max_results: body["Limit"].as_u64().and_then(|it| usize::try_from(it).ok()),
        next_token: body["NextToken"].as_str().map(str::to_owned),
    }
}
