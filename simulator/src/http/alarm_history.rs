//! CloudWatch's DescribeAlarmHistory and DescribeAlarmsForMetric over rpcv2Cbor.

use ciborium::Value;
use jiff::Timestamp;
use serde_json::json;

use crate::{
    AlarmChange, CallError, CallResult, Metric, Paging, World,
    http::{
        cbor::{self, member, text_member},
        refusals::serialization,
    },
};

fn body(bytes: &[u8]) -> CallResult<Value> {
    ciborium::from_reader(bytes).map_err(|error| CallError::Refused(serialization(&error)))
}

pub(super) fn describe_alarm_history(world: &mut World, bytes: &[u8]) -> CallResult<Vec<u8>> {
    let body = body(bytes)?;
    let alarm = text_member(&body, "AlarmName").unwrap_or_default();
    let time = |name: &str| member(&body, name).and_then(cbor::timestamp);
    let most = member(&body, "MaxRecords").and_then(Value::as_integer);
    let paging = Paging {
        max_results: most.and_then(|most| usize::try_from(most).ok()),
        next_token: text_member(&body, "NextToken").map(str::to_owned),
    };
    let span = (
        time("StartDate").unwrap_or(Timestamp::UNIX_EPOCH),
        time("EndDate").unwrap_or_else(|| world.now()),
    );
    let page = world.describe_alarm_history(alarm, span, &paging)?;
    let items = cbor::array(page.items.iter().map(|change| item(alarm, change)));
    Ok(cbor::encode(&match &page.next_token {
        None => cbor::map([("AlarmHistoryItems", items)]),
        Some(token) => cbor::map([("AlarmHistoryItems", items), ("NextToken", cbor::text(token))]),
    }))
}

fn item(alarm: &str, change: &AlarmChange) -> Value {
    let (from, to) = (change.from.as_str(), change.to.as_str());
    let data = json!({
        "version": "1.0",
        "oldState": { "stateValue": from },
        "newState": { "stateValue": to, "stateReason": change.reason },
    });
    cbor::map([
        ("AlarmName", cbor::text(alarm)),
        ("AlarmType", cbor::text("MetricAlarm")),
        ("Timestamp", cbor::epoch(change.at)),
        ("HistoryItemType", cbor::text("StateUpdate")),
        ("HistorySummary", cbor::text(&format!("Alarm updated from {from} to {to}"))),
        ("HistoryData", cbor::text(&data.to_string())),
    ])
}

pub(super) fn describe_alarms_for_metric(world: &mut World, bytes: &[u8]) -> CallResult<Vec<u8>> {
    let body = body(bytes)?;
    let namespace = text_member(&body, "Namespace").unwrap_or_default();
    let name = text_member(&body, "MetricName").unwrap_or_default();
    let dimensions = member(&body, "Dimensions").and_then(Value::as_array);
    let endpoint = match dimensions.map(Vec::as_slice) {
        Some([only]) if text_member(only, "Name") == Some("EndpointName") => {
            text_member(only, "Value")
        }
        _ => None,
    };
    let metric = Metric::named(namespace, name, endpoint.is_some());
    let alarms = world.describe_alarms_for_metric(&metric, endpoint.unwrap_or_default())?;
    let alarms = alarms.iter().map(|alarm| {
        let spec = &alarm.spec;
        cbor::map([
            ("AlarmName", cbor::text(&spec.name)),
            ("AlarmArn", cbor::text(&world.alarm_arn(&spec.name))),
            ("Namespace", cbor::text(spec.metric.namespace())),
            ("MetricName", cbor::text(spec.metric.name())),
            ("StateValue", cbor::text(alarm.state.as_str())),
            ("StateReason", cbor::text(&alarm.reason)),
            ("ActionsEnabled", Value::Bool(spec.actions_enabled)),
        ])
    });
    Ok(cbor::encode(&cbor::map([("MetricAlarms", cbor::array(alarms))])))
}
