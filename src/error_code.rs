//! What the error codes that AWS answers with mean to the scaler.

use crate::port::FailureKind;

/// What an error code and its message mean to the scaler. SageMaker models hardly any error: a
/// `ValidationException` is told apart by its message.
pub fn kind_of(code: &str, message: &str, server_error: bool) -> FailureKind {
    match code {
        "ValidationException" if message.contains("Cannot update in-progress endpoint") => {
            FailureKind::Busy
        }
        "ValidationException"
            if message.starts_with("Could not find endpoint configuration \"") =>
        {
            FailureKind::EndpointConfigMissing
        }
        "ValidationException" if message.starts_with("Could not find endpoint \"") => {
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
