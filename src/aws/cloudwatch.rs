//! CloudWatch: `ApproximateBacklogSize` by GetMetricData.

use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode,
};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::{SdkAws, failure::failure, pages::Pages};
use crate::port::{AwsFailure, AwsResult, Datapoint, FailureKind, Metrics};

const OPERATION: &str = "GetMetricData";

/// The async endpoint's metrics are published each minute.
const PERIOD_SECONDS: i32 = 60;

impl Metrics for SdkAws {
    async fn backlog(
        &self,
        endpoint: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> AwsResult<Vec<Datapoint>> {
        let mut datapoints = Vec::new();
        let mut pages = Pages::default();
        loop {
            let answer = self
                .cloudwatch()
                .get_metric_data()
                .metric_data_queries(query(endpoint))
                .start_time(DateTime::from_secs(from.as_second()))
                .end_time(DateTime::from_secs(until.as_second()))
                .set_next_token(pages.token())
                .send()
                .await
                .map_err(|error| failure(OPERATION, endpoint, error))?;
            datapoints.extend(answer.metric_data_results().iter().flat_map(points));
            let more = pages.go_on(answer.next_token(), OPERATION, endpoint)?;
            if let Some(failure) = incomplete(answer.metric_data_results(), !more) {
                return Err(AwsFailure { resource: endpoint.to_owned(), ..failure });
            }
            if !more {
                // CloudWatch rounds the start down to the period.
                datapoints.retain(|point: &Datapoint| from <= point.at && point.at < until);
                return Ok(datapoints);
            }
        }
    }
}

fn query(endpoint: &str) -> MetricDataQuery {
    let dimension = Dimension::builder().name("EndpointName").value(endpoint).build();
    let metric = Metric::builder()
        .namespace("AWS/SageMaker")
        .metric_name("ApproximateBacklogSize")
        .dimensions(dimension)
        .build();
    // The period's maximum: an item that came and went within it is work all the same.
    let stat = MetricStat::builder().metric(metric).period(PERIOD_SECONDS).stat("Maximum").build();
    MetricDataQuery::builder().id("backlog").metric_stat(stat).return_data(true).build()
}

/// Why the datapoints must not be judged by: some are missing, and AWS says so (API:
/// `MetricDataResult`, `StatusCode`). `PartialData` is made good by the pages that follow.
fn incomplete(results: &[MetricDataResult], is_last_page: bool) -> Option<AwsFailure> {
    results.iter().find_map(|result| {
        let kind = match result.status_code()? {
            StatusCode::Complete => return None,
            StatusCode::PartialData if !is_last_page => return None,
            StatusCode::Forbidden => FailureKind::AccessDenied,
            _ => FailureKind::NoAnswer,
        };
        Some(AwsFailure {
            operation: OPERATION,
            resource: String::new(),
            kind,
            answer: format!("AWS answered StatusCode {}", result.status_code()?.as_str()),
        })
    })
}

fn points(result: &MetricDataResult) -> impl Iterator<Item = Datapoint> {
    result.timestamps().iter().zip(result.values()).filter_map(|(at, value)| {
        Some(Datapoint { at: Timestamp::from_second(at.secs()).ok()?, value: *value })
    })
}
