//! A call that failed: the error that AWS returned, or no answer.

use std::{error::Error, fmt};

use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use reactive_scaler::{
    aws::{ACTIONS, LEDGER_ACTIONS, kind_of_error, no_answer},
    port::{AwsFailure, FailureKind, NoAnswer},
};

use scalerctl_console::{advice::Advice, suggested::Suggested};

use super::{denial::Denial, no_answer::advice, origin::Origin, wrong_clock};

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
    no_answer: Option<NoAnswer>,
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
        let no_answer = no_answer(error).filter(|_| kind != FailureKind::NoCredentials);
        match error {
            _ if let Some(why) = no_answer => {
                let answer = format!("no answer from AWS: {why}");
                Self { action, on, kind, code: None, no_answer, answered: false, answer }
            }
            SdkError::ServiceError(service) => {
                let code = service.err().code().map(str::to_owned);
                let message = service.err().message().unwrap_or("no message");
                // S3 answers some errors without a body.
                let status = service.raw().status().as_u16().to_string();
                let shown = code.as_deref().unwrap_or(&status);
                let answer = format!("AWS answered {shown}: {message}");
                Self { action, on, kind, code, no_answer, answered: true, answer }
            }
            other => {
                let causes = std::iter::successors(other.source(), |&cause| cause.source());
                let causes: Vec<String> = causes.map(ToString::to_string).collect();
                let answer = innermost(kind, &causes.join(": "));
                Self { action, on, kind, code: None, no_answer, answered: false, answer }
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
            no_answer: None,
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
    pub fn advice(&self) -> Advice {
        match self.kind {
            _ if self.no_answer.is_some() => self.about_connection(),
            _ if let Some(advice) = wrong_clock::advice(&self.answer) => advice,
            kind if kind.is_forbidden() => match Denial::of(&self.answer) {
                Some(denial) => denial.advice(self.action, &self.on),
                None if kind == FailureKind::AccessDenied => {
                    format!("allow your own credentials {} on {}", self.action, self.on).into()
                }
                None => kind.advice_to_person().into(),
            },
            // AWS answered with a 5xx status, so the connection works.
            FailureKind::NoAnswer if self.answered => FailureKind::Other.advice_to_person().into(),
            FailureKind::NoAnswer => self.about_connection(),
            FailureKind::Other
                if self.action.starts_with("lambda:") && self.is("ResourceNotFoundException") =>
            {
                "correct --function, or set its region with --region".into()
            }
            FailureKind::CredentialsExpired => Origin::expired(),
            FailureKind::CredentialsInvalid => Origin::invalid(&self.answer),
            kind @ FailureKind::NoCredentials => {
                let what_to_do = format!("{} with", kind.advice_to_person());
                Advice::with(what_to_do, Suggested::aws_settings(None, "sso login"))
            }
            FailureKind::TableMissing => {
                "create the table, or correct SCALER_LEDGER of the function; for the table's \
                                          keys, see Results in docs/reference.md"
                    .into()
            }
            kind => kind.advice_to_person().into(),
        }
    }

    fn about_connection(&self) -> Advice {
        let service = self.action.split_once(':').map_or(self.action, |(service, _)| service);
        advice(self.no_answer, service)
    }

    /// The message with the advice.
    pub fn with_advice(&self) -> String {
        format!("{self} (what to do: {})", self.advice())
    }
}

/// A call without an answer, with its innermost cause. `causes`: outermost first, joined with `: `. The outer causes
/// name parts of the SDK.
fn innermost(kind: FailureKind, causes: &str) -> String {
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
            action: ACTIONS
                .iter()
                .chain(LEDGER_ACTIONS)
                .copied()
                .find(allows)
                .unwrap_or(failure.operation),
            kind: failure.kind,
            code: None,
            no_answer: failure.no_answer,
            answered: failure.answer.starts_with("AWS answered "),
            on: failure.resource,
            answer: match failure.kind {
                FailureKind::NoCredentials | FailureKind::NoAnswer
                    if failure.no_answer.is_none()
                        && failure.answer.starts_with("no answer from AWS: ") =>
                {
                    innermost(failure.kind, &failure.answer)
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
