//! Amazon CloudWatch: the states of alarms over time.

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{AlarmHistoryItem, HistoryItemType, ScanBy},
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    alarms::Alarms,
    call_error::{CallError, CallResult},
};

/// An alarm, and the states that it was in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmHistory {
    /// `AlarmName`.
    pub name: String,
    /// `StateValue` now.
    pub now: String,
    /// Whether values below the threshold breach: `ALARM` is then the usual state of an idle endpoint.
    pub is_below: bool,
    /// Its states, oldest first. The first begins at the start of the time range.
    pub states: Vec<AlarmState>,
}

/// A state of an alarm, and its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmState {
    /// Since when.
    pub at: Timestamp,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
}

impl Alarms {
    /// DescribeAlarmHistory for each alarm on the endpoint's backlog metrics.
    pub async fn history(
        &self,
        endpoint: &str,
        span: (Timestamp, Timestamp),
    ) -> CallResult<Vec<AlarmHistory>> {
        let mut alarms = Vec::new();
        for alarm in self.on_backlog(endpoint).await? {
            let states = self.states(&alarm.name, &alarm.state, span).await?;
            let is_below = alarm.is_below();
            alarms.push(AlarmHistory { name: alarm.name, now: alarm.state, is_below, states });
        }
        Ok(alarms)
    }

    /// The states in the time range. An alarm without a change was in its current state.
    async fn states(
        &self,
        alarm: &str,
        now: &str,
        (from, until): (Timestamp, Timestamp),
    ) -> CallResult<Vec<AlarmState>> {
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
        let mut states = vec![AlarmState { at: from, state: first }];
        let within = changes.into_iter().filter(|(at, ..)| *at < until);
        states.extend(within.map(|(at, _, state)| AlarmState { at, state }));
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
