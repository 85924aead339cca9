//! What AWS answered where it refused, or that it did not answer.

use std::{error::Error, fmt};

use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};

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

    /// Whether AWS answered with this code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the caller lacks the permission.
    pub fn is_access_denied(&self) -> bool {
        ["AccessDenied", "AccessDeniedException"].iter().any(|code| self.is(code))
    }

    /// What a person can do about it.
    pub fn advice(&self) -> String {
        if self.is_access_denied() {
            return format!("allow your own credentials {} on {}", self.action, self.on);
        }
        if !self.answered {
            return "check the region, the connection, and the credentials or --profile; for a \
                    profile of single sign-on, export its credentials first: eval \"$(aws \
                    configure export-credentials --format env)\""
                .to_owned();
        }
        match self.code.as_deref() {
            Some(
                "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "InvalidSignatureException"
                | "SignatureDoesNotMatch"
                | "ExpiredTokenException"
                | "ExpiredToken"
                | "InvalidAccessKeyId",
            ) => "set credentials that are valid now, or name others with --profile".to_owned(),
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
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {} failed: {}", self.action, self.on, self.answer)
    }
}
