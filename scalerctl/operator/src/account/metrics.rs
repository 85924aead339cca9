//! CloudWatch: GetMetricData of metrics whose one dimension is the endpoint's name.

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

/// Queries of one call, at most (API: `GetMetricData`, `MetricDataQueries`).
const MOST_QUERIES: usize = 500;

/// The namespace of the async endpoints' own metrics.
pub const SAGEMAKER: &str = "AWS/SageMaker";

/// A metric of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// `Namespace`.
    pub namespace: &'static str,
    /// `MetricName`.
    pub name: &'static str,
    /// `Stat`: how the values of a period become one.
    pub stat: &'static str,
    /// The dimension `EndpointName`.
    pub endpoint: &'a str,
}

/// The client.
#[derive(Debug)]
pub struct Metrics(Client);

impl Metrics {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// The datapoints of each metric, stamped in `from..until`, oldest first; all pages.
    pub async fn read(
        &self,
        wanted: &[Wanted<'_>],
        period: i32,
        (from, until): (Timestamp, Timestamp),
    ) -> CallResult<Vec<Vec<Datapoint>>> {
        let mut all = Vec::new();
        for chunk in wanted.chunks(MOST_QUERIES) {
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

fn query((row, wanted): (usize, &Wanted<'_>), period: i32) -> MetricDataQuery {
    let dimension = Dimension::builder().name("EndpointName").value(wanted.endpoint).build();
    let metric = Metric::builder()
        .namespace(wanted.namespace)
        .metric_name(wanted.name)
        .dimensions(dimension)
        .build();
    let stat = MetricStat::builder().metric(metric).period(period).stat(wanted.stat).build();
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
