//! What the first wake needs, made ready before the first event is asked for: Lambda gives the start
//! of a container its full CPU, and an invocation the share that its memory buys.
//!
//! Each call here goes the SDK's whole way, from the endpoint's rules over credentials and signature to
//! the pool of connections, and is made a bare `HEAD` of the service's address right before it is
//! sent: no API call, no signature, nothing that AWS counts. What is answered does not matter; the
//! connection stays in the pool. Where it fails, the first call connects, as it would have anyway.

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

/// How long the start waits for it: far more than two handshakes within a region, and little
/// where the network is dead.
const PATIENCE: Duration = Duration::from_millis(250);

/// Stands where a name has to be. Nobody gets to see it.
const NOBODY: &str = "prewarm";

/// A prewarming under way.
#[derive(Debug)]
pub struct Prewarming(JoinHandle<()>);

impl Prewarming {
    /// Waits until everything is ready, a quarter of a second at most; what is not goes on beside the
    /// first invocation.
    pub async fn wait(self) {
        if timeout(PATIENCE, self.0).await.is_err() {
            tracing::debug!("AWS has not answered yet: the first event is asked for meanwhile");
        }
    }
}

impl SdkAws {
    /// Begins to connect, on the runtime of the caller: once to SageMaker and once to Application Auto
    /// Scaling, whose calls of a wake come one after the other. `None` where everything goes to one
    /// plain HTTP address: it has no handshake to spare.
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
    tell(call.config_override(once).interceptor(OnlyTouch).send().await.err());
}

async fn touch_scaling(client: &aws_sdk_applicationautoscaling::Client) {
    let once = aws_sdk_applicationautoscaling::config::Builder::new()
        .retry_config(RetryConfig::disabled());
    let call = client
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Sagemaker)
        .customize();
    tell(call.config_override(once).interceptor(OnlyTouch).send().await.err());
}

/// A `HEAD` has no answer that an operation could be read from: an error is what is expected.
fn tell(error: Option<impl std::error::Error>) {
    if let Some(error) = error {
        tracing::debug!("prewarmed, which ends with: {error}");
    }
}

/// Turns a signed request into a bare `HEAD` of the same address.
#[derive(Debug)]
struct OnlyTouch;

#[dyn_dispatch_hint]
impl Intercept for OnlyTouch {
    fn name(&self) -> &'static str {
        "OnlyTouch"
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
