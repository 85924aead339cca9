//! The lower limit: the minimum that a Rust function with the same SDK does for an upload. It reads the endpoint and
//! its scalable target, requests an instance if there is none, and answers.
//!
//! It has no lease, floor, own retries, log or routes. It is for comparison in `benches/` and must not be deployed.
//! It uses the SDK as in its guide.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_sagemaker::types::DesiredWeightAndCapacity;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

const ENDPOINT: &str = "my-endpoint";
const VARIANT: &str = "AllTraffic";
const PREFIX: &str = "async/in/";

struct Clients {
    sagemaker: aws_sdk_sagemaker::Client,
    scaling: aws_sdk_applicationautoscaling::Client,
}

impl Clients {
    fn new(config: &SdkConfig) -> Self {
        Self {
            sagemaker: aws_sdk_sagemaker::Client::new(config),
            scaling: aws_sdk_applicationautoscaling::Client::new(config),
        }
    }

    /// An event without an input is answered at once, without a call.
    async fn handle(&self, event: &Value) -> Result<Value, Error> {
        let key = event.pointer("/Records/0/s3/object/key").and_then(Value::as_str);
        if !key.is_some_and(|key| key.starts_with(PREFIX)) {
            return Ok(json!({ "woken": false }));
        }
        let endpoint = self.sagemaker.describe_endpoint().endpoint_name(ENDPOINT).send();
        let target = self
            .scaling
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Sagemaker)
            .resource_ids(format!("endpoint/{ENDPOINT}/variant/{VARIANT}"))
            .send();
        let (endpoint, target) = tokio::join!(endpoint, target);
        let (endpoint, target) = (endpoint?, target?);
        let desired =
            endpoint.production_variants().first().and_then(|v| v.desired_instance_count());
        let may = target.scalable_targets().first().is_some_and(|target| target.max_capacity() > 0);
        let wakes = desired == Some(0) && may;
        if wakes {
            let capacity = DesiredWeightAndCapacity::builder()
                .variant_name(VARIANT)
                .desired_instance_count(1)
                .build();
            self.sagemaker
                .update_endpoint_weights_and_capacities()
                .endpoint_name(ENDPOINT)
                .desired_weights_and_capacities(capacity)
                .send()
                .await?;
        }
        Ok(json!({ "woken": wakes }))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
    let clients = &Clients::new(&config);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        clients.handle(&event.payload).await
    }))
    .await
}
