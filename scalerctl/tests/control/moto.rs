//! The commands with `moto_server` from moto 5.2 (PyPI), an independent implementation of AWS.
//!
//! moto does not return `AsyncInferenceConfig` in DescribeEndpoint, so the scaler ignores its endpoints as not
//! async. The tests cover `pause` and `resume` completely, and endpoints that do not exist.
//!
//! The server is `MOTO_SERVER`, or `moto_server` on `PATH`. If moto is not installed, the test prints a message and
//! passes.

use aws_config::SdkConfig;
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use reactive_scaler::{
    aws::SdkAws,
    port::{Scaling, Suspended},
};

use super::{
    moto_clients::{config, create_endpoint},
    moto_server::MotoServer,
    program,
    setup::{ENDPOINT, Run, id},
};

async fn register_endpoint(config: &SdkConfig) {
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
    program::scalerctl(url).args(arguments).output().await.unwrap().into()
}

#[tokio::test]
async fn the_commands_work_with_moto() {
    let Some(server) = MotoServer::start() else { return };
    let url = server.url();
    let config = config(&url);
    create_endpoint(&config, ENDPOINT).await;
    register_endpoint(&config).await;
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
