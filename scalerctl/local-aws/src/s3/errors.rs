//! Refusals of the model as errors of S3.

use s3s::{S3Error, S3ErrorCode, s3_error};
use simulator::{CallError, Refusal};

/// The error of S3.
pub(super) fn error(error: CallError) -> S3Error {
    match error {
        CallError::Refused(refusal) => {
            let code = match refusal.code.as_str() {
                // The name of this error code in S3.
                "AccessDeniedException" => "AccessDenied",
                code => code,
            };
            let code = S3ErrorCode::from_bytes(code.as_bytes());
            S3Error::with_message(code.unwrap_or(S3ErrorCode::InternalError), refusal.message)
        }
        // Nobody plans this fault in a world that serves S3.
        CallError::NoAnswer => s3_error!(InternalError, "There was no answer."),
    }
}

/// The refusal with the code and the message of an error.
pub(super) fn refusal(error: &S3Error) -> Refusal {
    Refusal::new(error.code().as_str(), error.message().unwrap_or_default())
}
