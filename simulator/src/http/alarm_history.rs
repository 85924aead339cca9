//! CloudWatch's DescribeAlarmHistory.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    CallResult, HistoryEvent, HistoryFilter, HistoryItem, Paging, World,
    http::{
        alarms::settings_json,
        json::{compact, epoch, request, seconds},
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    alarm_name: Option<String>,
    alarm_types: Option<Vec<String>>,
    history_item_type: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    start_date: Option<Timestamp>,
    #[serde(default, deserialize_with = "seconds")]
    end_date: Option<Timestamp>,
    max_records: Option<usize>,
    next_token: Option<String>,
    scan_by: Option<String>,
}

pub(super) fn describe(world: &mut World, body: Value) -> CallResult<Value> {
    let request: Request = request(body)?;
    let range = request.start_date.zip(request.end_date);
    let range = range.map(|(from, until)| world.range_of_client(from, until)).unzip();
    let filter = HistoryFilter {
        alarm: request.alarm_name,
        kind: request.history_item_type,
        from: range.0.or(request.start_date),
        until: range.1.or(request.end_date),
        oldest_first: request.scan_by.as_deref() == Some("TimestampAscending"),
    };
    let paging = Paging { max_results: request.max_records, next_token: request.next_token };
    let page = world.describe_alarm_history(&filter, &paging)?;
    // The model has metric alarms only.
    let wanted = request.alarm_types.is_none_or(|types| types.iter().any(|it| it == "MetricAlarm"));
    let items = page.items.iter().filter(|_| wanted).map(|item| item_json(world, item));
    let items = items.collect::<Vec<_>>();
    Ok(compact(json!({ "AlarmHistoryItems": items, "NextToken": page.next_token })))
}

fn item_json(world: &World, item: &HistoryItem) -> Value {
    let configured = |how: &str, member: &str, summary: &str, spec: &_| {
        let data = json!({ "version": "1.0", "type": how, member: settings_json(world, spec) });
        (format!("Alarm \"{}\" {summary}", item.alarm), data)
    };
    let (summary, data) = match &item.event {
        HistoryEvent::Created(spec) => configured("Create", "createdAlarm", "created", spec),
        HistoryEvent::Updated(spec) => configured("Update", "updatedAlarm", "updated", spec),
        HistoryEvent::Deleted(spec) => configured("Delete", "deletedAlarm", "deleted", spec),
        HistoryEvent::State(change) => {
            let (from, to) = (change.from.as_str(), change.to.as_str());
            let reason_data = change.reason_data.as_deref();
            let reason_data = reason_data.and_then(|it| serde_json::from_str::<Value>(it).ok());
            let state = json!({
                "stateValue": to, "stateReason": change.reason, "stateReasonData": reason_data,
            });
            let data = json!({
                "version": "1.0",
                "oldState": { "stateValue": from },
                "newState": compact(state),
            });
            (format!("Alarm updated from {from} to {to}"), data)
        }
        HistoryEvent::Action(arn) => {
            let data = json!({ "actionState": "Succeeded", "notificationResource": arn });
            (format!("Successfully executed action {arn}"), data)
        }
    };
    json!({
        "AlarmName": item.alarm,
        "AlarmType": "MetricAlarm",
        "Timestamp": epoch(item.at),
        "HistoryItemType": item.event.kind(),
        "HistorySummary": summary,
        "HistoryData": data.to_string(),
    })
}
