//! Opens the connections for the first wake before the first event is requested. Lambda gives the
//! initialization phase full CPU, and an invocation only the share that its memory configuration includes.
//!
//! Each call uses the SDK's regular path: endpoint rules, credentials, signature and connection pool.
//! Directly before sending, it is changed to a `HEAD` request without a signature, so it is not an API call
//! and AWS does not count it. The answer is ignored. The connection stays in the pool. If this fails, the
//! first API call opens the connection.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept, context::BeforeTransmitInterceptorContextMut, dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{body::SdkBody, config_bag::ConfigBag};
use futures_util::join;
use tokio::{task::JoinHandle, time::timeout};

use super::clients::SdkAws;

/// Maximum time that initialization waits for it: more than two handshakes within a region take, and short if
/// the network does not answer.
const PATIENCE: Duration = Duration::from_millis(250);

/// A placeholder for a required name. It is not sent.
const NOBODY: &str = "prewarm";

/// A prewarming in progress.
#[derive(Debug)]
pub struct Prewarming(JoinHandle<()>);

impl Prewarming {
    /// Waits until the connections are open, at most 250 ms. After that, prewarming continues during the
    /// first invocation.
    pub async fn wait(self) {
        if timeout(PATIENCE, self.0).await.is_err() {
            tracing::debug!("AWS has not answered yet: the first event is asked for meanwhile");
        }
    }
}

impl SdkAws {
    /// Starts to connect on the caller's runtime, once to SageMaker and once to Application Auto Scaling. A
    /// wake calls Application Auto Scaling sequentially, so one connection is enough. `None` if all calls go
    /// to one plain HTTP address, which needs no TLS handshake.
    pub fn prewarm(&self) -> Option<Prewarming> {
        if self.config.endpoint_url().is_some_and(|url| url.starts_with("http:")) {
            return None;
        }
        let (sagemaker, scaling) = (self.sagemaker().clone(), self.scaling().clone());
        Some(Prewarming(tokio::spawn(async move {
            join!(touch_sagemaker(&sagemaker), touch_scaling(&scaling));
        })))
    }
}

async fn touch_sagemaker(client: &aws_sdk_sagemaker::Client) {
    let once = aws_sdk_sagemaker::config::Builder::new().retry_config(RetryConfig::disabled());
    let call = client.describe_endpoint().endpoint_name(NOBODY).customize();
    log(call.config_override(once).interceptor(SendAsHead).send().await.err());
}

async fn touch_scaling(client: &aws_sdk_applicationautoscaling::Client) {
    let once = aws_sdk_applicationautoscaling::config::Builder::new()
        .retry_config(RetryConfig::disabled());
    let call = client
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Sagemaker)
        .customize();
    log(call.config_override(once).interceptor(SendAsHead).send().await.err());
}

/// A `HEAD` answer has no body to parse, so an error is expected.
fn log(error: Option<impl std::error::Error>) {
    if let Some(error) = error {
        tracing::debug!("prewarming ended with: {error}");
    }
}

/// Changes a signed request to a `HEAD` request of the same address.
#[derive(Debug)]
struct SendAsHead;

#[dyn_dispatch_hint]
impl Intercept for SendAsHead {
    fn name(&self) -> &'static str {
        "SendAsHead"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        request.set_method("HEAD")?;
        *request.body_mut() = SdkBody::empty();
        let names: Vec<String> =
            request.headers().iter().map(|(name, _)| name.to_owned()).collect();
        for name in names.iter().filter(|name| *name != "user-agent") {
            request.headers_mut().remove(name);
        }
        Ok(())
    }
}
