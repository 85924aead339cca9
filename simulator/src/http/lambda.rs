//! AWS Lambda over restJson1: functions, their settings, and their queues. The model runs no code, so Invoke is not here.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{Method, StatusCode, Uri},
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    answer::{self, Encoding},
    json::{compact, epoch, request},
    refusals::{not_found, unknown_operation},
};
use crate::{
    CallError, CallResult, EventInvokeConfig, EventSourceMapping, FunctionReference,
    LambdaFunction, Operation, Paging, Refusal, Simulator, Tags, World,
    function::{self, LATEST, invalid},
};

/// Any operation of the Lambda API but Invoke.
pub(super) async fn answer(
    State(sim): State<Simulator>,
    method: Method,
    uri: Uri,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let asked = Asked {
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        body: &body,
    };
    let segments: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let answer = sim.with(|world| {
        let answer = operation(world, &method, &segments, &asked);
        if answer.is_none() {
            let refusal = unknown_operation("at this path");
            world.refuse_request("lambda", &format!("{method} {}", uri.path()), &refusal);
        }
        answer
    });
    match answer {
        Some((status, answer)) => respond_with(status, answer),
        None => not_found(Encoding::Json, &format!("{method} {}", uri.path())),
    }
}

/// The parameters of a request.
struct Asked<'a> {
    query: BTreeMap<String, String>,
    body: &'a [u8],
}

impl Asked<'_> {
    fn function(&self, name: &str) -> FunctionReference {
        FunctionReference::read(name, self.query("Qualifier"))
    }

    fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    fn paging(&self) -> Paging {
        Paging {
            max_results: self.query("MaxItems").and_then(|count| count.parse().ok()),
            next_token: self.query.get("Marker").cloned(),
        }
    }

    fn read<T: for<'de> Deserialize<'de>>(&self) -> CallResult<T> {
        let value = serde_json::from_slice(self.body).map_err(|error| {
            let message = format!("Could not parse request body into json: {error}");
            CallError::Refused(Refusal::new("InvalidRequestContentException", message))
        })?;
        request(value)
    }
}

/// The status of a success, and the answer. `None`: there is no such operation.
fn operation(
    world: &mut World,
    method: &Method,
    path: &[&str],
    asked: &Asked<'_>,
) -> Option<(StatusCode, CallResult<Value>)> {
    use StatusCode as Status;
    Some(match (method.as_str(), path) {
        ("GET", ["functions"]) => (Status::OK, list(world, asked)),
        ("GET", ["functions", name]) => (Status::OK, get(world, &asked.function(name))),
        ("GET", ["functions", name, "configuration"]) => {
            (Status::OK, configuration(world, &asked.function(name)))
        }
        ("PUT", ["functions", name, "configuration"]) => {
            (Status::OK, update(world, &asked.function(name), asked))
        }
        ("GET", ["functions", name, "versions"]) => (Status::OK, versions(world, name)),
        ("GET", ["functions", name, "aliases"]) => (Status::OK, aliases(world, name)),
        ("GET", ["functions", name, "aliases", alias]) => {
            (Status::OK, one_alias(world, name, alias))
        }
        ("GET", ["functions", name, "policy"]) => {
            (Status::OK, policy(world, &asked.function(name)))
        }
        ("POST", ["functions", name, "policy"]) => {
            (Status::CREATED, add_permission(world, &asked.function(name), asked))
        }
        ("DELETE", ["functions", name, "policy", id]) => {
            (Status::NO_CONTENT, remove_permission(world, &asked.function(name), id))
        }
        ("GET", ["functions", name, "event-invoke-config", "list"]) => {
            (Status::OK, list_invoke_configs(world, name))
        }
        (_, ["functions", name, "event-invoke-config"]) => {
            return invoke_config(world, method, &asked.function(name), asked);
        }
        ("GET", ["event-source-mappings"]) => (Status::OK, list_mappings(world, asked)),
        ("POST", ["event-source-mappings"]) => (Status::ACCEPTED, create_mapping(world, asked)),
        ("GET", ["event-source-mappings", id]) => {
            let read = |all: &mut Vec<EventSourceMapping>, at: usize, _| all[at].clone();
            (Status::OK, on_mapping(world, Operation::GetEventSourceMapping, id, None, read))
        }
        ("PUT", ["event-source-mappings", id]) => {
            (Status::ACCEPTED, update_mapping(world, id, asked))
        }
        ("DELETE", ["event-source-mappings", id]) => {
            let delete = |all: &mut Vec<EventSourceMapping>, at: usize, _| all.remove(at);
            let (operation, state) = (Operation::DeleteEventSourceMapping, Some("Deleting"));
            (Status::ACCEPTED, on_mapping(world, operation, id, state, delete))
        }
        ("GET", ["tags", arn]) => (Status::OK, tags(world, arn)),
        ("POST", ["tags", arn]) => (Status::NO_CONTENT, tag(world, arn, asked)),
        _ => return None,
    })
}

fn list(world: &mut World, asked: &Asked<'_>) -> CallResult<Value> {
    let page = world.list_functions(&asked.paging())?;
    let functions = page.items.iter().map(|function| listed(world, function)).collect::<Vec<_>>();
    Ok(compact(json!({ "Functions": functions, "NextMarker": page.next_token })))
}

fn get(world: &mut World, wanted: &FunctionReference) -> CallResult<Value> {
    let function = world.described_function(Operation::GetFunction, wanted)?;
    Ok(json!({
        "Configuration": described(world, &function, wanted),
        "Code": { "RepositoryType": "S3" },
        "Tags": function.tags,
    }))
}

fn configuration(world: &mut World, wanted: &FunctionReference) -> CallResult<Value> {
    let function = world.described_function(Operation::GetFunctionConfiguration, wanted)?;
    Ok(described(world, &function, wanted))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Update {
    environment: Option<Environment>,
    timeout: Option<u32>,
    memory_size: Option<u32>,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

fn update(world: &mut World, wanted: &FunctionReference, asked: &Asked<'_>) -> CallResult<Value> {
    let new: Update = asked.read()?;
    let operation = Operation::UpdateFunctionConfiguration;
    let changed = [
        new.environment.as_ref().map(|_| "Environment"),
        new.timeout.map(|_| "Timeout"),
        new.memory_size.map(|_| "MemorySize"),
        new.description.as_ref().map(|_| "Description"),
    ];
    let shown = changed.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let function = world.on_function(operation, wanted, shown, |function, now| {
        let outside =
            |value: Option<u32>, least, most| value.is_some_and(|it| it < least || it > most);
        if outside(new.timeout, 1, 900) {
            return Err(Refusal::validation("Timeout must be from 1 to 900"));
        }
        if outside(new.memory_size, 128, 10_240) {
            return Err(Refusal::validation("MemorySize must be from 128 to 10240"));
        }
        if let Some(environment) = new.environment {
            function.variables = environment.variables;
        }
        function.timeout = new.timeout.unwrap_or(function.timeout);
        function.memory = new.memory_size.unwrap_or(function.memory);
        function.description = new.description.unwrap_or_else(|| function.description.clone());
        function.modified = now;
        function.revision += 1;
        Ok(function.clone())
    })?;
    Ok(described(world, &function, wanted))
}

fn versions(world: &mut World, name: &str) -> CallResult<Value> {
    let wanted = FunctionReference::read(name, None);
    let function = world.described_function(Operation::ListVersionsByFunction, &wanted)?;
    Ok(json!({ "Versions": [described(world, &function, &wanted)] }))
}

fn aliases(world: &mut World, name: &str) -> CallResult<Value> {
    let wanted = FunctionReference::read(name, None);
    let function = world.described_function(Operation::ListAliases, &wanted)?;
    let aliases = function.aliases.iter().map(|alias| alias_of(world, &function, alias));
    Ok(json!({ "Aliases": aliases.collect::<Vec<_>>() }))
}

fn one_alias(world: &mut World, name: &str, alias: &str) -> CallResult<Value> {
    let wanted = FunctionReference::read(name, None);
    let found =
        world.on_function(Operation::GetAlias, &wanted, alias.to_owned(), |function, _| {
            match function.aliases.iter().any(|it| it == alias) {
                true => Ok(function.clone()),
                false => Err(function::not_found(format!(
                    "Cannot find alias arn: {}:{alias}",
                    function.name
                ))),
            }
        })?;
    Ok(alias_of(world, &found, alias))
}

fn alias_of(world: &World, function: &LambdaFunction, alias: &str) -> Value {
    json!({
        "AliasArn": format!("{}:{alias}", world.function_arn(&function.name)),
        "Name": alias,
        "FunctionVersion": LATEST,
        "Description": "",
        "RevisionId": revision(function),
    })
}

fn policy(world: &mut World, wanted: &FunctionReference) -> CallResult<Value> {
    world.on_function(Operation::GetPolicy, wanted, String::new(), |function, _| {
        let missing = || function::not_found("The resource you requested does not exist.".into());
        let policy = function.policy(wanted.qualifier()).ok_or_else(missing)?;
        Ok(json!({ "Policy": policy.to_string(), "RevisionId": revision(function) }))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Permission {
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
}

fn add_permission(
    world: &mut World,
    wanted: &FunctionReference,
    asked: &Asked<'_>,
) -> CallResult<Value> {
    let new: Permission = asked.read()?;
    let resource = world.function_arn(&wanted.text());
    let (operation, id) = (Operation::AddFunctionPermission, new.statement_id.clone());
    world.on_function(operation, wanted, id, |function, _| {
        let mut statements = function.permissions.iter();
        if statements.any(|(of, it)| of == wanted.qualifier() && it["Sid"] == new.statement_id) {
            let message = format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove the \
                 existing statement.",
                new.statement_id
            );
            return Err(Refusal::new("ResourceConflictException", message));
        }
        let kind = if new.principal.contains(".amazonaws.com") { "Service" } else { "AWS" };
        let mut statement = json!({
            "Sid": new.statement_id,
            "Effect": "Allow",
            "Principal": { kind: new.principal },
            "Action": new.action,
            "Resource": resource,
        });
        if let Some(arn) = new.source_arn {
            statement["Condition"]["ArnLike"]["AWS:SourceArn"] = json!(arn);
        }
        if let Some(account) = new.source_account {
            statement["Condition"]["StringEquals"]["AWS:SourceAccount"] = json!(account);
        }
        function.permissions.push((wanted.qualifier().to_owned(), statement.clone()));
        Ok(json!({ "Statement": statement.to_string() }))
    })
}

fn remove_permission(world: &mut World, wanted: &FunctionReference, id: &str) -> CallResult<Value> {
    let operation = Operation::RemoveFunctionPermission;
    world.on_function(operation, wanted, id.to_owned(), |function, _| {
        let is_it = |(of, it): &(String, Value)| of == wanted.qualifier() && it["Sid"] == id;
        let found = function.permissions.iter().position(is_it).ok_or_else(|| {
            function::not_found(format!("Statement {id} is not found in resource policy."))
        })?;
        function.permissions.remove(found);
        Ok(Value::Null)
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewInvokeConfig {
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<u32>,
    destination_config: Option<Destinations>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Destinations {
    on_success: Option<Destination>,
    on_failure: Option<Destination>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    destination: Option<String>,
}

/// GetFunctionEventInvokeConfig, and the calls that put, update and delete it.
fn invoke_config(
    world: &mut World,
    method: &Method,
    wanted: &FunctionReference,
    asked: &Asked<'_>,
) -> Option<(StatusCode, CallResult<Value>)> {
    let shown = wanted.clone();
    let changed = match method.as_str() {
        "GET" => {
            let found = world.get_function_event_invoke_config(&wanted.text());
            let answer = found.map(|config| config_of(world, &shown, &config));
            return Some((StatusCode::OK, answer));
        }
        "DELETE" => {
            let operation = Operation::DeleteFunctionEventInvokeConfig;
            let answer = world.on_function(operation, wanted, String::new(), |function, _| {
                let found = function.invoke_configs.remove(wanted.qualifier());
                let missing = || {
                    let name = wanted.text();
                    function::not_found(format!(
                        "The function {name} doesn't have an EventInvokeConfig"
                    ))
                };
                found.map(|_| Value::Null).ok_or_else(missing)
            });
            return Some((StatusCode::NO_CONTENT, answer));
        }
        "PUT" => put_invoke_config(world, Operation::PutFunctionEventInvokeConfig, wanted, asked),
        "POST" => {
            put_invoke_config(world, Operation::UpdateFunctionEventInvokeConfig, wanted, asked)
        }
        _ => return None,
    };
    let answer = changed.map(|config| config_of(world, &shown, &config));
    Some((StatusCode::OK, answer))
}

/// Put replaces all settings, Update those that are given.
fn put_invoke_config(
    world: &mut World,
    operation: Operation,
    wanted: &FunctionReference,
    asked: &Asked<'_>,
) -> CallResult<EventInvokeConfig> {
    let new: NewInvokeConfig = asked.read()?;
    world.on_function(operation, wanted, String::new(), |function, now| {
        let old = match operation {
            Operation::UpdateFunctionEventInvokeConfig => function.invoke_config(wanted.qualifier()),
            _ => EventInvokeConfig::default(),
        };
        let retries = new.maximum_retry_attempts.unwrap_or(old.retries);
        let max_age = new.maximum_event_age_in_seconds.unwrap_or(old.max_age);
        if retries > 2 || !(60..=21_600).contains(&max_age) {
            return Err(invalid(
                "MaximumRetryAttempts must be from 0 to 2, and MaximumEventAgeInSeconds from 60 to 21600",
            ));
        }
        let arn = |it: Option<Destination>| it.and_then(|it| it.destination);
        let (on_success, on_failure) = match new.destination_config {
            Some(to) => (arn(to.on_success), arn(to.on_failure)),
            None => (old.on_success, old.on_failure),
        };
        let config = EventInvokeConfig { retries, max_age, on_success, on_failure, modified: now };
        function.invoke_configs.insert(wanted.qualifier().to_owned(), config.clone());
        Ok(config)
    })
}

fn list_invoke_configs(world: &mut World, name: &str) -> CallResult<Value> {
    let wanted = FunctionReference::read(name, None);
    let function = world.described_function(Operation::ListFunctionEventInvokeConfigs, &wanted)?;
    let configs = function.invoke_configs.iter().map(|(qualifier, config)| {
        let of = FunctionReference { qualifier: Some(qualifier.clone()), ..wanted.clone() };
        config_of(world, &of, config)
    });
    Ok(json!({ "FunctionEventInvokeConfigs": configs.collect::<Vec<_>>() }))
}

fn config_of(world: &World, wanted: &FunctionReference, config: &EventInvokeConfig) -> Value {
    let to = |arn: &Option<String>| match arn {
        Some(arn) => json!({ "Destination": arn }),
        None => json!({}),
    };
    json!({
        "LastModified": epoch(config.modified),
        "FunctionArn": format!("{}:{}", world.function_arn(&wanted.name), wanted.qualifier()),
        "MaximumRetryAttempts": config.retries,
        "MaximumEventAgeInSeconds": config.max_age,
        "DestinationConfig": { "OnSuccess": to(&config.on_success), "OnFailure": to(&config.on_failure) },
    })
}

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

fn create_mapping(world: &mut World, asked: &Asked<'_>) -> CallResult<Value> {
    let new: NewMapping = asked.read()?;
    let queue = new.event_source_arn.as_deref().unwrap_or_default();
    if !queue.contains(":sqs:") {
        return Err(invalid("EventSourceArn must be the ARN of an SQS queue").into());
    }
    let wanted = FunctionReference::read(new.function_name.as_deref().unwrap_or_default(), None);
    let created = world.create_mapping(&wanted, new.on(EventSourceMapping::new("", queue))?)?;
    Ok(mapping_of(world, &wanted.name, &created, Some("Creating")))
}

fn update_mapping(world: &mut World, id: &str, asked: &Asked<'_>) -> CallResult<Value> {
    let new: NewMapping = asked.read()?;
    let (operation, state) = (Operation::UpdateEventSourceMapping, Some("Updating"));
    let (function, changed) = world.on_mapping(operation, id, |all, at, now| {
        let changed = EventSourceMapping { modified: now, ..new.on(all[at].clone())? };
        all[at] = changed.clone();
        Ok::<_, Refusal>(changed)
    })?;
    Ok(mapping_of(world, &function, &changed?, state))
}

fn on_mapping(
    world: &mut World,
    operation: Operation,
    id: &str,
    state: Option<&str>,
    effect: impl FnOnce(&mut Vec<EventSourceMapping>, usize, Timestamp) -> EventSourceMapping,
) -> CallResult<Value> {
    let (function, mapping) = world.on_mapping(operation, id, effect)?;
    Ok(mapping_of(world, &function, &mapping, state))
}

fn list_mappings(world: &mut World, asked: &Asked<'_>) -> CallResult<Value> {
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

fn tags(world: &mut World, arn: &str) -> CallResult<Value> {
    let wanted = FunctionReference::read(arn, None);
    let tags =
        world.on_function(Operation::ListTagsOfFunction, &wanted, String::new(), |it, _| {
            Ok(it.tags.clone())
        })?;
    Ok(json!({ "Tags": tags }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewTags {
    tags: Tags,
}

fn tag(world: &mut World, arn: &str, asked: &Asked<'_>) -> CallResult<Value> {
    let NewTags { tags } = asked.read()?;
    let wanted = FunctionReference::read(arn, None);
    world.on_function(Operation::TagFunction, &wanted, String::new(), |function, _| {
        function.tags.extend(tags);
        Ok(Value::Null)
    })
}

fn listed(world: &World, function: &LambdaFunction) -> Value {
    json!({
        "FunctionName": function.name,
        "FunctionArn": world.function_arn(&function.name),
        "Runtime": "provided.al2023",
        "Role": format!("arn:aws:iam::{}:role/{}", world.settings.account, function.name),
        "Handler": "bootstrap",
        "CodeSize": 0,
        "Description": function.description,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "LastModified": function.modified.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string(),
        "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "Version": LATEST,
        "Environment": { "Variables": function.variables },
        "TracingConfig": { "Mode": "PassThrough" },
        "RevisionId": revision(function),
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        "EphemeralStorage": { "Size": 512 },
        "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
        "LoggingConfig": {
            "LogFormat": "JSON",
            "ApplicationLogLevel": "INFO",
            "SystemLogLevel": "INFO",
            "LogGroup": function.log_group(),
        },
    })
}

fn described(world: &World, function: &LambdaFunction, wanted: &FunctionReference) -> Value {
    let mut answer = listed(world, function);
    answer["FunctionArn"] = json!(world.function_arn(&wanted.text()));
    // ListFunctions omits these members.
    answer["State"] = json!(function.state);
    answer["LastUpdateStatus"] = json!(function.last_update);
    answer
}

fn revision(function: &LambdaFunction) -> String {
    crate::arn::uuid(&["revision", &function.name, &function.revision.to_string()])
}

/// The response of a service over restJson1.
pub(super) fn respond(result: CallResult<Value>) -> Response {
    respond_with(StatusCode::OK, result)
}

fn respond_with(status: StatusCode, result: CallResult<Value>) -> Response {
    let status = match &result {
        Ok(_) => Some(status),
        Err(CallError::Refused(refusal)) => match refusal.code.as_str() {
            "ResourceNotFoundException" => Some(StatusCode::NOT_FOUND),
            "ResourceConflictException" => Some(StatusCode::CONFLICT),
            "RequestTooLargeException" => Some(StatusCode::PAYLOAD_TOO_LARGE),
            _ => None,
        },
        Err(CallError::NoAnswer) => None,
    };
    let body = result.map(|value| match value {
        Value::Null => Vec::new(),
        value => value.to_string().into_bytes(),
    });
    let mut response = answer::respond(Encoding::Json, body);
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    response
}
