//! What an SDK error means to the scaler.

use std::error::Error;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::{
    error_code::kind_of,
    port::{AwsFailure, FailureKind},
};

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
