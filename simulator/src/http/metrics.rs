//! CloudWatch's operations on metrics. The model has no metric math.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    CallError, CallResult, CustomMetric, DatumValues, Metric, MetricDatum, MetricFilter,
    MetricStatistics, Operation, Paging, Refusal, SeriesQuery, Statistic, World,
    http::json::{compact, epoch, request, seconds},
};

/// Default and largest value of `MaxDatapoints` (API: `GetMetricData`).
const MOST_DATAPOINTS: usize = 100_800;

#[derive(Deserialize, Clone)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DimensionJson {
    name: String,
    value: Option<String>,
}

/// A metric, by its name and dimensions.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MetricJson {
    namespace: String,
    metric_name: String,
    dimensions: Option<Vec<DimensionJson>>,
}

impl MetricJson {
    /// The metric, and the endpoint that its dimensions name.
    pub(super) fn metric(&self) -> (Metric, String) {
        let pair = |it: &'_ DimensionJson| (it.name.clone(), it.value.clone().unwrap_or_default());
        let dimensions = self.dimensions.iter().flatten().map(pair).collect::<Vec<_>>();
        let dimensions = dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Metric::with_dimensions(&self.namespace, &self.metric_name, dimensions)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetData {
    metric_data_queries: Vec<QueryJson>,
    #[serde(deserialize_with = "seconds")]
    start_time: Option<Timestamp>,
    #[serde(deserialize_with = "seconds")]
    end_time: Option<Timestamp>,
    scan_by: Option<String>,
    max_datapoints: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueryJson {
    id: String,
    label: Option<String>,
    metric_stat: Option<StatJson>,
    return_data: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatJson {
    metric: MetricJson,
    period: u64,
    stat: String,
    unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetStatistics {
    #[serde(flatten)]
    metric: MetricJson,
    #[serde(deserialize_with = "seconds")]
    start_time: Option<Timestamp>,
    #[serde(deserialize_with = "seconds")]
    end_time: Option<Timestamp>,
    period: u64,
    #[serde(default)]
    statistics: Vec<String>,
    #[serde(default)]
    extended_statistics: Vec<String>,
    unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutData {
    namespace: String,
    #[serde(default)]
    metric_data: Vec<DatumJson>,
    #[serde(default)]
    entity_metric_data: Vec<EntityData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EntityData {
    #[serde(default)]
    metric_data: Vec<DatumJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DatumJson {
    metric_name: String,
    #[serde(default)]
    dimensions: Vec<DimensionJson>,
    #[serde(default, deserialize_with = "seconds")]
    timestamp: Option<Timestamp>,
    value: Option<f64>,
    statistic_values: Option<SetJson>,
    values: Option<Vec<f64>>,
    counts: Option<Vec<f64>>,
    unit: Option<String>,
    storage_resolution: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SetJson {
    sample_count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<DimensionJson>,
    next_token: Option<String>,
    recently_active: Option<String>,
}

pub(super) fn get_data(world: &mut World, body: Value) -> CallResult<Value> {
    let get: GetData = request(body)?;
    let read = |query: &QueryJson| query.read();
    let queries = get.metric_data_queries.iter().map(read).collect::<Result<Vec<_>, _>>();
    let range = get.start_time.zip(get.end_time).ok_or_else(|| missing("StartTime and EndTime"));
    let (queries, (from, until)) = match queries.and_then(|queries| Ok((queries, range?))) {
        Ok(read) => read,
        Err(refusal) => {
            return world.call(Operation::GetMetricData, "*", String::new(), |_| Err(refusal));
        }
    };
    let (from, until) = world.range_of_client(from, until);
    let mut series = world.read_series(&queries, from, until)?;
    for (query, points) in get.metric_data_queries.iter().zip(&mut series) {
        if query.return_data == Some(false) {
            points.clear();
        }
        if get.scan_by.as_deref() != Some("TimestampAscending") {
            points.reverse();
        }
    }
    // The limit applies to the datapoints of all queries together.
    let all = series.iter().enumerate();
    let all = all.flat_map(|(row, points)| points.iter().map(move |point| (row, *point)));
    let paging = Paging { max_results: get.max_datapoints, next_token: get.next_token };
    let page = paging.cut(all, MOST_DATAPOINTS).map_err(CallError::Refused)?;
    let last = page.items.last().map_or(0, |(row, _)| *row);
    let mut shown = vec![(Vec::new(), Vec::new()); queries.len()];
    for (row, point) in page.items {
        if let Some((times, values)) = shown.get_mut(row) {
            times.push(epoch(point.at));
            values.push(json!(point.value));
        }
    }
    let results = get.metric_data_queries.iter().zip(shown).enumerate();
    let results = results.filter(|(_, (query, _))| query.return_data != Some(false));
    let results = results.map(|(row, (query, (times, values)))| {
        let complete = page.next_token.is_none() || row < last;
        json!({
            "Id": query.id,
            "Label": query.label(),
            "Timestamps": times,
            "Values": values,
            "StatusCode": if complete { "Complete" } else { "PartialData" },
        })
    });
    Ok(compact(json!({
        "MetricDataResults": results.collect::<Vec<_>>(),
        "Messages": [],
        "NextToken": page.next_token,
    })))
}

impl QueryJson {
    fn label(&self) -> &str {
        let name = self.metric_stat.as_ref().map(|it| it.metric.metric_name.as_str());
        self.label.as_deref().or(name).unwrap_or(&self.id)
    }

    fn read(&self) -> Result<SeriesQuery, Refusal> {
        let Some(stat) = &self.metric_stat else {
            return Err(Refusal::new(
                "ValidationError",
                format!(
                    "The model does not support expressions, such as metric math and SEARCH: query {} must have a \
                     MetricStat",
                    self.id
                ),
            ));
        };
        let statistic = Statistic::from_any(&stat.stat);
        let (metric, endpoint) = stat.metric.metric();
        Ok(SeriesQuery {
            metric,
            endpoint,
            period: period(stat.period, "ValidationError")?,
            statistic: statistic
                .ok_or_else(|| missing(&format!("Stat other than {}", stat.stat)))?,
            unit: stat.unit.clone(),
        })
    }
}

pub(super) fn get_statistics(world: &mut World, body: Value) -> CallResult<Value> {
    let get: GetStatistics = request(body)?;
    let refuse = |world: &mut World, refusal: Refusal| {
        world.call(Operation::GetMetricStatistics, "*", String::new(), |_| Err(refusal))
    };
    let names = get.statistics.iter().chain(&get.extended_statistics).cloned().collect::<Vec<_>>();
    let read = |name: &String| {
        let unknown = || invalid(&format!("The model does not support the statistic {name}"));
        Statistic::from_any(name).ok_or_else(unknown)
    };
    let statistics = names.iter().map(read).collect::<Result<Vec<_>, _>>();
    let read = statistics.and_then(|statistics| {
        let Some(first) = statistics.first() else {
            return Err(Refusal::new(
                "MissingParameter",
                "The parameter Statistics or ExtendedStatistics must be specified.",
            ));
        };
        let range = get.start_time.zip(get.end_time);
        let range = range.ok_or_else(|| invalid("StartTime and EndTime must be specified."))?;
        let (metric, endpoint) = get.metric.metric();
        let (period, unit) = (period(get.period, "InvalidParameterValue")?, get.unit.clone());
        Ok((SeriesQuery { metric, endpoint, period, statistic: *first, unit }, range, statistics))
    });
    let (query, (from, until), statistics) = match read {
        Ok(read) => read,
        Err(refusal) => return refuse(world, refusal),
    };
    let (from, until) = world.range_of_client(from, until);
    let MetricStatistics { rows, unit } =
        world.get_metric_statistics(&query, &statistics, from, until)?;
    let datapoints = rows.iter().map(|(at, values)| {
        let mut point = json!({ "Timestamp": epoch(*at), "Unit": unit });
        for ((name, statistic), value) in names.iter().zip(&statistics).zip(values) {
            match statistic.is_extended() {
                true => point["ExtendedStatistics"][name] = json!(value),
                false => point[name] = json!(value),
            }
        }
        point
    });
    Ok(json!({
        "Label": query.metric.name(),
        "Datapoints": datapoints.collect::<Vec<_>>(),
    }))
}

pub(super) fn put_data(world: &mut World, body: Value) -> CallResult<Value> {
    let put: PutData = request(body)?;
    let entities = put.entity_metric_data.iter().flat_map(|entity| &entity.metric_data);
    let data = put.metric_data.iter().chain(entities);
    let data = data.map(|datum| datum.read(world, &put.namespace)).collect::<Result<Vec<_>, _>>();
    match data {
        Ok(data) => world.put_metric_data(&put.namespace, &data)?,
        Err(refusal) => {
            return world
                .call(Operation::PutMetricData, &put.namespace, String::new(), |_| Err(refusal));
        }
    }
    Ok(json!({}))
}

impl DatumJson {
    fn read(&self, world: &World, namespace: &str) -> Result<MetricDatum, Refusal> {
        let combined = || {
            Refusal::new(
                "InvalidParameterCombination",
                "Exactly one of the parameters Value, Values and StatisticValues must be specified for each \
                 MetricData member.",
            )
        };
        let values = match (self.value, &self.values, &self.statistic_values) {
            (Some(value), None, None) => DatumValues::Each(vec![(value, 1.0)]),
            (None, Some(values), None) => {
                let counts = self.counts.clone().unwrap_or_else(|| vec![1.0; values.len()]);
                if counts.len() != values.len() {
                    return Err(invalid(
                        "The parameters Values and Counts must have the same length.",
                    ));
                }
                DatumValues::Each(values.iter().copied().zip(counts).collect())
            }
            (None, None, Some(set)) => DatumValues::Set {
                count: set.sample_count,
                sum: set.sum,
                least: set.minimum,
                most: set.maximum,
            },
            _ => return Err(combined()),
        };
        let pair = |it: &DimensionJson| (it.name.clone(), it.value.clone().unwrap_or_default());
        let mut dimensions = self.dimensions.iter().map(pair).collect::<Vec<_>>();
        dimensions.sort();
        let (namespace, name) = (namespace.to_owned(), self.metric_name.clone());
        Ok(MetricDatum {
            metric: CustomMetric { namespace, name, dimensions },
            at: self.timestamp.map(|at| world.time_of_client(at)),
            unit: self.unit.clone(),
            is_high_resolution: self.storage_resolution == Some(1),
            values,
        })
    }
}

pub(super) fn list(world: &mut World, body: Value) -> CallResult<Value> {
    let list: List = request(body)?;
    let filter = MetricFilter {
        namespace: list.namespace,
        name: list.metric_name,
        dimensions: list.dimensions.into_iter().map(|it| (it.name, it.value)).collect(),
        recently_active: list.recently_active.is_some(),
    };
    let paging = Paging { max_results: None, next_token: list.next_token };
    let page = world.list_metrics(&filter, &paging)?;
    let metrics = page.items.iter().map(|metric| {
        let dimensions = metric.dimensions.iter();
        let dimensions = dimensions.map(|(name, value)| json!({ "Name": name, "Value": value }));
        json!({
            "Namespace": metric.namespace,
            "MetricName": metric.name,
            "Dimensions": dimensions.collect::<Vec<_>>(),
        })
    });
    let metrics = metrics.collect::<Vec<_>>();
    Ok(compact(json!({ "Metrics": metrics, "NextToken": page.next_token })))
}

/// 1, 5, 10, 20 or 30 seconds, or a multiple of a minute.
fn period(seconds: u64, code: &str) -> Result<Duration, Refusal> {
    let is_valid =
        matches!(seconds, 1 | 5 | 10 | 20 | 30) || (seconds > 0 && seconds.is_multiple_of(60));
    is_valid.then(|| Duration::from_secs(seconds)).ok_or_else(|| {
        let message = "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.";
        Refusal::new(code, message)
    })
}

fn invalid(message: &str) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}

fn missing(what: &str) -> Refusal {
    Refusal::new("ValidationError", format!("The request must have {what}"))
}
