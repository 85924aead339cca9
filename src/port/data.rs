//! The data types of the AWS operations.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One production variant of an endpoint. Application Auto Scaling scales variants.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VariantId {
    /// Name of the endpoint, 1 to 63 characters (API: `EndpointName`).
    pub endpoint: String,
    /// Name of the production variant (API: `VariantName`).
    pub variant: String,
}

impl VariantId {
    /// Names a variant.
    pub fn new(endpoint: impl Into<String>, variant: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), variant: variant.into() }
    }

    /// `endpoint/NAME/variant/VARIANT`, as in Application Auto Scaling (API: `ResourceId`).
    pub fn resource_id(&self) -> String {
        format!("endpoint/{}/variant/{}", self.endpoint, self.variant)
    }

    /// Parses a resource id. `None` if it is not the id of a SageMaker variant.
    pub fn from_resource_id(resource_id: &str) -> Option<Self> {
        let (endpoint, variant) = resource_id.strip_prefix("endpoint/")?.split_once("/variant/")?;
        (!endpoint.is_empty() && !variant.is_empty()).then(|| Self::new(endpoint, variant))
    }
}

impl fmt::Display for VariantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.resource_id())
    }
}

/// `EndpointStatus` of DescribeEndpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EndpointStatus {
    /// Not available to take requests.
    OutOfService,
    /// Being created.
    Creating,
    /// Being updated: a deployment, or a change of capacity.
    Updating,
    /// Under maintenance by SageMaker: can be neither updated, deleted nor scaled until done.
    SystemUpdating,
    /// A failed change is being reverted.
    RollingBack,
    /// Available.
    InService,
    /// Being deleted.
    Deleting,
    /// Could not be created or updated: only deletion works.
    Failed,
    /// A rollback failed; the endpoint serves with a mix of configurations.
    UpdateRollbackFailed,
    /// A status that this version does not know.
    Other,
}

impl EndpointStatus {
    /// Reads the API's spelling (`InService`). An unknown status is [`EndpointStatus::Other`].
    pub fn from_api(text: &str) -> Self {
        match text {
            "OutOfService" => Self::OutOfService,
            "Creating" => Self::Creating,
            "Updating" => Self::Updating,
            "SystemUpdating" => Self::SystemUpdating,
            "RollingBack" => Self::RollingBack,
            "InService" => Self::InService,
            "Deleting" => Self::Deleting,
            "Failed" => Self::Failed,
            "UpdateRollbackFailed" => Self::UpdateRollbackFailed,
            _ => Self::Other,
        }
    }

    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OutOfService => "OutOfService",
            Self::Creating => "Creating",
            Self::Updating => "Updating",
            Self::SystemUpdating => "SystemUpdating",
            Self::RollingBack => "RollingBack",
            Self::InService => "InService",
            Self::Deleting => "Deleting",
            Self::Failed => "Failed",
            Self::UpdateRollbackFailed => "UpdateRollbackFailed",
            Self::Other => "Unknown",
        }
    }
}

/// An endpoint, from DescribeEndpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// Its status.
    pub status: EndpointStatus,
    /// Whether it has an `AsyncInferenceConfig`. The function ignores real-time endpoints.
    pub asynchronous: bool,
    /// Its production variants, in AWS's order.
    pub variants: Vec<Variant>,
    /// `FailureReason`, if AWS returns one.
    pub failure_reason: Option<String>,
    /// `CreationTime`.
    pub created_at: Option<Timestamp>,
    /// `EndpointConfigName`: the configuration that was deployed last.
    pub config: Option<String>,
}

/// A production variant, from DescribeEndpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// `VariantName`.
    pub name: String,
    /// `CurrentInstanceCount`; absent while an endpoint is created.
    pub current: Option<i32>,
    /// `DesiredInstanceCount`; absent while an endpoint is created.
    pub desired: Option<i32>,
    /// `CurrentServerlessConfig` is present: there are no instances to scale.
    pub serverless: bool,
    /// `ManagedInstanceScaling` is enabled: SageMaker scales it.
    pub managed: bool,
}

/// A registered scalable target of the namespace `sagemaker`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScalableTarget {
    /// The variant that it scales.
    pub id: VariantId,
    /// `MinCapacity`.
    pub min: i32,
    /// `MaxCapacity`.
    pub max: i32,
    /// `SuspendedState`.
    pub suspended: Suspended,
}

/// `SuspendedState` of a scalable target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Suspended {
    /// `DynamicScalingInSuspended`.
    pub scaling_in: bool,
    /// `DynamicScalingOutSuspended`.
    pub scaling_out: bool,
    /// `ScheduledScalingSuspended`.
    pub scheduled: bool,
}

/// A scheduled action on a variant's scalable target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledAction {
    /// The variant that it applies to.
    pub id: VariantId,
    /// `ScheduledActionName`.
    pub name: String,
    /// `Schedule`, verbatim: `at(2030-01-01T00:00:00)`, `rate(...)` or `cron(...)`.
    pub schedule: String,
    /// `Timezone`; UTC when absent.
    pub timezone: Option<String>,
    /// `ScalableTargetAction.MinCapacity`.
    pub min: Option<i32>,
    /// `ScalableTargetAction.MaxCapacity`.
    pub max: Option<i32>,
}

/// One datapoint of `ApproximateBacklogSize`, for the 60 seconds that start at `at`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Datapoint {
    /// Start of its period.
    pub at: Timestamp,
    /// Items being processed or yet to be processed (the period's maximum).
    pub value: f64,
}
