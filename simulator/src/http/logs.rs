//! CloudWatch Logs: log groups, log streams, and log events.

use std::ops::Range;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    json::{compact, request},
    refusals::unknown_operation,
};
use crate::{
    CallError, CallResult, LogEvent, LogSearch, Operation, Paging, Refusal, World, arn::uuid,
    logs::LogGroup,
};

/// The maximum number of events in an answer of GetLogEvents.
const MOST_EVENTS: usize = 10_000;

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    match operation {
        "FilterLogEvents" => filter(world, request(body)?),
        "GetLogEvents" => events(world, &request(body)?),
        "DescribeLogGroups" => groups(world, request(body)?),
        "DescribeLogStreams" => streams(world, &request(body)?),
        "CreateLogGroup" => world.create_log_group(&of_group(body)?.log_group_name).map(done),
        "DeleteLogGroup" => world.delete_log_group(&of_group(body)?.log_group_name).map(done),
        "PutRetentionPolicy" => {
            let asked = of_group(body)?;
            world.set_retention(&asked.log_group_name, asked.retention_in_days).map(done)
        }
        "DeleteRetentionPolicy" => {
            world.set_retention(&of_group(body)?.log_group_name, None).map(done)
        }
        _ => Err(CallError::Refused(unknown_operation(operation))),
    }
}

fn done((): ()) -> Value {
    json!({})
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfGroup {
    log_group_name: String,
    retention_in_days: Option<u32>,
}

fn of_group(body: Value) -> CallResult<OfGroup> {
    request(body)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    #[serde(default)]
    log_stream_names: Vec<String>,
    #[serde(default)]
    log_stream_name_prefix: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    #[serde(default)]
    filter_pattern: String,
    limit: Option<usize>,
    next_token: Option<String>,
}

fn filter(world: &mut World, asked: Filter) -> CallResult<Value> {
    let group = named(asked.log_group_name, asked.log_group_identifier)?;
    let page = world.filter_log_events(&LogSearch {
        group: group.clone(),
        streams: asked.log_stream_names,
        stream_prefix: asked.log_stream_name_prefix,
        from: time(asked.start_time),
        until: time(asked.end_time),
        pattern: asked.filter_pattern,
        paging: Paging { max_results: asked.limit, next_token: asked.next_token },
    })?;
    let event = |event: &LogEvent| {
        let mut shown = of_event(event);
        shown["logStreamName"] = json!(&*event.stream);
        shown["eventId"] = json!(event_id(&group, event));
        shown
    };
    let events = page.items.iter().map(event).collect::<Vec<_>>();
    Ok(compact(json!({
        "events": events,
        "searchedLogStreams": [],
        "nextToken": page.next_token,
    })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GetEvents {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    limit: Option<usize>,
    next_token: Option<String>,
    #[serde(default)]
    start_from_head: bool,
}

/// GetLogEvents. A token is `f/N` or `b/N`: the events from the one of number N on, or those before it.
fn events(world: &mut World, asked: &GetEvents) -> CallResult<Value> {
    let group = named(asked.log_group_name.clone(), asked.log_group_identifier.clone())?;
    let stream = &asked.log_stream_name;
    world.call(Operation::GetLogEvents, &group, stream.clone(), |world| {
        let (from, until) = world.range_of_search(time(asked.start_time), time(asked.end_time));
        let found = existing_stream(world.existing_log_group(&group)?, stream)?;
        let fits = |event: &&LogEvent| {
            *event.stream == **stream
                && from.is_none_or(|from| from <= event.at)
                && until.is_none_or(|until| event.at < until)
        };
        let all: Vec<_> = found.events.iter().filter(fits).collect();
        let shown = page_of(all.len(), asked)?;
        let events = all.get(shown.clone()).unwrap_or_default().iter().map(|it| of_event(it));
        Ok(json!({
            "events": events.collect::<Vec<_>>(),
            "nextForwardToken": format!("f/{}", shown.end),
            "nextBackwardToken": format!("b/{}", shown.start),
        }))
    })
}

fn page_of(count: usize, asked: &GetEvents) -> Result<Range<usize>, Refusal> {
    let size = asked.limit.unwrap_or(MOST_EVENTS).min(MOST_EVENTS);
    let forward = |from: usize| from.min(count)..from.saturating_add(size).min(count);
    let backward = |until: usize| until.min(count).saturating_sub(size)..until.min(count);
    let number = |text: &str| {
        let invalid =
            || Refusal::new("InvalidParameterException", "The specified nextToken is invalid.");
        text.parse().map_err(|_| invalid())
    };
    match asked.next_token.as_deref().map(|token| token.split_once('/').unwrap_or((token, ""))) {
        None if asked.start_from_head => Ok(forward(0)),
        None => Ok(backward(count)),
        Some(("b", until)) => Ok(backward(number(until)?)),
        Some((_, from)) => Ok(forward(number(from)?)),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Groups {
    log_group_name_prefix: Option<String>,
    limit: Option<usize>,
    next_token: Option<String>,
}

fn groups(world: &mut World, asked: Groups) -> CallResult<Value> {
    let paging = Paging { max_results: asked.limit, next_token: asked.next_token };
    let prefix = asked.log_group_name_prefix.unwrap_or_default();
    let page = world.describe_log_groups(&prefix, &paging)?;
    let groups = page.items.iter().map(|(name, group)| {
        let arn = world.arn("logs", &format!("log-group:{name}"));
        compact(json!({
            "logGroupName": name,
            "creationTime": group.created.as_millisecond(),
            "retentionInDays": group.retention,
            "metricFilterCount": 0,
            "arn": format!("{arn}:*"),
            "storedBytes": group.events.iter().map(|it| it.message.len()).sum::<usize>(),
            "logGroupClass": "STANDARD",
            "logGroupArn": arn,
        }))
    });
    let groups = groups.collect::<Vec<_>>();
    Ok(compact(json!({ "logGroups": groups, "nextToken": page.next_token })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Streams {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    #[serde(default)]
    log_stream_name_prefix: String,
    #[serde(default)]
    order_by: String,
    #[serde(default)]
    descending: bool,
    limit: Option<usize>,
    next_token: Option<String>,
}

fn streams(world: &mut World, asked: &Streams) -> CallResult<Value> {
    let name = named(asked.log_group_name.clone(), asked.log_group_identifier.clone())?;
    let arn = world.arn("logs", &format!("log-group:{name}:log-stream"));
    world.call(Operation::DescribeLogStreams, &name, String::new(), |world| {
        let group = world.existing_log_group(&name)?;
        let mut all: Vec<_> = group
            .streams
            .iter()
            .filter(|(stream, _)| stream.starts_with(&asked.log_stream_name_prefix))
            .map(|(stream, created)| {
                let mut events = group.events.iter().filter(|it| it.stream == *stream);
                let first = events.next().map(|it| it.at);
                (stream, *created, first, events.next_back().map(|it| it.at).or(first))
            })
            .collect();
        if asked.order_by == "LastEventTime" {
            all.sort_by_key(|(.., last)| *last);
        }
        if asked.descending {
            all.reverse();
        }
        let paging = Paging { max_results: asked.limit, next_token: asked.next_token.clone() };
        let page = paging.cut(all.into_iter(), world.settings.page_size)?;
        let streams = page.items.iter().map(|(stream, created, first, last)| {
            compact(json!({
                "logStreamName": &***stream,
                "creationTime": created.as_millisecond(),
                "firstEventTimestamp": first.map(Timestamp::as_millisecond),
                "lastEventTimestamp": last.map(Timestamp::as_millisecond),
                "lastIngestionTime": last.map(Timestamp::as_millisecond),
                "uploadSequenceToken": uuid(&["token", stream]).replace('-', ""),
                "arn": format!("{arn}:{stream}"),
                "storedBytes": 0,
            }))
        });
        let streams = streams.collect::<Vec<_>>();
        Ok(compact(json!({ "logStreams": streams, "nextToken": page.next_token })))
    })
}

fn existing_stream<'a>(group: &'a LogGroup, stream: &str) -> Result<&'a LogGroup, Refusal> {
    let missing =
        || Refusal::new("ResourceNotFoundException", "The specified log stream does not exist.");
    if group.streams.contains_key(stream) { Ok(group) } else { Err(missing()) }
}

/// The log group's name, from its name or its ARN.
fn named(name: Option<String>, identifier: Option<String>) -> CallResult<String> {
    let of_arn = |it: String| {
        let name =
            it.split(":log-group:").last().map(|name| name.trim_end_matches(":*").to_owned());
        name.unwrap_or(it)
    };
    name.or(identifier.map(of_arn)).ok_or_else(|| {
        let message = "Either logGroupName or logGroupIdentifier must be given";
        Refusal::new("InvalidParameterException", message).into()
    })
}

fn of_event(event: &LogEvent) -> Value {
    json!({
        "timestamp": event.at.as_millisecond(),
        "message": event.message,
        "ingestionTime": event.at.as_millisecond(),
    })
}

/// A stand-in for the number that identifies an event.
fn event_id(group: &str, event: &LogEvent) -> String {
    let id = uuid(&[group, &event.stream, &event.at.to_string(), &event.message]);
    u128::from_str_radix(&id.replace('-', ""), 16).map_or(id, |number| format!("{number:056}"))
}

fn time(milliseconds: Option<i64>) -> Option<Timestamp> {
    milliseconds.and_then(|it| Timestamp::from_millisecond(it).ok())
}
