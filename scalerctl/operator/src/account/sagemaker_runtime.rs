//! Amazon SageMaker Runtime: InvokeEndpointAsync.

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_sdk_sagemakerruntime::{Client, config::Builder};

use super::{
    call_error::{CallError, CallResult},
    s3_location::S3Location,
};

const ACTION: &str = "sagemaker:InvokeEndpointAsync";

/// The client.
#[derive(Debug)]
pub struct SageMakerRuntime(Client);

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The endpoint.
    pub endpoint: &'a str,
    /// `InputLocation`.
    pub input: &'a S3Location,
    /// `ContentType`.
    pub content_type: Option<&'a str>,
    /// `InvocationTimeoutSeconds`.
    pub timeout_seconds: i32,
}

/// Where the result will be: one of the two objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultLocations {
    /// `OutputLocation`.
    pub output: S3Location,
    /// `FailureLocation`.
    pub failure: Option<S3Location>,
}

impl SageMakerRuntime {
    /// With the shared configuration, but without retries: a retry can send a second request.
    pub fn new(config: &SdkConfig) -> Self {
        let config = Builder::from(config).retry_config(RetryConfig::disabled()).build();
        Self(Client::from_conf(config))
    }

    /// InvokeEndpointAsync.
    pub async fn invoke(&self, request: Request<'_>) -> CallResult<ResultLocations> {
        let Request { endpoint, input, content_type, timeout_seconds } = request;
        let answer = self
            .0
            .invoke_endpoint_async()
            .endpoint_name(endpoint)
            .input_location(input.to_string())
            .set_content_type(content_type.map(str::to_owned))
            .invocation_timeout_seconds(timeout_seconds)
            .send()
            .await
            .map_err(|error| CallError::of(ACTION, endpoint, &error))?;
        let output = answer.output_location().and_then(|location| location.parse().ok());
        let output = output.ok_or_else(|| {
            CallError::answered(ACTION, endpoint, "AWS answered no OutputLocation".to_owned())
        })?;
        let failure = answer.failure_location().and_then(|location| location.parse().ok());
        Ok(ResultLocations { output, failure })
    }
}
