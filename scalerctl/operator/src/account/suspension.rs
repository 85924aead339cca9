//! Application Auto Scaling: suspending and resuming a target's scaling.

use aws_config::SdkConfig;
use aws_sdk_applicationautoscaling::{
    Client,
    types::{ScalableDimension, ServiceNamespace, SuspendedState},
};
use reactive_scaler::port::VariantId;

use super::call_error::{CallError, CallResult};

/// RegisterScalableTarget with only `SuspendedState`. A direction that is `None` does not change.
///
/// # Errors
///
/// The error of AWS.
pub async fn suspend(
    config: &SdkConfig,
    id: &VariantId,
    scaling_in: Option<bool>,
    scaling_out: Option<bool>,
) -> CallResult<()> {
    let state = SuspendedState::builder()
        .set_dynamic_scaling_in_suspended(scaling_in)
        .set_dynamic_scaling_out_suspended(scaling_out)
        .build();
    Client::new(config)
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .scalable_dimension(ScalableDimension::SageMakerVariantDesiredInstanceCount)
        .resource_id(id.resource_id())
        .suspended_state(state)
        .send()
        .await
        .map_err(|error| {
            let action = "application-autoscaling:RegisterScalableTarget";
            CallError::of(action, &id.resource_id(), &error)
        })?;
    Ok(())
}
