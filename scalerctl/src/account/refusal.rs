//! What AWS answered where it refused, or that it did not answer.

use std::{error::Error, fmt};

use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use reactive_scaler::{aws::ACTIONS, port::AwsFailure};

/// What a read gave.
pub type Asked<T> = Result<T, Refusal>;

/// A call that did not succeed: what was attempted, on what, and what AWS answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The IAM action that allows the call.
    action: &'static str,
    on: String,
    code: Option<String>,
    answered: bool,
    answer: String,
}

impl Refusal {
    /// Of the call that this IAM action allows.
    pub fn of<E>(action: &'static str, on: &str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let on = on.to_owned();
        match error {
            SdkError::ServiceError(service) => {
                let code = service.err().code().map(str::to_owned);
                let message = service.err().message().unwrap_or("no message");
                // S3 answers some errors without a body.
                let status = service.raw().status().as_u16().to_string();
                let shown = code.as_deref().unwrap_or(&status);
                let answer = format!("AWS answered {shown}: {message}");
                Self { action, on, code, answered: true, answer }
            }
            other => {
                let mut answer = format!("no answer from AWS: {other}");
                let mut cause = other.source();
                while let Some(error) = cause {
                    answer.push_str(&format!(": {error}"));
                    cause = error.source();
                }
                Self { action, on, code: None, answered: false, answer }
            }
        }
    }

    /// Of an answer that is no error to the SDK, and yet not what was asked for.
    pub fn answered(action: &'static str, on: &str, answer: String) -> Self {
        Self { action, on: on.to_owned(), code: None, answered: true, answer }
    }

    /// Whether AWS answered with this code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the caller lacks the permission.
    pub fn is_access_denied(&self) -> bool {
        ["AccessDenied", "AccessDeniedException"].iter().any(|code| self.is(code))
    }

    /// Whether there were no credentials to ask with: the SDK asks nobody then.
    fn is_without_credentials(&self) -> bool {
        !self.answered && self.answer.to_lowercase().contains("credential")
    }

    /// What a person can do about it.
    pub fn advice(&self) -> String {
        if self.is_access_denied() {
            return format!("allow your own credentials {} on {}", self.action, self.on);
        }
        if self.is_without_credentials() {
            return "set credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile \
                    by --profile); for a profile of single sign-on, log in first: aws sso login \
                    --profile NAME"
                .to_owned();
        }
        if !self.answered {
            return "check the region, the connection, and the credentials or --profile; a region \
                    that does not exist has no address to connect to"
                .to_owned();
        }
        match self.code.as_deref() {
            Some("ExpiredTokenException" | "ExpiredToken" | "RequestExpired") => {
                "your credentials have expired: renew them (aws sso login, or a new session \
                 token), or name others with --profile"
                    .to_owned()
            }
            Some(
                "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "InvalidSignatureException"
                | "SignatureDoesNotMatch"
                | "InvalidAccessKeyId",
            ) => "set credentials that are valid now, or name others with --profile; check this \
                  machine's clock"
                .to_owned(),
            Some(
                "ThrottlingException"
                | "Throttling"
                | "TooManyRequestsException"
                | "RequestLimitExceeded",
            ) => "wait a minute and run it again: this API is called too often in the account"
                .to_owned(),
            Some("ResourceLimitExceeded") => "raise the quota 'for endpoint usage' of this \
                                              instance type in Service Quotas"
                .to_owned(),
            Some(
                "PermanentRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
            ) => "deploy the stack in the bucket's region: a bucket's events stay in it".to_owned(),
            Some("NoSuchBucket") => {
                "correct the route's bucket (the stack's parameter InputBucket) or --bucket"
                    .to_owned()
            }
            _ => "see the answer, and run it again".to_owned(),
        }
    }

    /// The whole message: what was attempted, on what, what AWS answered, what to do.
    pub fn told(&self) -> String {
        format!("{self} (what to do: {})", self.advice())
    }
}

/// The function's own adapter tells of failures in words for its log.
impl From<AwsFailure> for Refusal {
    fn from(failure: AwsFailure) -> Self {
        let allows = |action: &&str| {
            action.split_once(':').is_some_and(|(_, name)| name == failure.operation)
        };
        let said = failure.answer.strip_prefix("AWS answered ");
        Self {
            action: ACTIONS.iter().copied().find(allows).unwrap_or(failure.operation),
            code: said.and_then(|said| Some(said.split_once(':')?.0.to_owned())),
            answered: said.is_some(),
            on: failure.resource,
            answer: failure.answer,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {} failed: {}", self.action, self.on, self.answer)
    }
}
