//! `Metrics`, the metric math of an alarm or of a target tracking policy, in the JSON of the AWS CLI.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    JsonError, MathInput, Metric, Statistic,
    aws_json::{AnyStatistic, DimensionJson, Spelt, fields, metric},
    metric_math::metric_math,
};

/// What an alarm watches.
pub(crate) struct Watched {
    pub(crate) metric: Metric,
    pub(crate) endpoint: String,
    pub(crate) statistic: Statistic,
    pub(crate) unit: Option<String>,
}

/// One of `Metrics`. `Label` and `AccountId` are no part of what is watched.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueryJson {
    id: String,
    expression: Option<String>,
    metric_stat: Option<StatJson>,
    period: Option<u64>,
    return_data: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatJson {
    metric: MetricJson,
    stat: Spelt<AnyStatistic>,
    period: Option<u64>,
    unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricJson {
    metric_name: String,
    namespace: String,
    #[serde(default)]
    dimensions: Vec<DimensionJson>,
}

/// Takes `Metrics` out of an element, and gives the element the fields of an alarm or policy of one metric in its
/// place. `None`: it has none.
///
/// # Errors
///
/// [`JsonError`] if it has both, or an expression that the model does not have.
pub(crate) fn take(element: &mut Value, path: &str) -> Result<Option<Watched>, JsonError> {
    let Some(members) = element.as_object_mut() else { return Ok(None) };
    if members.get("ThresholdMetricId").is_some_and(Value::is_string) {
        let problem = "is of an anomaly detection alarm, which the simulation does not have; give an alarm with \
                       Threshold";
        return Err(JsonError::at(path, "ThresholdMetricId", problem));
    }
    let metrics = match members.remove("Metrics") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(none)) if none.is_empty() => return Ok(None),
        Some(metrics) => metrics,
    };
    if members.contains_key("MetricName") {
        return Err(JsonError::at(path, "Metrics", "is there beside MetricName; give one of them"));
    }
    let path = JsonError::at(path, "Metrics", "").field;
    let queries = fields::<Vec<QueryJson>>(metrics, &path)?;
    let (watched, period) = watched(queries).map_err(|problem| JsonError::new(&path, problem))?;
    let given = [
        ("MetricName", json!(watched.metric.name())),
        ("Namespace", json!(watched.metric.namespace())),
        ("Statistic", json!("Average")),
    ];
    members.extend(given.map(|(field, value)| (field.to_owned(), value)));
    if let Some(period) = period {
        members.insert("Period".to_owned(), json!(period));
    }
    Ok(Some(watched))
}

/// What the metric or expression that returns data watches, and its period.
fn watched(queries: Vec<QueryJson>) -> Result<(Watched, Option<u64>), String> {
    let returns = |query: &&QueryJson| query.return_data.unwrap_or(true);
    let returned: Vec<String> =
        queries.iter().filter(returns).map(|query| query.id.clone()).collect();
    let [returned] = returned.as_slice() else {
        let ids = returned.join(", ");
        return Err(format!(
            "must have ReturnData true for one of its members, and false for the others; it is true for: {ids}"
        ));
    };
    let (mut inputs, mut expressions, mut periods) = (Vec::new(), Vec::new(), BTreeSet::new());
    for query in queries {
        periods.extend(query.period);
        match (query.expression, query.metric_stat) {
            (Some(text), None) if text.trim_start().to_ascii_uppercase().starts_with("SELECT") => {
                return Err(format!(
                    "has the Metrics Insights query {}, which the simulation does not have; give the metric itself",
                    query.id
                ));
            }
            (Some(text), None) => expressions.push((query.id, text)),
            (None, Some(stat)) => {
                let (metric, endpoint) = metric(
                    &stat.metric.namespace,
                    &stat.metric.metric_name,
                    &stat.metric.dimensions,
                );
                periods.extend(stat.period);
                let (statistic, unit) = (stat.stat.0.0, stat.unit);
                inputs.push(MathInput { id: query.id, metric, endpoint, statistic, unit });
            }
            _ => {
                return Err(format!("must have either Expression or MetricStat for {}", query.id));
            }
        }
    }
    if periods.len() > 1 {
        let periods: Vec<String> = periods.iter().map(|period| format!("{period} s")).collect();
        return Err(format!(
            "has metrics with the periods {}; the simulation has expressions over one period",
            periods.join(" and ")
        ));
    }
    let period = periods.first().copied();
    if let Some(only) = inputs.iter().find(|input| input.id == *returned) {
        let MathInput { metric, endpoint, statistic, unit, .. } = only.clone();
        return Ok((Watched { metric, endpoint, statistic, unit }, period));
    }
    let math = metric_math(inputs, &expressions, returned).map_err(|problem| {
        let text = expressions.iter().find(|(id, _)| id == returned);
        let text = text.map_or_else(String::new, |(_, text)| format!(" {text:?}"));
        format!("has the expression {returned}{text}, which {problem}")
    })?;
    let watched = Watched {
        metric: Metric::Math(Box::new(math)),
        endpoint: String::new(),
        statistic: Statistic::Average,
        unit: None,
    };
    Ok((watched, period))
}
