//! Amazon SageMaker: endpoints, their configurations and their names.

use aws_config::SdkConfig;
use aws_sdk_sagemaker::{Client, primitives::DateTime, types::ProductionVariant};
use jiff::Timestamp;

use super::call_error::{CallError, CallResult};

/// The client.
#[derive(Debug)]
pub struct SageMaker(Client);

/// The answer of DescribeEndpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `EndpointName`.
    pub name: String,
    /// `EndpointArn`.
    pub arn: String,
    /// `EndpointConfigName`.
    pub config: String,
    /// `EndpointStatus`.
    pub status: String,
    /// `FailureReason`.
    pub failure_reason: Option<String>,
    /// `CreationTime`.
    pub created_at: Option<Timestamp>,
    /// `LastModifiedTime`.
    pub modified_at: Option<Timestamp>,
    /// Whether it has an `AsyncInferenceConfig`.
    pub asynchronous: bool,
    /// Its production variants.
    pub variants: Vec<Variant>,
}

/// The answer of DescribeEndpointConfig.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointConfig {
    /// `S3OutputPath` and `S3FailurePath`.
    pub output_paths: Vec<String>,
    /// `SuccessTopic` and `ErrorTopic`.
    pub topics: [Option<String>; 2],
    /// Name and `InstanceType` of each production variant that has one.
    pub variants: Vec<(String, String)>,
    /// `ModelName` of the first production variant.
    pub model: Option<String>,
    /// `ModelName` of each production variant.
    pub models: Vec<String>,
}

/// A production variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// `VariantName`.
    pub name: String,
    /// `DesiredInstanceCount`.
    pub desired: Option<i32>,
    /// `CurrentInstanceCount`.
    pub current: Option<i32>,
    /// Whether it is serverless.
    pub serverless: bool,
    /// Whether SageMaker scales it (`ManagedInstanceScaling`).
    pub managed: bool,
}

impl SageMaker {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// DescribeEndpoint.
    pub async fn endpoint(&self, name: &str) -> CallResult<Endpoint> {
        let answer = self
            .0
            .describe_endpoint()
            .endpoint_name(name)
            .send()
            .await
            .map_err(|error| CallError::of("sagemaker:DescribeEndpoint", name, &error))?;
        let variants = answer.production_variants().iter().map(|variant| Variant {
            name: variant.variant_name().unwrap_or_default().to_owned(),
            desired: variant.desired_instance_count(),
            current: variant.current_instance_count(),
            serverless: variant.current_serverless_config().is_some(),
            managed: variant.managed_instance_scaling().is_some_and(|scaling| {
                scaling.status().is_some_and(|status| status.as_str() == "ENABLED")
            }),
        });
        Ok(Endpoint {
            name: answer.endpoint_name().unwrap_or(name).to_owned(),
            arn: answer.endpoint_arn().unwrap_or_default().to_owned(),
            config: answer.endpoint_config_name().unwrap_or_default().to_owned(),
            status: answer
                .endpoint_status()
                .map_or("not said", |status| status.as_str())
                .to_owned(),
            failure_reason: answer.failure_reason().map(str::to_owned),
            created_at: timestamp(answer.creation_time()),
            modified_at: timestamp(answer.last_modified_time()),
            asynchronous: answer.async_inference_config().is_some(),
            variants: variants.collect(),
        })
    }

    /// DescribeEndpointConfig.
    pub async fn config(&self, config: &str) -> CallResult<EndpointConfig> {
        let answer =
            self.0.describe_endpoint_config().endpoint_config_name(config).send().await.map_err(
                |error| CallError::of("sagemaker:DescribeEndpointConfig", config, &error),
            )?;
        let output = answer.async_inference_config().and_then(|it| it.output_config());
        let paths = output.map(|it| [it.s3_output_path(), it.s3_failure_path()]);
        let notified = output.and_then(|it| it.notification_config());
        let topics = notified.map(|it| [it.success_topic(), it.error_topic()]).unwrap_or_default();
        let kind = |variant: &ProductionVariant| {
            let name = variant.variant_name().unwrap_or_default().to_owned();
            Some((name, variant.instance_type()?.as_str().to_owned()))
        };
        Ok(EndpointConfig {
            output_paths: paths.into_iter().flatten().flatten().map(str::to_owned).collect(),
            topics: topics.map(|topic| topic.filter(|it| !it.is_empty()).map(str::to_owned)),
            variants: answer.production_variants().iter().filter_map(kind).collect(),
            model: answer
                .production_variants()
                .first()
                .and_then(|variant| variant.model_name())
                .map(str::to_owned),
            models: answer
                .production_variants()
                .iter()
                .filter_map(|variant| variant.model_name().map(str::to_owned))
                .collect(),
        })
    }

    /// DescribeModel: the environment of its containers. `None`: the model does not exist. An endpoint keeps working
    /// without it.
    pub async fn environment(&self, model: &str) -> CallResult<Option<Vec<(String, String)>>> {
        let answer = match self.0.describe_model().model_name(model).send().await {
            Ok(answer) => answer,
            Err(error) => {
                let error = CallError::of("sagemaker:DescribeModel", model, &error);
                return if error.is("ValidationException") { Ok(None) } else { Err(error) };
            }
        };
        let containers = answer.primary_container().into_iter().chain(answer.containers());
        let variables = containers.filter_map(|it| it.environment()).flatten();
        Ok(Some(variables.map(|(name, value)| (name.clone(), value.clone())).collect()))
    }

    /// ListEndpoints: the name of the endpoint with this ARN. An ARN has the name in lower case.
    pub async fn name_of(&self, arn: &str) -> CallResult<Option<String>> {
        let mut pages = self.0.list_endpoints().into_paginator().items().send();
        while let Some(endpoint) = pages.next().await {
            let endpoint =
                endpoint.map_err(|error| CallError::of("sagemaker:ListEndpoints", "*", &error))?;
            if endpoint.endpoint_arn().is_some_and(|of| of.eq_ignore_ascii_case(arn)) {
                return Ok(endpoint.endpoint_name().map(str::to_owned));
            }
        }
        Ok(None)
    }

    /// ListEndpoints: the names of all, or of those that contain a text.
    pub async fn names(&self, containing: Option<&str>) -> CallResult<Vec<String>> {
        let mut pages = self
            .0
            .list_endpoints()
            .set_name_contains(containing.map(str::to_owned))
            .into_paginator()
            .items()
            .send();
        let mut names = Vec::new();
        while let Some(endpoint) = pages.next().await {
            let endpoint =
                endpoint.map_err(|error| CallError::of("sagemaker:ListEndpoints", "*", &error))?;
            names.extend(endpoint.endpoint_name().map(str::to_owned));
        }
        Ok(names)
    }
}

fn timestamp(at: Option<&DateTime>) -> Option<Timestamp> {
    let at = at?;
    Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()
}
