//! CloudWatch's operations on alarms.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Alarm, AlarmFilter, AlarmSpec, AlarmState, CallResult, Operation, Paging, Refusal, Statistic,
    Tags, World,
    alarm_dimensions::dimensions,
    alarms_from_json,
    http::{
        json::{compact, epoch, request},
        metrics::MetricJson,
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Names {
    alarm_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    alarm_names: Option<Vec<String>>,
    alarm_name_prefix: Option<String>,
    alarm_types: Option<Vec<String>>,
    state_value: Option<String>,
    action_prefix: Option<String>,
    max_records: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ForMetric {
    #[serde(flatten)]
    metric: MetricJson,
    statistic: Option<String>,
    extended_statistic: Option<String>,
    period: Option<u64>,
    unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SetState {
    alarm_name: String,
    state_value: String,
    state_reason: String,
    state_reason_data: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagging {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    #[serde(default)]
    tags: Vec<TagJson>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagJson {
    key: String,
    value: String,
}

impl TagJson {
    fn pair(self) -> (String, String) {
        (self.key, self.value)
    }
}

/// PutMetricAlarm. The settings have a parser of their own, which names the field of a problem.
pub(super) fn put(world: &mut World, body: Value) -> CallResult<Value> {
    let name = body["AlarmName"].as_str().unwrap_or("*").to_owned();
    match settings(body) {
        Ok((spec, tags)) => world.put_metric_alarm(spec, &tags)?,
        Err(refusal) => {
            return world.call(Operation::PutMetricAlarm, &name, String::new(), |_| Err(refusal));
        }
    }
    Ok(json!({}))
}

fn settings(mut body: Value) -> Result<(AlarmSpec, Tags), Refusal> {
    let refused = |why: String| Refusal::new("ValidationError", why);
    for member in [
        "ThresholdMetricId",
        "EvaluationCriteria",
        "EvaluationInterval",
        "EvaluationWindow",
        "WarmUpConfiguration",
        "ActionConfiguration",
    ] {
        if !body[member].is_null() {
            return Err(refused(format!("The model does not support {member} of an alarm")));
        }
    }
    let tags = serde_json::from_value::<Option<Vec<TagJson>>>(body["Tags"].take());
    let tags = tags.map_err(|error| refused(format!("Tags: {error}")))?.unwrap_or_default();
    flatten_metrics(&mut body).map_err(refused)?;
    if body["ExtendedStatistic"].as_str().is_some_and(|it| Statistic::from_any(it).is_none()) {
        return Err(refused(format!(
            "The model supports percentiles, such as p90, as ExtendedStatistic, and not {}",
            body["ExtendedStatistic"]
        )));
    }
    if let Some(members) = body.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    let actions = ["AlarmActions", "OKActions", "InsufficientDataActions"];
    let mut actions = actions.iter().flat_map(|it| body[it].as_array().into_iter().flatten());
    let is_arn = |arn: &&Value| arn.as_str().is_none_or(|arn| arn.starts_with("arn:"));
    if let Some(bad) = actions.find(|arn| !is_arn(arn)) {
        return Err(refused(format!("Invalid arn syntax: {}", bad.as_str().unwrap_or_default())));
    }
    let specs = alarms_from_json(&body.to_string());
    let specs = specs.map_err(|error| {
        let message = error.to_string();
        refused(message.strip_prefix("is not valid: ").unwrap_or(&message).to_owned())
    })?;
    let spec = specs.into_iter().next().ok_or_else(|| refused("one alarm".to_owned()))?;
    Ok((spec, tags.into_iter().map(TagJson::pair).collect()))
}

/// `Metrics` with one metric is the same alarm as one with `MetricName`. The model has no metric math.
fn flatten_metrics(body: &mut Value) -> Result<(), String> {
    let metrics = body["Metrics"].take();
    let metrics = match metrics.as_array().map(Vec::as_slice) {
        None | Some([]) => return Ok(()),
        Some(metrics) => metrics,
    };
    let [only] = metrics else {
        return Err("The model does not support metric math: give an alarm of one metric".into());
    };
    if only["MetricStat"].is_null() {
        return Err("The model does not support expressions: give an alarm of one metric".into());
    }
    let stat = &only["MetricStat"];
    let is_extended = stat["Stat"].as_str().is_some_and(|it| Statistic::from_api(it).is_none());
    let members = [
        ("MetricName", &stat["Metric"]["MetricName"]),
        ("Namespace", &stat["Metric"]["Namespace"]),
        ("Dimensions", &stat["Metric"]["Dimensions"]),
        ("Period", &stat["Period"]),
        ("Unit", &stat["Unit"]),
        (if is_extended { "ExtendedStatistic" } else { "Statistic" }, &stat["Stat"]),
    ];
    for (member, value) in members {
        body[member] = value.clone();
    }
    Ok(())
}

pub(super) fn delete(world: &mut World, body: Value) -> CallResult<Value> {
    let Names { alarm_names } = request(body)?;
    world.delete_alarms(&alarm_names)?;
    Ok(json!({}))
}

pub(super) fn enable_actions(world: &mut World, body: Value, enabled: bool) -> CallResult<Value> {
    let Names { alarm_names } = request(body)?;
    world.enable_alarm_actions(&alarm_names, enabled)?;
    Ok(json!({}))
}

pub(super) fn set_state(world: &mut World, body: Value) -> CallResult<Value> {
    let set: SetState = request(body)?;
    let Some(state) = AlarmState::from_api(&set.state_value) else {
        let refusal = Refusal::new("ValidationError", format!("StateValue {}", set.state_value));
        return world
            .call(Operation::SetAlarmState, &set.alarm_name, String::new(), |_| Err(refusal));
    };
    let data = set.state_reason_data.as_deref();
    world.set_alarm_state(&set.alarm_name, state, &set.state_reason, data)?;
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, body: Value) -> CallResult<Value> {
    let describe: Describe = request(body)?;
    // The model has metric alarms only.
    let types = describe.alarm_types;
    let wanted = types.is_none_or(|types| types.iter().any(|it| it == "MetricAlarm"));
    let filter = AlarmFilter {
        names: describe.alarm_names.filter(|names| !names.is_empty()),
        prefix: describe.alarm_name_prefix,
        state: describe.state_value.as_deref().and_then(AlarmState::from_api),
        action_prefix: describe.action_prefix,
    };
    let paging = Paging { max_results: describe.max_records, next_token: describe.next_token };
    let page = world.describe_alarms(&filter, &paging)?;
    let alarms = page.items.iter().filter(|_| wanted).map(|alarm| alarm_json(world, alarm));
    let alarms = alarms.collect::<Vec<_>>();
    Ok(compact(json!({
        "MetricAlarms": alarms,
        "CompositeAlarms": [],
        "NextToken": page.next_token,
    })))
}

pub(super) fn describe_for_metric(world: &mut World, body: Value) -> CallResult<Value> {
    let wanted: ForMetric = request(body)?;
    let (metric, endpoint) = wanted.metric.metric();
    let statistic = wanted.statistic.or(wanted.extended_statistic);
    let is_wanted = |alarm: &Alarm| {
        let spec = &alarm.spec;
        statistic.as_ref().is_none_or(|it| spec.statistic.to_string() == *it)
            && wanted.period.is_none_or(|it| spec.period.as_secs() == it)
            && wanted.unit.as_ref().is_none_or(|it| spec.unit.as_ref() == Some(it))
    };
    let alarms = world.describe_alarms_for_metric(&metric, &endpoint, is_wanted)?;
    let alarms = alarms.iter().map(|alarm| alarm_json(world, alarm)).collect::<Vec<_>>();
    Ok(json!({ "MetricAlarms": alarms }))
}

pub(super) fn tag(world: &mut World, body: Value) -> CallResult<Value> {
    let Tagging { resource_arn, tags, .. } = request(body)?;
    let tags = tags.into_iter().map(TagJson::pair).collect::<Vec<_>>();
    world.tag_alarm(&resource_arn, &tags)?;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, body: Value) -> CallResult<Value> {
    let Tagging { resource_arn, tag_keys, .. } = request(body)?;
    world.untag_alarm(&resource_arn, &tag_keys)?;
    Ok(json!({}))
}

pub(super) fn list_tags(world: &mut World, body: Value) -> CallResult<Value> {
    let Tagging { resource_arn, .. } = request(body)?;
    let tags = world.list_tags_of_alarm(&resource_arn)?;
    let tags = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
    Ok(json!({ "Tags": tags.collect::<Vec<_>>() }))
}

fn alarm_json(world: &World, alarm: &Alarm) -> Value {
    let mut answer = settings_json(world, &alarm.spec);
    let more = json!({
        "AlarmArn": world.alarm_arn(&alarm.spec.name),
        "AlarmConfigurationUpdatedTimestamp": epoch(alarm.configured_at),
        "StateValue": alarm.state.as_str(),
        "StateReason": alarm.reason,
        "StateReasonData": alarm.reason_data,
        "StateUpdatedTimestamp": epoch(alarm.state_since),
        "StateTransitionedTimestamp": epoch(alarm.state_since),
    });
    if let (Some(answer), Value::Object(more)) = (answer.as_object_mut(), compact(more)) {
        answer.extend(more);
    }
    answer
}

/// The settings of an alarm, in the members of DescribeAlarms.
pub(super) fn settings_json(world: &World, spec: &AlarmSpec) -> Value {
    let actions = |state: AlarmState| {
        spec.actions(state).iter().map(|action| world.action_arn(action)).collect::<Vec<_>>()
    };
    let dimensions = dimensions(spec).map(|(name, value)| json!({ "Name": name, "Value": value }));
    let member = match spec.statistic.is_extended() {
        true => "ExtendedStatistic",
        false => "Statistic",
    };
    compact(json!({
        "AlarmName": spec.name,
        "AlarmDescription": spec.description,
        "ActionsEnabled": spec.actions_enabled,
        "AlarmActions": actions(AlarmState::Alarm),
        "OKActions": actions(AlarmState::Ok),
        "InsufficientDataActions": actions(AlarmState::InsufficientData),
        "Namespace": spec.metric.namespace(),
        "MetricName": spec.metric.name(),
        "Dimensions": dimensions.collect::<Vec<_>>(),
        member: spec.statistic.to_string(),
        "Period": spec.period.as_secs(),
        "Unit": spec.unit,
        "EvaluationPeriods": spec.evaluation_periods,
        "DatapointsToAlarm": spec.datapoints_to_alarm,
        "Threshold": spec.threshold,
        "ComparisonOperator": spec.comparison.as_str(),
        "TreatMissingData": spec.treat_missing.as_str(),
    }))
}
