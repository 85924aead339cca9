//! A call that failed: the error that AWS returned, or no answer.

use std::{error::Error, fmt};

use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use reactive_scaler::{
    aws::{ACTIONS, kind_of_error},
    port::{AwsFailure, FailureKind},
};

/// The result of a call.
pub type CallResult<T> = Result<T, CallError>;

/// A call that failed: the action, the resource, and the answer.
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
    /// The error of a call that this IAM action allows.
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
                let causes = std::iter::successors(other.source(), |&cause| cause.source());
                let causes: Vec<String> = causes.map(ToString::to_string).collect();
                let answer = no_answer(kind, &causes.join(": "));
                Self { action, on, kind, code: None, answered: false, answer }
            }
        }
    }

    /// For an answer that is not an SDK error but does not contain the result.
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

    /// Whether AWS returned this error code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// The kind of error.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// What the user can do about it.
    pub fn advice(&self) -> String {
        match self.kind {
            FailureKind::AccessDenied => {
                format!("allow your own credentials {} on {}", self.action, self.on)
            }
            // AWS answered with a 5xx status, so the connection works.
            FailureKind::NoAnswer if self.answered => {
                FailureKind::Other.advice_to_person().to_owned()
            }
            FailureKind::Other
                if self.action.starts_with("lambda:") && self.is("ResourceNotFoundException") =>
            {
                "correct --function, or set its region with --region".to_owned()
            }
            kind => kind.advice_to_person().to_owned(),
        }
    }

    /// The message with the advice.
    pub fn with_advice(&self) -> String {
        format!("{self} (what to do: {})", self.advice())
    }
}

/// A call without an answer, with its innermost cause. `causes`: outermost first, joined with `: `. The outer causes
/// name parts of the SDK.
fn no_answer(kind: FailureKind, causes: &str) -> String {
    let innermost = causes.lines().next().and_then(|line| line.rsplit(": ").next());
    let innermost = innermost.unwrap_or("unknown cause");
    match kind {
        FailureKind::NoCredentials if causes.contains("no credentials found in chain") => {
            "no AWS credentials were found".to_owned()
        }
        FailureKind::NoCredentials => format!("no AWS credentials: {innermost}"),
        _ => format!("no answer from AWS: {innermost}"),
    }
}

/// The function's own adapter returns failures as text for its log.
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
            answer: match failure.kind {
                FailureKind::NoCredentials | FailureKind::NoAnswer
                    if failure.answer.starts_with("no answer from AWS: ") =>
                {
                    no_answer(failure.kind, &failure.answer)
                }
                _ => failure.answer,
            },
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {} failed: {}", self.action, self.on, self.answer)
    }
}
