//! Setup of `moto_server` with the AWS SDK.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_sagemaker::{
    config::{Credentials, SharedCredentialsProvider},
    types::{
        AsyncInferenceConfig, AsyncInferenceOutputConfig, ContainerDefinition, ProductionVariant,
        ProductionVariantInstanceType,
    },
};

/// A busy machine can take longer to connect than the SDK's default of 3.1 s.
const CONNECT: Duration = Duration::from_secs(60);

/// The configuration for clients with this endpoint URL.
pub fn config(url: &str) -> SdkConfig {
    let key = Credentials::new("key", "secret", None, None, "tests");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(key))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build())
        .build()
}

/// Creates an async endpoint with one instance of the variant `AllTraffic`.
pub async fn create_endpoint(config: &SdkConfig, name: &str) {
    let sagemaker = aws_sdk_sagemaker::Client::new(config);
    let container = ContainerDefinition::builder()
        .image("123456789012.dkr.ecr.eu-central-1.amazonaws.com/my-model:1")
        .build();
    sagemaker
        .create_model()
        .model_name(name)
        .execution_role_arn("arn:aws:iam::123456789012:role/my-model")
        .primary_container(container)
        .send()
        .await
        .unwrap();
    let variant = ProductionVariant::builder()
        .variant_name("AllTraffic")
        .model_name(name)
        .instance_type(ProductionVariantInstanceType::MlG4DnXlarge)
        .initial_instance_count(1)
        .initial_variant_weight(1.0)
        .build();
    let output = AsyncInferenceOutputConfig::builder().s3_output_path("s3://my-outputs/").build();
    sagemaker
        .create_endpoint_config()
        .endpoint_config_name(name)
        .production_variants(variant)
        .async_inference_config(AsyncInferenceConfig::builder().output_config(output).build())
        .send()
        .await
        .unwrap();
    sagemaker
        .create_endpoint()
        .endpoint_name(name)
        .endpoint_config_name(name)
        .send()
        .await
        .unwrap();
}
