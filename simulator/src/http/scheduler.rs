//! EventBridge Scheduler over restJson1.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Map, Value, json};

use super::{
    answer::{self, Encoding},
    json::{compact, epoch, parsed},
    lambda::respond,
    refusals::{serialization, unknown_operation},
};
use crate::{
    CallError, CallResult, Operation, Paging, Refusal, Service, Simulator, World,
    scheduler::{Schedule, SchedulePut},
};

/// ListSchedules.
pub(super) async fn list(State(sim): State<Simulator>, RawQuery(query): RawQuery) -> Response {
    let request = parameters(query);
    respond(sim.with(|world| answer(world, "ListSchedules", request.into())))
}

/// The operations of one schedule.
pub(super) async fn one(
    State(sim): State<Simulator>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    body: Bytes,
) -> Response {
    let operation = match method {
        Method::POST => "CreateSchedule",
        Method::PUT => "UpdateSchedule",
        Method::DELETE => "DeleteSchedule",
        _ => "GetSchedule",
    };
    let mut request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(_) if body.is_empty() => Map::new(),
        Err(error) => {
            let refusal = serialization(&error);
            return answer::respond(Encoding::Json, Err(CallError::Refused(refusal)));
        }
    };
    for (name, value) in parameters(query) {
        // `groupName`, and in ListSchedules `ScheduleGroup`.
        let name = if name == "groupName" { "GroupName".to_owned() } else { name };
        request.insert(name, value);
    }
    request.insert("Name".into(), json!(name));
    let result = sim.with(|world| answer(world, operation, request.into()));
    let is_conflict =
        matches!(&result, Err(CallError::Refused(refusal)) if refusal.code == "ConflictException");
    let mut response = respond(result);
    if is_conflict {
        *response.status_mut() = StatusCode::CONFLICT;
    }
    response
}

fn parameters(query: Option<String>) -> Map<String, Value> {
    let query = query.unwrap_or_default();
    let parameters = form_urlencoded::parse(query.as_bytes()).into_owned();
    parameters.map(|(name, value)| (name, Value::String(value))).collect()
}

/// The answer to an operation, with all its parameters in one object.
pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    let Some(known) = Operation::of(Service::Scheduler, operation) else {
        return Err(CallError::Refused(unknown_operation(operation)));
    };
    let name = body["Name"].as_str().unwrap_or("*").to_owned();
    world.call(known, &name, String::new(), |world| answered(world, known, &name, body))
}

fn answered(
    world: &mut World,
    operation: Operation,
    name: &str,
    mut body: Value,
) -> Result<Value, Refusal> {
    let group = body["GroupName"].as_str().unwrap_or("default").to_owned();
    match operation {
        Operation::ListSchedules => return list_page(world, &body),
        Operation::GetSchedule => {
            return Ok(described(world, &group, name, world.schedule(&group, name)?));
        }
        Operation::DeleteSchedule => {
            world.schedule(&group, name)?;
            world.remove_schedule(&group, name);
            return Ok(json!({}));
        }
        Operation::CreateSchedule if world.schedule(&group, name).is_ok() => {
            let message = format!("Schedule {name} already exists.");
            return Err(Refusal::new("ConflictException", message));
        }
        Operation::CreateSchedule if group != "default" => {
            let message = format!("Schedule group {group} does not exist.");
            return Err(Refusal::new("ResourceNotFoundException", message));
        }
        Operation::UpdateSchedule => {
            world.schedule(&group, name)?;
        }
        _ => {}
    }
    if let Some(members) = body.as_object_mut() {
        members
            .retain(|member, _| !matches!(member.as_str(), "Name" | "GroupName" | "ClientToken"));
    }
    let put: SchedulePut = parsed(body)?;
    if put.runs().is_err() {
        let message = format!("Invalid Schedule Expression {}.", put.schedule_expression);
        return Err(Refusal::validation(message));
    }
    world.add_schedule(&group, name, put);
    Ok(json!({ "ScheduleArn": world.schedule_arn(&group, name) }))
}

fn list_page(world: &World, body: &Value) -> Result<Value, Refusal> {
    let text = |name: &str| body[name].as_str();
    let paging = Paging {
        max_results: text("MaxResults").and_then(|count| count.parse().ok()),
        next_token: text("NextToken").map(str::to_owned),
    };
    let all = world.schedules().filter(|((group, name), it)| {
        text("ScheduleGroup").is_none_or(|wanted| wanted == group)
            && text("NamePrefix").is_none_or(|prefix| name.starts_with(prefix))
            && text("State").is_none_or(|state| state == it.put.state)
    });
    let page = paging.cut(all, world.settings.page_size)?;
    let schedules = page.items.iter().map(|((group, name), it)| {
        let mut summary = described(world, group, name, it);
        if let Some(members) = summary.as_object_mut() {
            const SHOWN: [&str; 6] =
                ["Arn", "CreationDate", "GroupName", "LastModificationDate", "Name", "State"];
            members.retain(|member, _| SHOWN.contains(&member.as_str()));
        }
        summary["Target"] = json!({ "Arn": it.put.target.arn });
        summary
    });
    let schedules = schedules.collect::<Vec<_>>();
    Ok(compact(json!({ "Schedules": schedules, "NextToken": page.next_token })))
}

fn described(world: &World, group: &str, name: &str, schedule: &Schedule) -> Value {
    let mut answer = json!(schedule.put);
    answer["Arn"] = json!(world.schedule_arn(group, name));
    answer["GroupName"] = json!(group);
    answer["Name"] = json!(name);
    answer["CreationDate"] = epoch(schedule.created);
    answer["LastModificationDate"] = epoch(schedule.modified);
    answer
}
