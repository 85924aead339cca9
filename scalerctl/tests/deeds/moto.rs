//! The commands against a server that somebody else wrote: `moto_server`, of PyPI's moto 5.2.
//!
//! It leaves `AsyncInferenceConfig` out of DescribeEndpoint, so that to the scaler none of its
//! endpoints is async: they are left alone, with that reason. What can be shown in full are `pause` and
//! `resume`, and that a name it does not have is missing.
//!
//! The server is `MOTO_SERVER`, or `moto_server` on `PATH`. Where there is none, the test says so and
//! passes.

use std::process::Output;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use aws_sdk_sagemaker::{
    config::{Credentials, SharedCredentialsProvider},
    types::{ContainerDefinition, ProductionVariant, ProductionVariantInstanceType},
};
use reactive_scaler::{
    aws::SdkAws,
    port::{Scaling, Suspended},
};
use tokio::process::Command;

use super::{
    moto_server::MotoServer,
    stage::{ENDPOINT, Run, VARIANT, id},
};

fn config(url: &str) -> SdkConfig {
    let key = Credentials::new("key", "secret", None, None, "tests");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(key))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// A registered endpoint with one instance, made as a person would.
async fn create_endpoint(config: &SdkConfig) {
    let sagemaker = aws_sdk_sagemaker::Client::new(config);
    let image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/my-model:1";
    sagemaker
        .create_model()
        .model_name(ENDPOINT)
        .execution_role_arn("arn:aws:iam::123456789012:role/my-model")
        .primary_container(ContainerDefinition::builder().image(image).build())
        .send()
        .await
        .unwrap();
    let variant = ProductionVariant::builder()
        .variant_name(VARIANT)
        .model_name(ENDPOINT)
        .instance_type(ProductionVariantInstanceType::MlG4DnXlarge)
        .initial_instance_count(1)
        .initial_variant_weight(1.0)
        .build();
    let made = sagemaker.create_endpoint_config().endpoint_config_name(ENDPOINT);
    made.production_variants(variant).send().await.unwrap();
    let endpoint = sagemaker.create_endpoint().endpoint_name(ENDPOINT);
    endpoint.endpoint_config_name(ENDPOINT).send().await.unwrap();
    aws_sdk_applicationautoscaling::Client::new(config)
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .scalable_dimension(ScalableDimension::SageMakerVariantDesiredInstanceCount)
        .resource_id(id().resource_id())
        .min_capacity(0)
        .max_capacity(4)
        .send()
        .await
        .unwrap();
}

async fn scalerctl(url: &str, arguments: &[&str]) -> Run {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .env_clear()
        .envs([
            ("AWS_ENDPOINT_URL", url),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ])
        .args(arguments)
        .output()
        .await
        .unwrap();
    output.into()
}

#[tokio::test]
async fn what_moto_implements() {
    let Some(server) = MotoServer::start() else { return };
    let url = server.url();
    let config = config(&url);
    create_endpoint(&config).await;
    let aws = SdkAws::new(&config);

    scalerctl(&url, &["pause", ENDPOINT, "in"]).await.assert(0, &["scaling in suspended"]);
    let suspended = aws.target(&id()).await.unwrap().unwrap().suspended;
    assert_eq!(suspended, Suspended { scaling_in: true, ..Suspended::default() });
    scalerctl(&url, &["resume", ENDPOINT]).await.assert(0, &["scaling in active"]);
    let suspended = aws.target(&id()).await.unwrap().unwrap().suspended;
    assert_eq!(suspended, Suspended::default());

    for command in ["wake", "sleep"] {
        scalerctl(&url, &[command, ENDPOINT]).await.assert(1, &["refused, not_async"]);
        scalerctl(&url, &[command, "nobody"])
            .await
            .assert(2, &["no such endpoint in eu-central-1"]);
    }
    assert!(aws.actions(&id()).await.unwrap().is_empty());
}
