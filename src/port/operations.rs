//! The AWS operations, one trait for each service.

use std::future::Future;

use jiff::Timestamp;

use super::{
    AwsFailure, AwsResult, Datapoint, Endpoint, ScalableTarget, ScheduledAction, VariantId,
    WithLedger,
};
use crate::record::Record;

/// The SageMaker operations that the scaler uses.
pub trait Endpoints: Send + Sync {
    /// DescribeEndpoint. `None` if the endpoint does not exist.
    fn endpoint(&self, name: &str) -> impl Future<Output = AwsResult<Option<Endpoint>>> + Send;

    /// DescribeEndpointConfig: the `ModelName` of each production variant that has one. `None` if the
    /// configuration does not exist.
    fn models(
        &self,
        endpoint_config: &str,
    ) -> impl Future<Output = AwsResult<Option<Vec<String>>>> + Send;

    /// UpdateEndpointWeightsAndCapacities for one variant. The weight is not changed.
    fn set_capacity(
        &self,
        id: &VariantId,
        desired: i32,
    ) -> impl Future<Output = AwsResult<()>> + Send;
}

/// The Application Auto Scaling operations that the scaler uses, for the namespace `sagemaker` and the
/// dimension `sagemaker:variant:DesiredInstanceCount`.
pub trait Scaling: Send + Sync {
    /// DescribeScalableTargets of one variant. `None` if it is not registered.
    fn target(
        &self,
        id: &VariantId,
    ) -> impl Future<Output = AwsResult<Option<ScalableTarget>>> + Send;

    /// DescribeScalableTargets of the whole namespace, all pages.
    fn targets(&self) -> impl Future<Output = AwsResult<Vec<ScalableTarget>>> + Send;

    /// DescribeScheduledActions of one variant, all pages.
    fn actions(
        &self,
        id: &VariantId,
    ) -> impl Future<Output = AwsResult<Vec<ScheduledAction>>> + Send;

    /// DescribeScheduledActions of the whole namespace, all pages.
    fn all_actions(&self) -> impl Future<Output = AwsResult<Vec<ScheduledAction>>> + Send;

    /// PutScheduledAction: a one-time action at the record's R, in UTC, with the effect that the record
    /// states. An action with the same name is replaced.
    fn put_record(
        &self,
        id: &VariantId,
        name: &str,
        record: Record,
    ) -> impl Future<Output = AwsResult<()>> + Send;

    /// DeleteScheduledAction. If the action does not exist, the call succeeds.
    fn delete_action(
        &self,
        id: &VariantId,
        name: &str,
    ) -> impl Future<Output = AwsResult<()>> + Send;

    /// RegisterScalableTarget for a registered target. Only `MinCapacity` is set.
    fn set_min(&self, id: &VariantId, min: i32) -> impl Future<Output = AwsResult<()>> + Send;
}

/// Maximum number of endpoints in one call (API: `GetMetricData`, at most 500 `MetricDataQueries`).
pub const QUERIES_A_CALL: usize = 500;

/// The CloudWatch operations that the scaler uses.
pub trait Metrics: Send + Sync {
    /// GetMetricData of `ApproximateBacklogSize` for several endpoints, with periods of 60 s and time stamps
    /// in `from..until`. One call reads [`QUERIES_A_CALL`] endpoints. Returns one answer for each endpoint,
    /// in their order. Datapoints are in any order.
    fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Vec<AwsResult<Vec<Datapoint>>>> + Send;

    /// The backlog of one endpoint.
    fn backlog(
        &self,
        endpoint: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = AwsResult<Vec<Datapoint>>> + Send {
        async move {
            let only = self.backlogs(&[endpoint], from, until).await.pop();
            only.unwrap_or_else(|| Err(AwsFailure::unanswered("GetMetricData", endpoint)))
        }
    }
}

/// All AWS operations that the scaler uses.
pub trait Aws: Endpoints + Scaling + Metrics + WithLedger {}

impl<T: Endpoints + Scaling + Metrics + WithLedger> Aws for T {}
