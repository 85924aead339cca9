//! CloudWatch: the alarms on an endpoint's backlog metrics, and their states over time.

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{AlarmHistoryItem, Dimension, HistoryItemType, ScanBy},
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    call_error::{CallError, CallResult},
    metrics::SAGEMAKER,
};

/// The metrics that a scaling alarm can watch.
const WATCHED: [&str; 4] = [
    "ApproximateBacklogSize",
    "ApproximateBacklogSizePerInstance",
    "HasBacklogWithoutCapacity",
    "ApproximateAgeOfOldestRequest",
];

/// An alarm, and the states that it was in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmStates {
    /// `AlarmName`.
    pub name: String,
    /// `StateValue` now.
    pub now: String,
    /// Its states, oldest first. The first begins at the start of the time range.
    pub states: Vec<AlarmSince>,
}

/// A state of an alarm, and its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmSince {
    /// Since when.
    pub at: Timestamp,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
}

/// The client.
#[derive(Debug)]
pub struct Alarms(Client);

impl Alarms {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// DescribeAlarmsForMetric for each metric, then DescribeAlarmHistory for each alarm.
    pub async fn of(
        &self,
        endpoint: &str,
        span: (Timestamp, Timestamp),
    ) -> CallResult<Vec<AlarmStates>> {
        let mut alarms: Vec<AlarmStates> = Vec::new();
        for metric in WATCHED {
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
            for alarm in answer.metric_alarms() {
                let Some(name) = alarm.alarm_name() else { continue };
                let now = alarm.state_value().map_or("unknown", |state| state.as_str()).to_owned();
                let states = self.history(name, &now, span).await?;
                alarms.push(AlarmStates { name: name.to_owned(), now, states });
            }
        }
        Ok(alarms)
    }

    /// The states in the time range. An alarm without a change was in its current state.
    async fn history(
        &self,
        alarm: &str,
        now: &str,
        (from, until): (Timestamp, Timestamp),
    ) -> CallResult<Vec<AlarmSince>> {
        let mut changes: Vec<(Timestamp, String, String)> = Vec::new();
        let mut token = None;
        loop {
            let answer = self
                .0
                .describe_alarm_history()
                .alarm_name(alarm)
                .history_item_type(HistoryItemType::StateUpdate)
                .start_date(DateTime::from_secs(from.as_second()))
                // Up to now, because the first change after the time range has the state in it.
                .scan_by(ScanBy::TimestampAscending)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| CallError::of("cloudwatch:DescribeAlarmHistory", alarm, &error))?;
            changes.extend(answer.alarm_history_items().iter().filter_map(change));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
        changes.sort_by_key(|(at, ..)| *at);
        let first = changes.first().map_or(now, |(_, before, _)| before).to_owned();
        let mut states = vec![AlarmSince { at: from, state: first }];
        let within = changes.into_iter().filter(|(at, ..)| *at < until);
        states.extend(within.map(|(at, _, state)| AlarmSince { at, state }));
        Ok(states)
    }
}

/// Time, old state and new state of a change. `HistoryData` is JSON with both states.
fn change(item: &AlarmHistoryItem) -> Option<(Timestamp, String, String)> {
    let data: Value = serde_json::from_str(item.history_data()?).ok()?;
    let state = |which: &str| data[which]["stateValue"].as_str().map(str::to_owned);
    let at = Timestamp::from_second(item.timestamp()?.secs()).ok()?;
    Some((at, state("oldState")?, state("newState")?))
}
