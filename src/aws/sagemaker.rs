//! SageMaker: DescribeEndpoint, DescribeEndpointConfig and UpdateEndpointWeightsAndCapacities.

use aws_sdk_sagemaker::types::{
    DesiredWeightAndCapacity, ManagedInstanceScalingStatus, ProductionVariantSummary,
};

use jiff::Timestamp;

use super::{clients::SdkAws, failure::failure};
use crate::port::{
    AwsResult, Endpoint, EndpointStatus, Endpoints, FailureKind, Variant, VariantId,
};

impl Endpoints for SdkAws {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        const OPERATION: &str = "DescribeEndpoint";
        let answer = match self.sagemaker().describe_endpoint().endpoint_name(name).send().await {
            Ok(answer) => answer,
            Err(error) => {
                let failure = failure(OPERATION, name, error);
                return match failure.kind {
                    FailureKind::EndpointMissing => Ok(None),
                    _ => Err(failure),
                };
            }
        };
        let status = answer.endpoint_status().map(|status| status.as_str());
        Ok(Some(Endpoint {
            status: EndpointStatus::from_api(status.unwrap_or_default()),
            asynchronous: answer.async_inference_config().is_some(),
            variants: answer.production_variants().iter().map(variant).collect(),
            failure_reason: answer.failure_reason().map(str::to_owned),
            created_at: answer
                .creation_time()
                .and_then(|at| Timestamp::from_second(at.secs()).ok()),
            config: answer.endpoint_config_name().map(str::to_owned),
        }))
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        let request = self.sagemaker().describe_endpoint_config();
        match request.endpoint_config_name(endpoint_config).send().await {
            Ok(answer) => {
                let models = answer.production_variants().iter().filter_map(|it| it.model_name());
                Ok(Some(models.map(str::to_owned).collect()))
            }
            Err(error) => {
                let failure = failure("DescribeEndpointConfig", endpoint_config, error);
                match failure.kind {
                    FailureKind::EndpointConfigMissing => Ok(None),
                    _ => Err(failure),
                }
            }
        }
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        let capacity = DesiredWeightAndCapacity::builder()
            .variant_name(&id.variant)
            .desired_instance_count(desired)
            .build();
        self.sagemaker()
            .update_endpoint_weights_and_capacities()
            .endpoint_name(&id.endpoint)
            .desired_weights_and_capacities(capacity)
            .send()
            .await
            .map_err(|error| {
                failure("UpdateEndpointWeightsAndCapacities", id.resource_id(), error)
            })?;
        Ok(())
    }
}

fn variant(summary: &ProductionVariantSummary) -> Variant {
    Variant {
        name: summary.variant_name().unwrap_or_default().to_owned(),
        current: summary.current_instance_count(),
        desired: summary.desired_instance_count(),
        serverless: summary.current_serverless_config().is_some(),
        managed: summary.managed_instance_scaling().is_some_and(|managed| {
            managed.status() != Some(&ManagedInstanceScalingStatus::Disabled)
        }),
    }
}
