//! Reads `ApproximateBacklogSize` with GetMetricData, one query for each endpoint.

use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode,
};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::{clients::SdkAws, failure::failure, pages::Pages};
use crate::port::{AwsFailure, AwsResult, Datapoint, FailureKind, Metrics, QUERIES_A_CALL};

const OPERATION: &str = "GetMetricData";

/// The async endpoint's metrics are published each minute.
const PERIOD_SECONDS: i32 = 60;

/// Prefix of each query's `Id`. The index of the endpoint follows.
const ID_PREFIX: &str = "backlog_";

/// The result of one query over all pages.
#[derive(Default)]
struct Series {
    datapoints: Vec<Datapoint>,
    /// At least one page contains a result.
    answered: bool,
    status: Option<StatusCode>,
}

impl Metrics for SdkAws {
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        let mut all = Vec::with_capacity(endpoints.len());
        for endpoints in endpoints.chunks(QUERIES_A_CALL) {
            match self.pages_of(endpoints, from, until).await {
                Ok(series) => {
                    let answers = endpoints.iter().zip(series);
                    all.extend(answers.map(|(endpoint, series)| series.read(endpoint, from, until)))
                }
                Err(failure) => all.extend(endpoints.iter().map(|endpoint| {
                    Err(AwsFailure { resource: (*endpoint).to_owned(), ..failure.clone() })
                })),
            }
        }
        all
    }
}

impl SdkAws {
    /// Reads all pages of one call. Returns one series for each endpoint, in the order of the endpoints.
    async fn pages_of(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> AwsResult<Vec<Series>> {
        let mut all: Vec<Series> = endpoints.iter().map(|_| Series::default()).collect();
        let queries: Vec<MetricDataQuery> = endpoints.iter().enumerate().map(query).collect();
        let mut pages = Pages::default();
        loop {
            let answer = self
                .cloudwatch()
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(DateTime::from_secs(from.as_second()))
                .end_time(DateTime::from_secs(until.as_second()))
                .set_next_token(pages.token())
                .send()
                .await
                .map_err(|error| failure(OPERATION, "*", error))?;
            for result in answer.metric_data_results() {
                let place = result.id().and_then(|id| id.strip_prefix(ID_PREFIX)?.parse().ok());
                if let Some(series) = place.and_then(|place: usize| all.get_mut(place)) {
                    series.take(result);
                }
            }
            if !pages.go_on(answer.next_token(), OPERATION, "*")? {
                return Ok(all);
            }
        }
    }
}

fn query((place, endpoint): (usize, &&str)) -> MetricDataQuery {
    let dimension = Dimension::builder().name("EndpointName").value(*endpoint).build();
    let metric = Metric::builder()
        .namespace("AWS/SageMaker")
        .metric_name("ApproximateBacklogSize")
        .dimensions(dimension)
        .build();
    // The maximum counts an item even if it arrived and was completed within the period.
    let stat = MetricStat::builder().metric(metric).period(PERIOD_SECONDS).stat("Maximum").build();
    let id = format!("{ID_PREFIX}{place}");
    MetricDataQuery::builder().id(id).metric_stat(stat).return_data(true).build()
}

impl Series {
    /// Adds the result of one page. `PartialData` is completed by later pages (API: `MetricDataResult`,
    /// `StatusCode`). Other failures are not.
    fn take(&mut self, result: &MetricDataResult) {
        self.answered = true;
        self.datapoints.extend(points(result));
        if matches!(self.status, None | Some(StatusCode::Complete | StatusCode::PartialData)) {
            self.status = result.status_code().cloned().or(self.status.take());
        }
    }

    /// The datapoints. An error if some are missing, because an incomplete series proves nothing.
    fn read(self, endpoint: &str, from: Timestamp, until: Timestamp) -> AwsResult<Vec<Datapoint>> {
        if !self.answered {
            return Err(AwsFailure::unanswered(OPERATION, endpoint));
        }
        match self.status {
            None | Some(StatusCode::Complete) => {
                let mut datapoints = self.datapoints;
                // CloudWatch rounds the start down to the period.
                datapoints.retain(|point| from <= point.at && point.at < until);
                Ok(datapoints)
            }
            Some(status) => Err(AwsFailure {
                operation: OPERATION,
                resource: endpoint.to_owned(),
                kind: match status {
                    StatusCode::Forbidden => FailureKind::AccessDenied,
                    _ => FailureKind::NoAnswer,
                },
                no_answer: None,
                answer: format!("AWS answered StatusCode {}", status.as_str()),
            }),
        }
    }
}

fn points(result: &MetricDataResult) -> impl Iterator<Item = Datapoint> {
    result.timestamps().iter().zip(result.values()).filter_map(|(at, value)| {
        Some(Datapoint { at: Timestamp::from_second(at.secs()).ok()?, value: *value })
    })
}
