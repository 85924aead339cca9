//! Translates errors of the AWS SDK into [`AwsFailure`]s.

use std::{error::Error, iter};

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::no_answer::no_answer;
use crate::{
    aws_errors::kind_of,
    port::{AwsFailure, FailureKind},
};

/// Translates an SDK error into the operation, the resource and the answer of AWS.
pub(super) fn failure<E>(
    operation: &'static str,
    resource: impl Into<String>,
    error: SdkError<E, HttpResponse>,
) -> AwsFailure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let kind = kind_of_error(&error);
    // Without credentials, no call was made.
    let no_answer = (kind != FailureKind::NoCredentials).then(|| no_answer(&error)).flatten();
    let answer = match &error {
        SdkError::ServiceError(service) => {
            let message = service.err().message().unwrap_or("no message");
            match service.err().code() {
                Some(code) => format!("AWS answered {code}: {message}"),
                None => match no_answer {
                    Some(why) => format!("no answer from AWS: {why}"),
                    None => format!("AWS answered an error without a code: {message}"),
                },
            }
        }
        other => match no_answer {
            Some(why) => format!("no answer from AWS: {why}"),
            None => with_causes(format!("no answer from AWS: {other}"), other),
        },
    };
    AwsFailure { operation, resource: resource.into(), kind, no_answer, answer }
}

/// The kind of failure that an SDK error is.
pub fn kind_of_error<E>(error: &SdkError<E, HttpResponse>) -> FailureKind
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or_default();
            let message = service.err().message().unwrap_or_default();
            kind_of(code, message, service.raw().status().is_server_error())
        }
        other if causes(other).any(|cause| cause.is::<CredentialsError>()) => {
            FailureKind::NoCredentials
        }
        _ => FailureKind::NoAnswer,
    }
}

/// Appends the causes of an error.
fn with_causes(mut answer: String, error: &(dyn Error + 'static)) -> String {
    for cause in causes(error) {
        answer.push_str(&format!(": {cause}"));
    }
    answer
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(error.source(), |&cause| cause.source())
}
