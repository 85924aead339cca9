//! Application Auto Scaling: the registration of a variant, the function's policy, and its scheduled actions.

use aws_config::SdkConfig;
use aws_sdk_applicationautoscaling::{
    Client,
    types::{
        CustomizedMetricSpecification, MetricDimension, MetricStatistic, PolicyType,
        ScalableDimension, ServiceNamespace, TargetTrackingScalingPolicyConfiguration,
    },
};
use reactive_scaler::port::VariantId;
use scalerctl_operator::account::{CallError, call_error::CallResult};

/// The name of the policy, as in the template.
pub const POLICY: &str = "reactive-scaler-backlog-per-instance";

/// Both cooldowns of the policy, as in the template.
const COOLDOWN: i32 = 300;

const NAMESPACE: ServiceNamespace = ServiceNamespace::Sagemaker;
const DIMENSION: ScalableDimension = ScalableDimension::SageMakerVariantDesiredInstanceCount;

/// The client.
#[derive(Debug)]
pub struct Targets(Client);

impl Targets {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// RegisterScalableTarget: registers the variant, or changes the bounds that are given.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn register(
        &self,
        id: &VariantId,
        min: Option<i32>,
        max: Option<i32>,
    ) -> CallResult<()> {
        let action = "application-autoscaling:RegisterScalableTarget";
        let call = self
            .0
            .register_scalable_target()
            .service_namespace(NAMESPACE)
            .scalable_dimension(DIMENSION)
            .resource_id(id.resource_id())
            .set_min_capacity(min)
            .set_max_capacity(max);
        call.send().await.map(|_| ()).map_err(|error| failed(action, id, &error))
    }

    /// DeregisterScalableTarget: AWS deletes the policies and the scheduled actions with it.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn deregister(&self, id: &VariantId) -> CallResult<()> {
        let action = "application-autoscaling:DeregisterScalableTarget";
        let call = self
            .0
            .deregister_scalable_target()
            .service_namespace(NAMESPACE)
            .scalable_dimension(DIMENSION)
            .resource_id(id.resource_id());
        call.send().await.map(|_| ()).map_err(|error| failed(action, id, &error))
    }

    /// PutScalingPolicy: the policy of the template, with this number of requests per instance.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn put_policy(&self, id: &VariantId, per_instance: u32) -> CallResult<()> {
        let action = "application-autoscaling:PutScalingPolicy";
        let incomplete = |error: aws_sdk_applicationautoscaling::error::BuildError| {
            CallError::answered(action, &id.resource_id(), error.to_string())
        };
        let endpoint = MetricDimension::builder().name("EndpointName").value(&id.endpoint);
        let metric = CustomizedMetricSpecification::builder()
            .namespace("AWS/SageMaker")
            .metric_name("ApproximateBacklogSizePerInstance")
            .statistic(MetricStatistic::Average)
            .dimensions(endpoint.build().map_err(incomplete)?)
            .build();
        let configuration = TargetTrackingScalingPolicyConfiguration::builder()
            .target_value(f64::from(per_instance))
            .customized_metric_specification(metric)
            .scale_out_cooldown(COOLDOWN)
            .scale_in_cooldown(COOLDOWN)
            .build()
            .map_err(incomplete)?;
        let call = self
            .0
            .put_scaling_policy()
            .policy_name(POLICY)
            .policy_type(PolicyType::TargetTrackingScaling)
            .service_namespace(NAMESPACE)
            .scalable_dimension(DIMENSION)
            .resource_id(id.resource_id())
            .target_tracking_scaling_policy_configuration(configuration);
        call.send().await.map(|_| ()).map_err(|error| failed(action, id, &error))
    }

    /// DeleteScheduledAction. An action that does not exist is no error.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn delete_action(&self, id: &VariantId, name: &str) -> CallResult<()> {
        let action = "application-autoscaling:DeleteScheduledAction";
        let call = self
            .0
            .delete_scheduled_action()
            .service_namespace(NAMESPACE)
            .scalable_dimension(DIMENSION)
            .resource_id(id.resource_id())
            .scheduled_action_name(name);
        match call.send().await.map_err(|error| failed(action, id, &error)) {
            Err(error) if error.is("ObjectNotFoundException") => Ok(()),
            answer => answer.map(|_| ()),
        }
    }
}

fn failed<E>(
    action: &'static str,
    id: &VariantId,
    error: &aws_sdk_applicationautoscaling::error::SdkError<E>,
) -> CallError
where
    E: aws_sdk_applicationautoscaling::error::ProvideErrorMetadata + std::error::Error + 'static,
{
    CallError::of(action, &id.resource_id(), error)
}
