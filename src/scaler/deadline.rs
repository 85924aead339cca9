//! How long an invocation waits for an answer of AWS.
//!
//! Each wait has a bound of its own, and takes at most half of what is left until the deadline: a step that
//! is not answered leaves time for those that follow it, however short Lambda's timeout is.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, timeout};

use crate::port::{AwsFailure, AwsResult, FailureKind};

/// An invocation's time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    /// When it must be over.
    pub(super) deadline: Instant,
}

/// How long one wait may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait(Duration);

impl Waits {
    /// So long, or half of what is left.
    pub(super) fn at_most(self, bound: Duration) -> Wait {
        let left = self.deadline.saturating_duration_since(Instant::now());
        Wait(bound.min(left / 2))
    }
}

impl Wait {
    pub(super) fn span(self) -> Duration {
        self.0
    }

    /// The answer of a call, or the failure that there was none in time. As with any call that is not
    /// answered, the effect may have happened.
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
            answer: format!("no answer within {:.1} s", self.0.as_secs_f64()),
        }
    }
}
