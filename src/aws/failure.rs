//! What an SDK error means to the scaler.

use std::error::Error;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::port::{AwsFailure, FailureKind};

/// Turns an SDK error into what was attempted, on what, and what AWS answered.
pub(super) fn failure<E>(
    operation: &'static str,
    resource: impl Into<String>,
    error: SdkError<E, HttpResponse>,
) -> AwsFailure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let (kind, answer) = match &error {
        SdkError::ServiceError(service) => {
            let message = service.err().message().unwrap_or("no message");
            let server_error = service.raw().status().is_server_error();
            let kind = kind_of(service.err().code().unwrap_or_default(), message, server_error);
            let answer = match service.err().code() {
                Some(code) => format!("AWS answered {code}: {message}"),
                None => {
                    let answer = format!("AWS answered an error without a code: {message}");
                    with_causes(answer, service.err())
                }
            };
            (kind, answer)
        }
        other => {
            let answer = with_causes(format!("no answer from AWS: {other}"), other);
            (FailureKind::NoAnswer, answer)
        }
    };
    AwsFailure { operation, resource: resource.into(), kind, answer }
}

/// Appends what lies behind an error, cause by cause.
fn with_causes(mut answer: String, error: &dyn Error) -> String {
    let mut cause = error.source();
    while let Some(error) = cause {
        answer.push_str(&format!(": {error}"));
        cause = error.source();
    }
    answer
}

/// What an error code and its message mean to the scaler. SageMaker models hardly any error: a
/// `ValidationException` is told apart by its message.
pub fn kind_of(code: &str, message: &str, server_error: bool) -> FailureKind {
    match code {
        "ValidationException" if message.contains("Cannot update in-progress endpoint") => {
            FailureKind::Busy
        }
        "ValidationException" if message.contains("Could not find endpoint") => {
            FailureKind::EndpointMissing
        }
        "ObjectNotFoundException" => FailureKind::NotRegistered,
        "ConcurrentUpdateException" => FailureKind::Concurrent,
        "ResourceLimitExceeded" => FailureKind::Quota,
        "ThrottlingException"
        | "Throttling"
        | "TooManyRequestsException"
        | "RequestLimitExceeded" => FailureKind::Throttled,
        "AccessDeniedException"
        | "AccessDenied"
        | "UnrecognizedClientException"
        | "ExpiredTokenException"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch" => FailureKind::AccessDenied,
        "InternalServiceException"
        | "InternalFailure"
        | "InternalServerError"
        | "InternalServiceFault"
        | "ServiceUnavailable" => FailureKind::NoAnswer,
        // A gateway's 5xx bears codes of its own, or none.
        _ if server_error => FailureKind::NoAnswer,
        _ => FailureKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_validation_exception_is_told_apart_by_its_message() {
        let busy = "Cannot update in-progress endpoint \"arn:aws:sagemaker:x:1:endpoint/e\"";
        assert_eq!(kind_of("ValidationException", busy, false), FailureKind::Busy);
        let missing = "Could not find endpoint \"e\".";
        assert_eq!(kind_of("ValidationException", missing, false), FailureKind::EndpointMissing);
        assert_eq!(kind_of("ValidationException", "anything else", false), FailureKind::Other);
        assert_eq!(kind_of("BadGateway", "", true), FailureKind::NoAnswer);
    }
}
