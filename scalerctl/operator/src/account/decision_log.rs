//! CloudWatch Logs: the function's decisions, one JSON line for each.

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::call_error::{CallError, CallResult};

const ACTION: &str = "logs:FilterLogEvents";

/// A logged decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoggedDecision {
    /// When.
    pub at: Timestamp,
    /// The endpoint.
    #[serde(skip)]
    pub endpoint: String,
    /// The variant, if it is known.
    #[serde(skip)]
    pub variant: Option<String>,
    /// `signal`.
    pub signal: String,
    /// `action`.
    pub action: String,
    /// `reason`.
    pub reason: String,
    /// Desired capacity before.
    pub from: Option<i32>,
    /// Desired capacity after.
    pub to: Option<i32>,
    /// `awake_until`.
    pub awake_until: Option<Timestamp>,
    /// `wake_latency_ms`.
    pub wake_latency_ms: Option<i64>,
    /// The lease had ended, but the endpoint was not scaled to zero.
    pub sleep_blocked: bool,
    /// The number of errors.
    pub errors: usize,
    /// What could not be done: the texts of `errors`.
    #[serde(skip)]
    pub failures: Vec<String>,
    /// Nothing was written: `SCALER_MODE` was `observe`.
    pub observe_only: bool,
}

impl LoggedDecision {
    /// Desired instances after it. In observe mode, it changed nothing.
    pub fn desired(&self) -> Option<i32> {
        if self.observe_only { self.from } else { self.to.or(self.from) }
    }
}

/// The client.
#[derive(Debug)]
pub struct DecisionLog(Client);

impl DecisionLog {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// FilterLogEvents: the decisions in a time range, of one endpoint or of all, oldest first.
    pub async fn read(
        &self,
        group: &str,
        endpoint: Option<&str>,
        (from, until): (Timestamp, Timestamp),
    ) -> CallResult<Vec<LoggedDecision>> {
        let pattern = match endpoint {
            None => r#"{ $.message = "decision" }"#.to_owned(),
            Some(name) => format!(r#"{{ $.message = "decision" && $.endpoint = "{name}" }}"#),
        };
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let answer = self
                .0
                .filter_log_events()
                .log_group_name(group)
                .filter_pattern(&pattern)
                .start_time(from.as_millisecond())
                .end_time(until.as_millisecond())
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| CallError::of(ACTION, group, &error))?;
            let events = answer.events().iter();
            let mut decisions: Vec<LoggedDecision> =
                events.filter_map(|event| decided(event.timestamp()?, event.message()?)).collect();
            // Simulated AWS servers may ignore the filter pattern.
            decisions.retain(|it| endpoint.is_none_or(|name| it.endpoint == name));
            found.append(&mut decisions);
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                // The events of several log streams are not in order.
                found.sort_by_key(|decided: &LoggedDecision| decided.at);
                return Ok(found);
            }
        }
    }
}

/// A line without metrics (`_aws`) only reports what would be done, so it is not a decision.
fn decided(milliseconds: i64, line: &str) -> Option<LoggedDecision> {
    let line: Value = serde_json::from_str(line).ok()?;
    line.get("_aws")?;
    let text = |name: &str| line[name].as_str().map(str::to_owned);
    let count = |name: &str| line[name].as_i64().and_then(|count| i32::try_from(count).ok());
    let failures = line["errors"].as_array().into_iter().flatten();
    let failures = failures.map(|it| it.as_str().unwrap_or_default().to_owned());
    let failures: Vec<String> = failures.collect();
    Some(LoggedDecision {
        at: Timestamp::from_millisecond(milliseconds).ok()?,
        endpoint: text("endpoint")?,
        variant: text("variant"),
        signal: text("signal")?,
        action: text("action")?,
        reason: text("reason")?,
        from: count("from"),
        to: count("to"),
        awake_until: text("awake_until").and_then(|at| at.parse().ok()),
        wake_latency_ms: line["wake_latency_ms"].as_i64(),
        sleep_blocked: line.get("SleepBlocked").is_some(),
        errors: failures.len(),
        failures,
        observe_only: line["mode"] == "observe",
    })
}
