//! Amazon CloudWatch: alarms.

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    types::{AlarmType, Dimension, MetricAlarm},
};
use jiff::Timestamp;

use super::{
    call_error::{CallError, CallResult},
    metrics::{BACKLOG_METRICS, SAGEMAKER},
    scaling_model,
    watched_metric::WatchedMetric,
};

/// The maximum number of alarm names in a request.
const AT_A_TIME: usize = 100;

/// The client.
#[derive(Debug)]
pub struct Alarms(pub(super) Client);

/// A metric alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// `AlarmName`.
    pub name: String,
    /// The alarm in the form that the simulator evaluates. `None`: the simulator cannot evaluate it.
    pub model: Option<simulator::AlarmSpec>,
    /// Its metric; `None` for metric math.
    pub metric: Option<WatchedMetric>,
    /// `ActionsEnabled`.
    pub actions_enabled: bool,
    /// The actions of all its states, by ARN.
    pub actions: Vec<String>,
    /// `StateValue`.
    pub state: String,
    /// `StateUpdatedTimestamp`.
    pub since: Option<Timestamp>,
    /// `Period`, in seconds.
    pub period: i32,
    /// `EvaluationPeriods`.
    pub evaluation_periods: i32,
    /// `Threshold`.
    pub threshold: f64,
    /// `ComparisonOperator`.
    pub comparison: String,
    /// `TreatMissingData`; `missing` where it is not set.
    pub treat_missing: String,
}

impl Alarm {
    /// Whether values below the threshold breach.
    pub fn is_below(&self) -> bool {
        self.comparison.starts_with("LessThan")
    }

    /// Its evaluation window, in seconds.
    pub fn window(&self) -> i32 {
        self.period.saturating_mul(self.evaluation_periods)
    }
}

impl Alarms {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// DescribeAlarms for these names. Alarms that do not exist are left out.
    pub async fn named(&self, names: &[String]) -> CallResult<Vec<Alarm>> {
        let mut alarms = Vec::new();
        for names in names.chunks(AT_A_TIME) {
            let mut pages = self
                .0
                .describe_alarms()
                .alarm_types(AlarmType::MetricAlarm)
                .set_alarm_names(Some(names.to_vec()))
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page =
                    page.map_err(|error| CallError::of("cloudwatch:DescribeAlarms", "*", &error))?;
                alarms.extend(page.metric_alarms().iter().map(alarm_of));
            }
        }
        Ok(alarms)
    }

    /// DescribeAlarmsForMetric for each metric of the endpoint's backlog.
    pub async fn on_backlog(&self, endpoint: &str) -> CallResult<Vec<Alarm>> {
        let mut alarms = Vec::new();
        for metric in BACKLOG_METRICS {
            let dimension = Dimension::builder().name("EndpointName").value(endpoint).build();
            let answer = self
                .0
                .describe_alarms_for_metric()
                .namespace(SAGEMAKER)
                .metric_name(metric)
                .dimensions(dimension)
                .send()
                .await
                .map_err(|error| {
                    CallError::of("cloudwatch:DescribeAlarmsForMetric", metric, &error)
                })?;
            alarms.extend(answer.metric_alarms().iter().map(alarm_of));
        }
        Ok(alarms)
    }
}

fn alarm_of(alarm: &MetricAlarm) -> Alarm {
    let dimensions = alarm.dimensions().iter().map(|dimension| {
        let said = |text: Option<&str>| text.unwrap_or_default().to_owned();
        (said(dimension.name()), said(dimension.value()))
    });
    let metric = alarm.metric_name().map(|name| WatchedMetric {
        namespace: alarm.namespace().unwrap_or_default().to_owned(),
        name: name.to_owned(),
        dimensions: dimensions.collect(),
        statistic: alarm.statistic().map_or("", |it| it.as_str()).to_owned(),
    });
    let of_state = [alarm.alarm_actions(), alarm.ok_actions(), alarm.insufficient_data_actions()];
    Alarm {
        name: alarm.alarm_name().unwrap_or_default().to_owned(),
        model: scaling_model::alarm(alarm),
        metric,
        actions_enabled: alarm.actions_enabled().unwrap_or(true),
        actions: of_state.concat(),
        state: alarm.state_value().map_or("unknown", |it| it.as_str()).to_owned(),
        since: alarm
            .state_updated_timestamp()
            .and_then(|at| Timestamp::from_second(at.secs()).ok()),
        period: alarm.period().unwrap_or(60),
        evaluation_periods: alarm.evaluation_periods().unwrap_or(1),
        threshold: alarm.threshold().unwrap_or_default(),
        comparison: alarm.comparison_operator().map_or("", |it| it.as_str()).to_owned(),
        treat_missing: alarm.treat_missing_data().unwrap_or("missing").to_owned(),
    }
}
