//! Handles one invocation: from its payload to its answer.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::{Value, value::RawValue};
use tokio::time::Instant;

use crate::{
    port::{Aws, Clock},
    report::{self, Answered, LogLine},
    scaler::{Failure, Outcome, Scaler},
    signal::{self, DecodeError, Decoded, Why},
};

/// Maximum duration of an invocation without a deadline from Lambda: less than the minute between two ticks.
const LONGEST: Duration = Duration::from_secs(50);

/// Part of Lambda's deadline that is reserved for reporting unfinished work.
const MARGIN: Duration = Duration::from_secs(1);

/// Maximum number of problems in an error message. A batch can have thousands, and an on-failure destination
/// accepts 256 KB.
const MOST_PROBLEMS: usize = 20;

/// The error of a failed invocation, in the form of Lambda: `errorType` and `errorMessage`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvocationError {
    /// `errorType`.
    pub kind: &'static str,
    /// `errorMessage`: what could not be done, and what to do about it.
    pub message: String,
}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        Self { error_type: error.kind.to_owned(), error_message: error.message }
    }
}

/// The result of an invocation: its answer and its log lines.
#[derive(Debug)]
pub struct Served {
    outcome: Arc<Outcome>,
    error: Option<InvocationError>,
    only_asked: bool,
    at: Timestamp,
}

impl Served {
    /// The invocation's answer.
    ///
    /// # Errors
    /// The payload has an unknown form, or something failed after everything else was done. For an SQS
    /// batch, the answer lists the failed messages instead.
    pub fn answer(&self) -> Result<Answered, InvocationError> {
        match &self.error {
            Some(error) => Err(error.clone()),
            None => Ok(Answered(Arc::clone(&self.outcome))),
        }
    }

    /// One structured log line for each decision.
    pub fn lines(&self) -> impl Iterator<Item = LogLine<'_>> {
        self.outcome.done.iter().map(|done| LogLine::of(done, self.only_asked, self.at))
    }
}

/// Handles one invocation of the Lambda runtime. See [`serve`] for `already_failed`.
pub async fn handle<A: Aws, C: Clock>(
    scaler: &Scaler<A, C>,
    clock: &C,
    event: LambdaEvent<Box<RawValue>>,
    already_failed: Option<Failure>,
) -> Served {
    let left = event.context.deadline().duration_since(std::time::SystemTime::now());
    // Runtimes without time-outs state no deadline or one in the past.
    let left = match left {
        Ok(left) if left > MARGIN => (left - MARGIN).min(LONGEST),
        _ => LONGEST,
    };
    let deadline = Instant::now() + left;
    // Decoded here and not by the runtime crate, which records the path to each value for its errors.
    let decoded = signal::decode_text(event.payload.get());
    served(scaler, clock, decoded, already_failed, deadline).await
}

/// Handles one payload until `deadline`. If `already_failed` is set, the invocation fails after the payload
/// was handled. `log` receives each log line.
///
/// # Errors
/// See [`Served::answer`].
pub async fn serve<A: Aws, C: Clock>(
    scaler: &Scaler<A, C>,
    clock: &C,
    payload: &Value,
    already_failed: Option<Failure>,
    deadline: Instant,
    log: impl Fn(&LogLine<'_>),
) -> Result<Value, InvocationError> {
    let decoded = signal::decode(payload);
    let served = served(scaler, clock, decoded, already_failed, deadline).await;
    served.lines().for_each(|line| log(&line));
    served.answer().map(|Answered(outcome)| report::answer(&outcome))
}

async fn served<A: Aws, C: Clock>(
    scaler: &Scaler<A, C>,
    clock: &C,
    decoded: Result<Decoded, DecodeError>,
    already_failed: Option<Failure>,
    deadline: Instant,
) -> Served {
    let decoded = match decoded {
        Ok(decoded) => decoded,
        Err(error) => {
            if let Some(failure) = already_failed {
                tracing::error!("{failure}");
            }
            let error = InvocationError { kind: "EventNotUnderstood", message: error.to_string() };
            let outcome = Arc::default();
            return Served { outcome, error: Some(error), only_asked: false, at: clock.now() };
        }
    };
    for ignored in &decoded.ignored {
        match &ignored.why {
            Why::ResultOfUnknownForm { members } => {
                tracing::warn!(members = members.join(" "), "ignored: {ignored}");
            }
            _ => tracing::debug!("ignored: {ignored}"),
        }
    }
    let only_asked = decoded.observe;
    let mut outcome = scaler.serve(decoded, deadline).await;
    outcome.failures.extend(already_failed);
    for ignored in &outcome.ignored_signals {
        tracing::info!(
            bucket = ignored.bucket(),
            endpoint = ignored.endpoint_name(),
            "passed over: {ignored}"
        );
    }
    for broken in outcome.broken.iter().take(MOST_PROBLEMS) {
        tracing::error!("a record could not be understood: {}", broken.problem);
    }
    let error = failure(&outcome).filter(|_| !retried_by_message(&outcome));
    Served { outcome: Arc::new(outcome), error, only_asked, at: clock.now() }
}

/// Whether the answer's `batchItemFailures` cover everything that failed.
fn retried_by_message(outcome: &Outcome) -> bool {
    outcome.sqs
        && outcome.failures.is_empty()
        && outcome.broken.iter().all(|broken| broken.message_id.is_some())
        && outcome
            .done
            .iter()
            .all(|done| done.failures().is_empty() || !done.subject.messages.is_empty())
}

fn failure(outcome: &Outcome) -> Option<InvocationError> {
    let problems: Vec<String> = outcome
        .failures()
        .map(ToString::to_string)
        .chain(outcome.broken.iter().map(|broken| broken.problem.clone()))
        .collect();
    let shown = problems.iter().take(MOST_PROBLEMS).cloned().collect::<Vec<_>>().join("; ");
    let message = match problems.len() {
        0 => return None,
        1 => shown,
        all if all <= MOST_PROBLEMS => format!("{all} things failed: {shown}"),
        all => format!("{all} things failed, the first {MOST_PROBLEMS} of them: {shown}"),
    };
    let kind =
        if outcome.failures().next().is_some() { "NotEverythingDone" } else { "BrokenRecords" };
    Some(InvocationError { kind, message })
}
