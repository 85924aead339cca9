//! CloudWatch's DescribeAlarms over rpcv2Cbor.

use ciborium::Value;

use crate::{
    Alarm, AlarmAction, AlarmState, CallError, CallResult, Paging, World,
    http::{
        cbor::{self, member, text_member},
        refusals::serialization,
    },
};

pub(super) fn describe_alarms(world: &mut World, body: &[u8]) -> CallResult<Vec<u8>> {
    let body = ciborium::from_reader::<Value, _>(body)
        .map_err(|error| CallError::Refused(serialization(&error)))?;
    let names = member(&body, "AlarmNames").and_then(Value::as_array);
    let names = names.map(|names| {
        let names = names.iter().filter_map(Value::as_text);
        names.map(str::to_owned).collect::<Vec<_>>()
    });
    let prefix = text_member(&body, "AlarmNamePrefix").map(str::to_owned);
    let paging = Paging {
        max_results: member(&body, "MaxRecords")
            .and_then(Value::as_integer)
            .and_then(|count| usize::try_from(count).ok()),
        next_token: text_member(&body, "NextToken").map(str::to_owned),
    };
    let page = world.describe_alarms(names.as_deref(), prefix.as_deref(), &paging)?;
    let alarms = cbor::array(page.items.iter().map(|alarm| alarm_cbor(world, alarm)));
    let mut answer = vec![("MetricAlarms", alarms), ("CompositeAlarms", cbor::array([]))];
    answer.extend(page.next_token.map(|token| ("NextToken", cbor::text(&token))));
    Ok(cbor::encode(&members(answer)))
}

fn members(members: Vec<(&str, Value)>) -> Value {
    Value::Map(members.into_iter().map(|(name, value)| (cbor::text(name), value)).collect())
}

fn alarm_cbor(world: &World, alarm: &Alarm) -> Value {
    let spec = &alarm.spec;
    let number = |value: u64| Value::from(value);
    let actions = |state: AlarmState| {
        cbor::array(spec.actions(state).iter().map(|action| cbor::text(&action_arn(world, action))))
    };
    let endpoint = ("EndpointName".to_owned(), spec.endpoint.clone());
    let endpoint = (!spec.endpoint.is_empty()).then_some(endpoint);
    let dimensions = endpoint
        .iter()
        .chain(spec.metric.further())
        .map(|(name, value)| cbor::map([("Name", cbor::text(name)), ("Value", cbor::text(value))]));
    let mut fields = vec![
        ("AlarmName", cbor::text(&spec.name)),
        ("AlarmArn", cbor::text(&world.alarm_arn(&spec.name))),
        ("ActionsEnabled", Value::Bool(spec.actions_enabled)),
        ("AlarmActions", actions(AlarmState::Alarm)),
        ("OKActions", actions(AlarmState::Ok)),
        ("InsufficientDataActions", actions(AlarmState::InsufficientData)),
        ("StateValue", cbor::text(alarm.state.as_str())),
        ("StateReason", cbor::text(&alarm.reason)),
        ("Namespace", cbor::text(spec.metric.namespace())),
        ("MetricName", cbor::text(spec.metric.name())),
        ("Dimensions", cbor::array(dimensions)),
        ("Statistic", cbor::text(spec.statistic.as_str())),
        ("Period", number(spec.period.as_secs())),
        ("EvaluationPeriods", number(spec.evaluation_periods.into())),
        ("Threshold", Value::Float(spec.threshold)),
        ("ComparisonOperator", cbor::text(spec.comparison.as_str())),
        ("TreatMissingData", cbor::text(spec.treat_missing.as_str())),
    ];
    if let Some(count) = spec.datapoints_to_alarm {
        fields.push(("DatapointsToAlarm", number(count.into())));
    }
    if let Some(change) = alarm.history.last() {
        fields.push(("StateUpdatedTimestamp", cbor::epoch(change.at)));
        fields.push(("StateTransitionedTimestamp", cbor::epoch(change.at)));
    }
    members(fields)
}

fn action_arn(world: &World, action: &AlarmAction) -> String {
    match action {
        AlarmAction::Policy { id, policy } => world.policy_arn(id, policy),
        AlarmAction::Notify(arn) => arn.clone(),
    }
}
