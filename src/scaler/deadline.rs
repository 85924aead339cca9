//! How long an invocation waits for an answer from AWS.
//!
//! Each wait has its own maximum, and takes at most half of the time until the deadline. A call without an answer
//! leaves time for the next steps, even if the timeout of the Lambda function is short.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, timeout};

use crate::port::{AwsFailure, AwsResult, FailureKind, NoAnswer};

/// The time limit of an invocation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    /// When the invocation must have ended.
    pub(super) deadline: Instant,
}

/// The maximum duration of one wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait(Duration);

impl Waits {
    /// At most `bound`, and at most half of the remaining time.
    pub(super) fn at_most(self, bound: Duration) -> Wait {
        let left = self.deadline.saturating_duration_since(Instant::now());
        Wait(bound.min(left / 2))
    }
}

impl Wait {
    pub(super) fn span(self) -> Duration {
        self.0
    }

    /// The answer to a call, or a failure if there was none in time. The call can have taken effect even then.
    pub(super) async fn answer<T>(
        self,
        operation: &'static str,
        resource: &str,
        call: impl Future<Output = AwsResult<T>>,
    ) -> AwsResult<T> {
        timeout(self.0, call).await.unwrap_or_else(|_| Err(self.no_answer(operation, resource)))
    }

    /// The failure that there was no answer in time.
    pub(super) fn no_answer(self, operation: &'static str, resource: &str) -> AwsFailure {
        AwsFailure {
            operation,
            resource: resource.to_owned(),
            kind: FailureKind::NoAnswer,
            no_answer: Some(NoAnswer::TooLate),
            answer: format!("no answer within {:.1} s", self.0.as_secs_f64()),
        }
    }
}
