//! CloudWatch: its operations.

use serde_json::Value;

use crate::{
    CallError, CallResult, World,
    http::{alarm_history, alarms, metrics, refusals::unknown_operation},
};

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    let answer = match operation {
        "PutMetricAlarm" => alarms::put(world, body),
        "DeleteAlarms" => alarms::delete(world, body),
        "DescribeAlarms" => alarms::describe(world, body),
        "DescribeAlarmsForMetric" => alarms::describe_for_metric(world, body),
        "EnableAlarmActions" => alarms::enable_actions(world, body, true),
        "DisableAlarmActions" => alarms::enable_actions(world, body, false),
        "SetAlarmState" => alarms::set_state(world, body),
        "DescribeAlarmHistory" => alarm_history::describe(world, body),
        "TagResource" => alarms::tag(world, body),
        "UntagResource" => alarms::untag(world, body),
        "ListTagsForResource" => alarms::list_tags(world, body),
        "PutMetricData" => metrics::put_data(world, body),
        "GetMetricData" => metrics::get_data(world, body),
        "GetMetricStatistics" => metrics::get_statistics(world, body),
        "ListMetrics" => metrics::list(world, body),
        _ => Err(CallError::Refused(unknown_operation(operation))),
    };
    answer.map_err(|error| match error {
        CallError::Refused(mut refusal) => {
            // The names of these error codes in CloudWatch.
            match refusal.code.as_str() {
                "ValidationException" => refusal.code = "ValidationError".to_owned(),
                "InvalidNextTokenException" => refusal.code = "InvalidNextToken".to_owned(),
                _ => {}
            }
            CallError::Refused(refusal)
        }
        CallError::NoAnswer => CallError::NoAnswer,
    })
}
