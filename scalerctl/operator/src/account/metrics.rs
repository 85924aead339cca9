//! Amazon CloudWatch: GetMetricData.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy, StatusCode},
};
use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;

use super::call_error::{CallError, CallResult};

const ACTION: &str = "cloudwatch:GetMetricData";

/// Maximum number of queries in one call (API: `GetMetricData`, `MetricDataQueries`).
const MOST_QUERIES: usize = 500;

/// The namespace of the async endpoints' own metrics.
pub const SAGEMAKER: &str = "AWS/SageMaker";

/// The metrics of an async endpoint with the one dimension `EndpointName` (SageMaker Developer Guide,
/// "Monitor an asynchronous endpoint").
pub const BACKLOG_METRICS: [&str; 4] = [
    "ApproximateBacklogSize",
    "ApproximateBacklogSizePerInstance",
    "HasBacklogWithoutCapacity",
    "ApproximateAgeOfOldestRequest",
];

/// The time range of [`Metrics::last_day`].
pub const LAST_DAY: SignedDuration = SignedDuration::from_hours(24);

/// A metric with a statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricQuery<'a> {
    /// `Namespace`.
    pub namespace: &'a str,
    /// `MetricName`.
    pub name: &'a str,
    /// `Stat`: the statistic of each period.
    pub stat: &'a str,
    /// `Dimensions`.
    pub dimensions: Vec<(&'a str, &'a str)>,
}

impl<'a> MetricQuery<'a> {
    /// With the one dimension `EndpointName`.
    pub fn of_endpoint(
        namespace: &'a str,
        name: &'a str,
        stat: &'a str,
        endpoint: &'a str,
    ) -> Self {
        Self { namespace, name, stat, dimensions: vec![("EndpointName", endpoint)] }
    }
}

/// The client.
#[derive(Debug)]
pub struct Metrics(Client);

impl Metrics {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// The datapoints of each metric with time stamps in `from..until`, oldest first. Reads all pages.
    pub async fn read(
        &self,
        metrics: &[MetricQuery<'_>],
        period: i32,
        (from, until): (Timestamp, Timestamp),
    ) -> CallResult<Vec<Vec<Datapoint>>> {
        let mut all = Vec::new();
        for chunk in metrics.chunks(MOST_QUERIES) {
            let queries: Vec<_> = chunk.iter().enumerate().map(|it| query(it, period)).collect();
            let mut found = self.pages(queries, (from, until)).await?;
            all.extend((0..chunk.len()).map(|row| {
                let mut points = found.remove(&id(row)).unwrap_or_default();
                // CloudWatch rounds the start down to the period.
                points.retain(|point| from <= point.at && point.at < until);
                points.sort_by_key(|point| point.at);
                points
            }));
        }
        Ok(all)
    }

    /// The values of one metric in the last day, in periods of an hour, oldest first.
    pub async fn last_day(&self, metric: MetricQuery<'_>, now: Timestamp) -> CallResult<Vec<f64>> {
        let mut found = self.pages(vec![query((0, &metric), 3600)], (now - LAST_DAY, now)).await?;
        let points = found.remove(&id(0)).unwrap_or_default();
        Ok(points.iter().map(|point| point.value).collect())
    }

    async fn pages(
        &self,
        queries: Vec<MetricDataQuery>,
        (from, until): (Timestamp, Timestamp),
    ) -> CallResult<BTreeMap<String, Vec<Datapoint>>> {
        let mut found = BTreeMap::<String, Vec<Datapoint>>::new();
        let mut token = None;
        loop {
            let answer = self
                .0
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(DateTime::from_secs(from.as_second()))
                .end_time(DateTime::from_secs(until.as_second()))
                .scan_by(ScanBy::TimestampAscending)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| CallError::of(ACTION, "*", &error))?;
            token = answer.next_token().map(str::to_owned);
            for result in answer.metric_data_results() {
                let points = result.timestamps().iter().zip(result.values());
                let points = points.filter_map(|(at, value)| {
                    Some(Datapoint { at: Timestamp::from_second(at.secs()).ok()?, value: *value })
                });
                found.entry(result.id().unwrap_or_default().to_owned()).or_default().extend(points);
                match result.status_code() {
                    None | Some(StatusCode::Complete) => {}
                    Some(StatusCode::PartialData) if token.is_some() => {}
                    // An incomplete result must not be shown as complete.
                    Some(code) => {
                        let answer = format!("AWS answered StatusCode {}", code.as_str());
                        return Err(CallError::answered(ACTION, "*", answer));
                    }
                }
            }
            if token.is_none() {
                return Ok(found);
            }
        }
    }
}

fn id(row: usize) -> String {
    format!("q{row}")
}

fn query((row, query): (usize, &MetricQuery<'_>), period: i32) -> MetricDataQuery {
    let dimensions = query.dimensions.iter();
    let dimensions = dimensions.map(|(name, value)| Dimension::builder().name(*name).value(*value));
    let metric = Metric::builder()
        .namespace(query.namespace)
        .metric_name(query.name)
        .set_dimensions(Some(dimensions.map(|dimension| dimension.build()).collect()))
        .build();
    let stat = MetricStat::builder().metric(metric).period(period).stat(query.stat).build();
    MetricDataQuery::builder().id(id(row)).metric_stat(stat).return_data(true).build()
}

/// The shortest period, in seconds, that CloudWatch still has at `from` (CloudWatch User Guide,
/// "Metrics retention"): 60 s for 15 days, 5 minutes for 63 days, an hour for 455 days.
pub fn shortest_period(from: Timestamp, now: Timestamp) -> i32 {
    let age = now.duration_since(from);
    match age {
        _ if age <= SignedDuration::from_hours(15 * 24) => 60,
        _ if age <= SignedDuration::from_hours(63 * 24) => 300,
        _ => 3600,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_grows_with_the_age() {
        let now = Timestamp::UNIX_EPOCH;
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let second = SignedDuration::from_secs(1);
        for (age, period) in
            [(days(15), 60), (days(15) + second, 300), (days(63), 300), (days(63) + second, 3600)]
        {
            assert_eq!(shortest_period(now - age, now), period, "{age}");
        }
    }
}
