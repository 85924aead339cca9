//! Functions, their versions, aliases, settings and tags.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Asked;
use crate::{
    CallResult, FunctionReference, LambdaFunction, Operation, Refusal, Tags, World,
    function::{self, LATEST},
    http::json::compact,
};

pub(super) fn list(world: &mut World, asked: &Asked<'_>) -> CallResult<Value> {
    let page = world.list_functions(&asked.paging())?;
    let functions = page.items.iter().map(|function| listed(world, function)).collect::<Vec<_>>();
    Ok(compact(json!({ "Functions": functions, "NextMarker": page.next_token })))
}

pub(super) fn get(world: &mut World, wanted: &FunctionReference) -> CallResult<Value> {
    let function = world.described_function(Operation::GetFunction, wanted)?;
    Ok(compact(json!({
        "Configuration": described(world, &function, wanted),
        "Code": { "RepositoryType": "S3" },
        "Concurrency": function.reserved.map(concurrency),
        "Tags": function.tags,
    })))
}

pub(super) fn configuration(world: &mut World, wanted: &FunctionReference) -> CallResult<Value> {
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

pub(super) fn update(
    world: &mut World,
    wanted: &FunctionReference,
    asked: &Asked<'_>,
) -> CallResult<Value> {
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reserve {
    reserved_concurrent_executions: u32,
}

/// PutFunctionConcurrency.
pub(super) fn reserve(
    world: &mut World,
    wanted: &FunctionReference,
    asked: &Asked<'_>,
) -> CallResult<Value> {
    let count = asked.read::<Reserve>()?.reserved_concurrent_executions;
    let operation = Operation::PutFunctionConcurrency;
    world.on_function(operation, wanted, count.to_string(), |function, _| {
        function.reserved = Some(count);
        Ok(concurrency(count))
    })
}

fn concurrency(reserved: u32) -> Value {
    json!({ "ReservedConcurrentExecutions": reserved })
}

pub(super) fn versions(world: &mut World, name: &str) -> CallResult<Value> {
    let wanted = FunctionReference::read(name, None);
    let function = world.described_function(Operation::ListVersionsByFunction, &wanted)?;
    Ok(json!({ "Versions": [described(world, &function, &wanted)] }))
}

pub(super) fn aliases(world: &mut World, name: &str) -> CallResult<Value> {
    let wanted = FunctionReference::read(name, None);
    let function = world.described_function(Operation::ListAliases, &wanted)?;
    let aliases = function.aliases.iter().map(|alias| alias_of(world, &function, alias));
    Ok(json!({ "Aliases": aliases.collect::<Vec<_>>() }))
}

pub(super) fn one_alias(world: &mut World, name: &str, alias: &str) -> CallResult<Value> {
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

pub(super) fn tags(world: &mut World, arn: &str) -> CallResult<Value> {
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

pub(super) fn tag(world: &mut World, arn: &str, asked: &Asked<'_>) -> CallResult<Value> {
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

pub(super) fn revision(function: &LambdaFunction) -> String {
    crate::arn::uuid(&["revision", &function.name, &function.revision.to_string()])
}
