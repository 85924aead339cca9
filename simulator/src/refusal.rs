//! How a call fails, in the wording of AWS.

use std::fmt;

/// An error answer of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error code, for example `ValidationException`.
    pub code: String,
    /// The message.
    pub message: String,
}

impl Refusal {
    /// An error answer.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    /// A `ValidationException`.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// An `ObjectNotFoundException`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new("ObjectNotFoundException", message)
    }

    /// Whether AWS sends it with an HTTP 5xx status.
    pub fn is_server_error(&self) -> bool {
        self.code.starts_with("Internal") || self.code == "ServiceUnavailable"
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refusal {}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// AWS answered with an error.
    Refused(Refusal),
    /// No answer arrived. The call might have taken effect.
    NoAnswer,
}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The answer of one call.
pub type CallResult<T> = Result<T, CallError>;
