//! Amazon CloudWatch: the backstop, the alarm that wakes an endpoint whose requests wait without an instance.

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    types::{AlarmType, ComparisonOperator, Dimension, MetricAlarm, Statistic},
};
use scalerctl_operator::account::{CallError, call_error::CallResult};

/// The metric of the backstop.
const METRIC: &str = "HasBacklogWithoutCapacity";

/// The dimension that names the endpoint.
const ENDPOINT: &str = "EndpointName";

/// The client.
#[derive(Debug)]
pub struct Backstops(Client);

/// A backstop alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backstop {
    /// `AlarmName`.
    pub name: String,
    /// The endpoint. `None`: an alarm on a query over all endpoints.
    pub endpoint: Option<String>,
}

impl Backstop {
    /// Whether it wakes this endpoint.
    pub fn covers(&self, endpoint: &str) -> bool {
        self.endpoint.as_deref().is_none_or(|own| own == endpoint)
    }
}

/// The name of the alarm that `register` creates for an endpoint.
pub fn name_for(endpoint: &str) -> String {
    format!("reactive-scaler-backlog-{endpoint}")
}

impl Backstops {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// DescribeAlarms: the backstops with this topic as an action.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn of_topic(&self, topic: &str) -> CallResult<Vec<Backstop>> {
        let request = self.0.describe_alarms().action_prefix(topic);
        self.found(request.alarm_types(AlarmType::MetricAlarm)).await
    }

    /// DescribeAlarms: whether the alarm that `register` creates exists.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn has_own(&self, endpoint: &str) -> CallResult<bool> {
        let request = self.0.describe_alarms().alarm_names(name_for(endpoint));
        let found = self.found(request.alarm_types(AlarmType::MetricAlarm)).await?;
        Ok(!found.is_empty())
    }

    async fn found(
        &self,
        request: aws_sdk_cloudwatch::operation::describe_alarms::builders::DescribeAlarmsFluentBuilder,
    ) -> CallResult<Vec<Backstop>> {
        let mut pages = request.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| CallError::of("cloudwatch:DescribeAlarms", "*", &error))?;
            found.extend(page.metric_alarms().iter().filter_map(backstop));
        }
        Ok(found)
    }

    /// PutMetricAlarm: the backstop of the template, for one endpoint.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn put(&self, endpoint: &str, topic: &str) -> CallResult<()> {
        let name = name_for(endpoint);
        let call = self
            .0
            .put_metric_alarm()
            .alarm_name(&name)
            .alarm_description(format!(
                "Requests wait for endpoint {endpoint}, which has no instance."
            ))
            .namespace("AWS/SageMaker")
            .metric_name(METRIC)
            .dimensions(Dimension::builder().name(ENDPOINT).value(endpoint).build())
            .statistic(Statistic::Maximum)
            .period(60)
            .evaluation_periods(1)
            .datapoints_to_alarm(1)
            .threshold(1.0)
            .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
            .treat_missing_data("notBreaching")
            .alarm_actions(topic);
        let answer = call.send().await;
        answer
            .map(|_| ())
            .map_err(|error| CallError::of("cloudwatch:PutMetricAlarm", &name, &error))
    }

    /// DeleteAlarms: the alarm that `register` creates.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn delete_own(&self, endpoint: &str) -> CallResult<()> {
        let name = name_for(endpoint);
        let answer = self.0.delete_alarms().alarm_names(&name).send().await;
        answer.map(|_| ()).map_err(|error| CallError::of("cloudwatch:DeleteAlarms", &name, &error))
    }
}

/// The alarm, if it is a backstop: on the metric of one endpoint, or on the template's query over all endpoints.
fn backstop(alarm: &MetricAlarm) -> Option<Backstop> {
    let name = alarm.alarm_name()?.to_owned();
    if alarm.actions_enabled() == Some(false) {
        return None;
    }
    if alarm.metric_name() == Some(METRIC) {
        let own = alarm.dimensions().iter().find(|it| it.name() == Some(ENDPOINT))?;
        return Some(Backstop { name, endpoint: Some(own.value()?.to_owned()) });
    }
    let mut queries = alarm.metrics().iter().filter_map(|metric| metric.expression());
    let is_of_all = |query: &str| {
        query.contains(METRIC)
            && query.contains("GROUP BY EndpointName")
            && !query.contains("WHERE")
    };
    queries.any(is_of_all).then_some(Backstop { name, endpoint: None })
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::MetricDataQuery;

    use super::*;

    fn on_query(query: &str) -> Option<Backstop> {
        let query = MetricDataQuery::builder().id("waiting").expression(query).build();
        backstop(&MetricAlarm::builder().alarm_name("fleet").metrics(query).build())
    }

    /// The template's query. The simulated AWS has no alarms on queries.
    #[test]
    fn an_alarm_on_a_query_over_all_endpoints_covers_each() {
        let all =
            "SELECT MAX(HasBacklogWithoutCapacity) FROM SCHEMA(\"AWS/SageMaker\", EndpointName)";
        let found = on_query(&format!("{all} GROUP BY EndpointName ORDER BY MAX() DESC"));
        assert!(found.is_some_and(|it| it.name == "fleet" && it.covers("any")));
        for other in [
            format!("{all} WHERE EndpointName = 'a' GROUP BY EndpointName"),
            all.replace("MAX", "MIN"),
            all.replace("HasBacklogWithoutCapacity", "ApproximateBacklogSize"),
        ] {
            assert_eq!(on_query(&other), None, "{other}");
        }
    }
}
