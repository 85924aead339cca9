//! CloudWatch Logs over awsJson1.1.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    json::{compact, request},
    refusals::unknown_operation,
};
use crate::{CallError, CallResult, LogSearch, Paging, World};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilterLogEvents {
    log_group_name: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    #[serde(default)]
    filter_pattern: String,
    limit: Option<usize>,
    next_token: Option<String>,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    if operation != "FilterLogEvents" {
        return Err(CallError::Refused(unknown_operation(operation)));
    }
    let asked: FilterLogEvents = request(body)?;
    let time = |milliseconds: Option<i64>| {
        milliseconds.and_then(|it| Timestamp::from_millisecond(it).ok())
    };
    let page = world.filter_log_events(&LogSearch {
        group: asked.log_group_name,
        from: time(asked.start_time),
        until: time(asked.end_time),
        pattern: asked.filter_pattern,
        paging: Paging { max_results: asked.limit, next_token: asked.next_token },
    })?;
    let event = |event: &crate::LogEvent| {
        json!({
            "logStreamName": "2030/01/01/[$LATEST]00000000000000000000000000000000",
            "timestamp": event.at.as_millisecond(),
            "message": event.message,
            "ingestionTime": event.at.as_millisecond(),
        })
    };
    let events = page.items.iter().map(event).collect::<Vec<_>>();
    Ok(compact(json!({
        "events": events,
        "searchedLogStreams": [],
        "nextToken": page.next_token,
    })))
}
