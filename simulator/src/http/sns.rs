//! SNS: its operations.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    json::{compact, request},
    refusals::unknown_operation,
};
use crate::{CallError, CallResult, Paging, World};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListSubscriptionsByTopic {
    topic_arn: String,
    next_token: Option<String>,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    if operation != "ListSubscriptionsByTopic" {
        return Err(CallError::Refused(unknown_operation(operation)));
    }
    let ListSubscriptionsByTopic { topic_arn: topic, next_token } = request(body)?;
    let page =
        world.list_subscriptions_by_topic(&topic, &Paging { max_results: None, next_token })?;
    let subscriptions = page.items.iter().enumerate().map(|(row, it)| {
        json!({
            "TopicArn": topic,
            "Protocol": it.protocol,
            "SubscriptionArn": format!("{topic}:{row}"),
            "Endpoint": it.endpoint,
        })
    });
    let subscriptions = subscriptions.collect::<Vec<_>>();
    Ok(compact(json!({ "Subscriptions": subscriptions, "NextToken": page.next_token })))
}
