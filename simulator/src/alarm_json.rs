//! Alarms in the JSON of the AWS CLI: the input of `aws cloudwatch put-metric-alarm --cli-input-json` and the output
//! of `describe-alarms`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    AlarmAction, AlarmSpec, Comparison, JsonError, TreatMissing,
    aws_json::{
        AnyStatistic, DimensionJson, Problem, Spelt, at, elements_of, fields, metric, one, parse,
    },
    metrics_json,
};

/// Reads one alarm or several. Alarm states are ignored.
///
/// # Errors
///
/// [`JsonError`] names the field.
pub fn alarms_from_json(text: &str) -> Result<Vec<AlarmSpec>, JsonError> {
    let elements = elements_of(parse(text)?, "MetricAlarms")?;
    elements.into_iter().map(|(path, element)| alarm_from_json(element, &path)).collect()
}

/// Reads one alarm, which stands at this path.
///
/// # Errors
///
/// [`JsonError`] names the field.
pub fn alarm_from_json(element: Value, path: &str) -> Result<AlarmSpec, JsonError> {
    one(element, path, |mut element| {
        let watched = metrics_json::take(&mut element, path)?;
        let spec = alarm(fields(element, path)?);
        let spec = spec.map_err(|(field, problem)| JsonError::at(path, field, problem))?;
        Ok(match watched {
            None => spec,
            Some(watched) => AlarmSpec {
                metric: watched.metric,
                endpoint: watched.endpoint,
                statistic: watched.statistic,
                unit: watched.unit,
                ..spec
            },
        })
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AlarmJson {
    alarm_name: String,
    alarm_description: Option<String>,
    metric_name: String,
    namespace: String,
    #[serde(default)]
    dimensions: Vec<DimensionJson>,
    unit: Option<String>,
    #[serde(alias = "ExtendedStatistic")]
    statistic: Spelt<AnyStatistic>,
    period: u64,
    evaluation_periods: u32,
    datapoints_to_alarm: Option<u32>,
    threshold: f64,
    comparison_operator: Spelt<Comparison>,
    treat_missing_data: Option<Spelt<TreatMissing>>,
    actions_enabled: Option<bool>,
    #[serde(default)]
    alarm_actions: Vec<String>,
    #[serde(default, rename = "OKActions")]
    ok_actions: Vec<String>,
    #[serde(default)]
    insufficient_data_actions: Vec<String>,
}

fn alarm(json: AlarmJson) -> Result<AlarmSpec, Problem> {
    let actions = |arns: Vec<String>| arns.iter().map(|arn| AlarmAction::from_arn(arn)).collect();
    let (metric, endpoint) = metric(&json.namespace, &json.metric_name, &json.dimensions);
    let spec = AlarmSpec {
        name: json.alarm_name,
        description: json.alarm_description,
        metric,
        endpoint,
        unit: json.unit,
        statistic: json.statistic.0.0,
        period: Duration::from_secs(json.period),
        evaluation_periods: json.evaluation_periods,
        datapoints_to_alarm: json.datapoints_to_alarm,
        threshold: json.threshold,
        comparison: json.comparison_operator.0,
        treat_missing: json.treat_missing_data.map_or(TreatMissing::Missing, |spelt| spelt.0),
        actions_enabled: json.actions_enabled.unwrap_or(true),
        alarm_actions: actions(json.alarm_actions),
        ok_actions: actions(json.ok_actions),
        insufficient_data_actions: actions(json.insufficient_data_actions),
    };
    // The refusal itself names the field.
    spec.check().map_err(|refusal| at("", refusal))?;
    Ok(spec)
}
