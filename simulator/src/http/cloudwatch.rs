//! CloudWatch's GetMetricData over rpcv2Cbor. The model has no metric math.

use std::collections::BTreeMap;

use ciborium::Value;
use jiff::Timestamp;
use reactive_scaler::port::Datapoint;

use crate::{
    CallError, CallResult, CustomMetric, Metric, MetricQuery, Operation, Paging, Refusal,
    Statistic, World,
    http::{
        cbor::{self, member, text_member},
        refusals::serialization,
    },
};

/// Default and largest value of `MaxDatapoints` (API: `GetMetricData`).
const MOST_DATAPOINTS: usize = 100_800;

struct Query {
    id: String,
    label: String,
    period: i64,
    stat: Statistic,
    wanted: MetricQuery,
    /// The metric, if the model itself does not publish it.
    custom: CustomMetric,
}

struct Request {
    queries: Vec<Query>,
    from: Timestamp,
    until: Timestamp,
    ascending: bool,
    paging: Paging,
}

pub(super) fn get_metric_data(world: &mut World, body: &[u8]) -> CallResult<Vec<u8>> {
    let body = ciborium::from_reader::<Value, _>(body)
        .map_err(|error| CallError::Refused(serialization(&error)))?;
    let request = match read(&body) {
        Ok(request) => request,
        Err(refusal) => {
            return world.call(Operation::GetMetricData, "*", String::new(), |_| Err(refusal));
        }
    };
    let Request { queries, from, until, ascending, paging } = request;
    let wanted = queries.iter().map(|query| query.wanted.clone()).collect::<Vec<_>>();
    let answers = world.get_metric_data(&wanted, from, until)?;
    let mut series = Vec::new();
    for (query, published) in queries.iter().zip(answers) {
        let minutes = match query.wanted.metric {
            Some(_) => published,
            None => world.custom_datapoints(&query.custom, from, until),
        };
        let mut datapoints = aggregate(minutes, query.period, query.stat);
        if !ascending {
            datapoints.reverse();
        }
        series.push(datapoints);
    }
    // The limit applies to the datapoints of all queries together.
    let all = series.iter().enumerate();
    let all = all.flat_map(|(row, points)| points.iter().map(move |point| (row, *point)));
    let page = paging.cut(all, MOST_DATAPOINTS).map_err(CallError::Refused)?;
    let last = page.items.last().map_or(0, |(row, _)| *row);
    let mut shown = vec![Vec::new(); queries.len()];
    for (row, point) in page.items {
        if let Some(here) = shown.get_mut(row) {
            here.push(point);
        }
    }
    let results = queries.iter().zip(&shown).enumerate().map(|(row, (query, here))| {
        let complete = page.next_token.is_none() || row < last;
        cbor::map([
            ("Id", cbor::text(&query.id)),
            ("Label", cbor::text(&query.label)),
            ("Timestamps", cbor::array(here.iter().map(|point| cbor::epoch(point.at)))),
            ("Values", cbor::array(here.iter().map(|point| Value::Float(point.value)))),
            ("StatusCode", cbor::text(if complete { "Complete" } else { "PartialData" })),
        ])
    });
    let results = cbor::array(results);
    let messages = cbor::array([]);
    Ok(cbor::encode(&match &page.next_token {
        None => cbor::map([("MetricDataResults", results), ("Messages", messages)]),
        Some(token) => cbor::map([
            ("MetricDataResults", results),
            ("Messages", messages),
            ("NextToken", cbor::text(token)),
        ]),
    }))
}

fn read(body: &Value) -> Result<Request, Refusal> {
    let time = |name: &str| {
        member(body, name)
            .and_then(cbor::timestamp)
            .ok_or_else(|| missing(&format!("{name} as an epoch timestamp")))
    };
    let queries = member(body, "MetricDataQueries").and_then(Value::as_array);
    let queries = queries.ok_or_else(|| missing("MetricDataQueries"))?;
    Ok(Request {
        queries: queries.iter().map(read_query).collect::<Result<_, _>>()?,
        from: time("StartTime")?,
        until: time("EndTime")?,
        ascending: text_member(body, "ScanBy") == Some("TimestampAscending"),
        paging: Paging {
            max_results: member(body, "MaxDatapoints")
                .and_then(Value::as_integer)
                .and_then(|most| usize::try_from(most).ok()),
            next_token: text_member(body, "NextToken").map(str::to_owned),
        },
    })
}

fn read_query(query: &Value) -> Result<Query, Refusal> {
    let id = text_member(query, "Id").ok_or_else(|| missing("Id"))?;
    let stat = member(query, "MetricStat").ok_or_else(|| missing("MetricStat"))?;
    let metric = member(stat, "Metric").ok_or_else(|| missing("Metric"))?;
    let name = text_member(metric, "MetricName").ok_or_else(|| missing("MetricName"))?;
    let period = member(stat, "Period")
        .and_then(Value::as_integer)
        .and_then(|period| i64::try_from(period).ok())
        .filter(|period| *period > 0 && period % 60 == 0)
        .ok_or_else(|| missing("Period as a multiple of 60"))?;
    let dimensions = member(metric, "Dimensions").and_then(Value::as_array);
    let endpoint = match dimensions.map(Vec::as_slice) {
        Some([only]) if text_member(only, "Name") == Some("EndpointName") => {
            text_member(only, "Value")
        }
        _ => None,
    };
    let namespace = text_member(metric, "Namespace").unwrap_or_default();
    // Other namespaces and dimensions are valid. They have the datapoints that were put, or none.
    let known = Metric::named(namespace, name, endpoint.is_some()).published();
    Ok(Query {
        id: id.to_owned(),
        label: text_member(query, "Label").unwrap_or(name).to_owned(),
        period,
        stat: read_stat(text_member(stat, "Stat").ok_or_else(|| missing("Stat"))?)?,
        wanted: MetricQuery { metric: known, endpoint: endpoint.unwrap_or_default().to_owned() },
        custom: CustomMetric {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: named_dimensions(dimensions),
        },
    })
}

fn named_dimensions(dimensions: Option<&Vec<Value>>) -> Vec<(String, String)> {
    let part = |dimension, name| text_member(dimension, name).unwrap_or_default().to_owned();
    let pair = |dimension| (part(dimension, "Name"), part(dimension, "Value"));
    let mut named = dimensions.into_iter().flatten().map(pair).collect::<Vec<_>>();
    named.sort();
    named
}

fn read_stat(stat: &str) -> Result<Statistic, Refusal> {
    Statistic::from_api(stat).ok_or_else(|| missing(&format!("Stat other than {stat}")))
}

fn missing(what: &str) -> Refusal {
    Refusal::new("ValidationError", format!("The request must have {what}"))
}

/// Combines the minutes of each period, oldest first.
fn aggregate(minutes: Vec<Datapoint>, period: i64, stat: Statistic) -> Vec<Datapoint> {
    let mut periods = BTreeMap::<i64, Vec<f64>>::new();
    for minute in minutes {
        let begin = minute.at.as_second().div_euclid(period) * period;
        periods.entry(begin).or_default().push(minute.value);
    }
    let whole = |(begin, values): (i64, Vec<f64>)| {
        let value = stat.of(values)?;
        Some(Datapoint { at: Timestamp::from_second(begin).ok()?, value })
    };
    periods.into_iter().filter_map(whole).collect()
}
