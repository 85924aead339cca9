//! What AWS answered where it refused, or that it did not answer.

use std::{error::Error, fmt};

use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use reactive_scaler::{
    aws::{ACTIONS, kind_of_error},
    port::{AwsFailure, FailureKind},
};

/// What a read gave.
pub type CallResult<T> = Result<T, CallError>;

/// A call that did not succeed: what was attempted, on what, and what AWS answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// The IAM action that allows the call.
    action: &'static str,
    on: String,
    kind: FailureKind,
    code: Option<String>,
    answered: bool,
    answer: String,
}

impl CallError {
    /// Of the call that this IAM action allows.
    pub fn of<E>(action: &'static str, on: &str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let on = on.to_owned();
        let kind = kind_of_error(error);
        match error {
            SdkError::ServiceError(service) => {
                let code = service.err().code().map(str::to_owned);
                let message = service.err().message().unwrap_or("no message");
                // S3 answers some errors without a body.
                let status = service.raw().status().as_u16().to_string();
                let shown = code.as_deref().unwrap_or(&status);
                let answer = format!("AWS answered {shown}: {message}");
                Self { action, on, kind, code, answered: true, answer }
            }
            other => {
                let mut answer = format!("no answer from AWS: {other}");
                let mut cause = other.source();
                while let Some(error) = cause {
                    answer.push_str(&format!(": {error}"));
                    cause = error.source();
                }
                Self { action, on, kind, code: None, answered: false, answer }
            }
        }
    }

    /// Of an answer that is no error to the SDK, and yet not what was asked for.
    pub fn answered(action: &'static str, on: &str, answer: String) -> Self {
        Self {
            action,
            on: on.to_owned(),
            kind: FailureKind::Other,
            code: None,
            answered: true,
            answer,
        }
    }

    /// Whether AWS answered with this code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// What it means.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// What a person can do about it.
    pub fn advice(&self) -> String {
        match self.kind {
            FailureKind::AccessDenied => {
                format!("allow your own credentials {} on {}", self.action, self.on)
            }
            // A 5xx is an answer: the connection is not at fault.
            FailureKind::NoAnswer if self.answered => {
                FailureKind::Other.advice_to_person().to_owned()
            }
            kind => kind.advice_to_person().to_owned(),
        }
    }

    /// The whole message: what was attempted, on what, what AWS answered, what to do.
    pub fn told(&self) -> String {
        format!("{self} (what to do: {})", self.advice())
    }
}

/// The function's own adapter tells of failures in words for its log.
impl From<AwsFailure> for CallError {
    fn from(failure: AwsFailure) -> Self {
        let allows = |action: &&str| {
            action.split_once(':').is_some_and(|(_, name)| name == failure.operation)
        };
        Self {
            action: ACTIONS.iter().copied().find(allows).unwrap_or(failure.operation),
            kind: failure.kind,
            code: None,
            answered: failure.answer.starts_with("AWS answered "),
            on: failure.resource,
            answer: failure.answer,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {} failed: {}", self.action, self.on, self.answer)
    }
}
