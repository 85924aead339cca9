//! The commands against a server that somebody else wrote: `moto_server`, of PyPI's moto 5.2.
//!
//! It leaves `AsyncInferenceConfig` out of DescribeEndpoint, so that to the scaler none of its
//! endpoints is async: they are left alone, with that reason. What can be shown in full are `pause` and
//! `resume`, and that a name it does not have is missing.
//!
//! The server is `MOTO_SERVER`, or `moto_server` on `PATH`. Where there is none, the test says so and
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
async fn what_moto_implements() {
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
