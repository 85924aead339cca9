//! AddTags, ListTags and DeleteTags of SageMaker over awsJson1.1.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    CallResult, Paging, World,
    http::json::{compact, request},
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AddTags {
    resource_arn: String,
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteTags {
    resource_arn: String,
    tag_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListTags {
    resource_arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// A tag, as requests and answers have it.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    key: String,
    value: String,
}

pub(super) fn add(world: &mut World, body: Value) -> CallResult<Value> {
    let AddTags { resource_arn, tags } = request(body)?;
    Ok(json!({ "Tags": listed(world.add_tags(&resource_arn, &pairs(tags))?) }))
}

pub(super) fn delete(world: &mut World, body: Value) -> CallResult<Value> {
    let DeleteTags { resource_arn, tag_keys } = request(body)?;
    world.delete_tags(&resource_arn, &tag_keys)?;
    Ok(json!({}))
}

/// Keys and values.
pub(super) fn pairs(tags: Vec<Tag>) -> Vec<(String, String)> {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

pub(super) fn list(world: &mut World, body: Value) -> CallResult<Value> {
    let list: ListTags = request(body)?;
    let paging = Paging { max_results: list.max_results, next_token: list.next_token };
    let page = world.list_tags(&list.resource_arn, &paging)?;
    Ok(compact(json!({ "Tags": listed(page.items), "NextToken": page.next_token })))
}

fn listed(tags: Vec<(String, String)>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}
