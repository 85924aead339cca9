//! Amazon CloudWatch: what a metric came to over the last day.

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy, StatusCode},
};
use jiff::{SignedDuration, Timestamp};

use super::call_error::{CallError, CallResult};

const ACTION: &str = "cloudwatch:GetMetricData";

/// The time range.
pub const LAST_DAY: SignedDuration = SignedDuration::from_hours(24);

/// The client.
#[derive(Debug)]
pub struct Figures(Client);

/// One metric of one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure<'a> {
    /// `Namespace`.
    pub namespace: &'a str,
    /// `MetricName`.
    pub name: &'a str,
    /// `Dimensions`.
    pub dimensions: &'a [(&'a str, &'a str)],
}

impl Figures {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// GetMetricData: the sum over the last day; 0 without a datapoint.
    pub async fn total(&self, figure: Figure<'_>, now: Timestamp) -> CallResult<f64> {
        Ok(self.hourly(figure, "Sum", now).await?.iter().sum())
    }

    /// GetMetricData: the latest hour's maximum; 0 without a datapoint.
    pub async fn latest(&self, figure: Figure<'_>, now: Timestamp) -> CallResult<f64> {
        Ok(self.hourly(figure, "Maximum", now).await?.first().copied().unwrap_or_default())
    }

    /// The newest first.
    async fn hourly(&self, figure: Figure<'_>, stat: &str, now: Timestamp) -> CallResult<Vec<f64>> {
        let dimensions = figure
            .dimensions
            .iter()
            .map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
        let metric = Metric::builder()
            .namespace(figure.namespace)
            .metric_name(figure.name)
            .set_dimensions(Some(dimensions.collect()))
            .build();
        let stat = MetricStat::builder().metric(metric).period(3600).stat(stat).build();
        let query = MetricDataQuery::builder().id("it").metric_stat(stat).build();
        let mut pages = self
            .0
            .get_metric_data()
            .metric_data_queries(query)
            .scan_by(ScanBy::TimestampDescending)
            .start_time(DateTime::from_secs((now - LAST_DAY).as_second()))
            .end_time(DateTime::from_secs(now.as_second()))
            .into_paginator()
            .send();
        let mut values = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| CallError::of(ACTION, "*", &error))?;
            for result in page.metric_data_results() {
                match result.status_code() {
                    None | Some(StatusCode::Complete | StatusCode::PartialData) => {}
                    // An incomplete result must not be shown as complete.
                    Some(code) => {
                        let answer = format!("AWS answered StatusCode {}", code.as_str());
                        return Err(CallError::answered(ACTION, "*", answer));
                    }
                }
                values.extend(result.values());
            }
        }
        Ok(values)
    }
}
