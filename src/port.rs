//! The AWS operations that the scaler uses: three traits and their data types.
//!
//! `aws` implements the traits with the SDK, the crate `simulator` with a model. The types contain only what
//! a decision needs. A value that AWS did not return is `None`, never a default.

use std::{fmt, future::Future, time::Duration};

use jiff::Timestamp;

use crate::record::Record;

/// One production variant of an endpoint. Application Auto Scaling scales variants.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// Reads the API's spelling (`InService`); what is unknown is [`EndpointStatus::Other`].
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
    /// `FailureReason`, where AWS gives one.
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Suspended {
    /// `DynamicScalingInSuspended`.
    pub scaling_in: bool,
    /// `DynamicScalingOutSuspended`.
    pub scaling_out: bool,
    /// `ScheduledScalingSuspended`.
    pub scheduled: bool,
}

/// A scheduled action on a variant's scalable target.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Datapoint {
    /// Start of its period.
    pub at: Timestamp,
    /// Items being processed or yet to be processed (the period's maximum).
    pub value: f64,
}

/// The kinds of failed calls that the scaler distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// "Cannot update in-progress endpoint": try again later.
    Busy,
    /// The endpoint does not exist ("Could not find endpoint").
    EndpointMissing,
    /// The endpoint configuration does not exist ("Could not find endpoint configuration"). It can
    /// be deleted while an endpoint that was made from it goes on.
    EndpointConfigMissing,
    /// The variant is not a registered scalable target (`ObjectNotFoundException`).
    NotRegistered,
    /// `ConcurrentUpdateException`: another caller changed the same target.
    Concurrent,
    /// The account's instance quota (`ResourceLimitExceeded`).
    Quota,
    /// AWS has no capacity for this instance type now (`InsufficientInstanceCapacity`).
    InsufficientCapacity,
    /// Throttled, after the SDK's own retries.
    Throttled,
    /// The caller lacks the permission.
    AccessDenied,
    /// A policy of any kind denies it explicitly, which overrules every permission.
    ExplicitDeny,
    /// A policy that limits the caller's permissions does not allow it: a permissions boundary, a
    /// session, service control, resource control, VPC endpoint or resource-based policy.
    OtherPolicy,
    /// The caller's credentials have expired.
    CredentialsExpired,
    /// The caller's credentials or signature are not valid.
    CredentialsInvalid,
    /// No credentials were found, so no call was made.
    NoCredentials,
    /// The bucket, the object or the parameter does not exist.
    StoredMissing,
    /// The bucket is in another region.
    WrongRegion,
    /// No answer: time-out, connection error or 5xx. The change can have been made.
    NoAnswer,
    /// Another error.
    Other,
}

impl FailureKind {
    /// Whether a policy denied the call.
    pub fn is_forbidden(self) -> bool {
        matches!(self, Self::AccessDenied | Self::ExplicitDeny | Self::OtherPolicy)
    }

    /// What to do if the function's call failed, as a short text.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Busy => "nothing: the next tick or state change looks again",
            Self::EndpointMissing => "check the route's endpoint name and the function's region",
            Self::EndpointConfigMissing => {
                "create the endpoint configuration again, or deploy the endpoint with one that exists"
            }
            Self::NotRegistered => "register the variant as a scalable target with MinCapacity 0",
            Self::Concurrent => {
                "nothing after an event, the next tick tries again; give a command again"
            }
            Self::Quota => {
                "raise the quota 'for endpoint usage' of this instance type in Service Quotas"
            }
            Self::InsufficientCapacity => "wait, or deploy the endpoint with another instance type",
            Self::Throttled => {
                "nothing if it is rare; otherwise see who else calls this API in the account"
            }
            Self::AccessDenied => "grant the function's role this action on this resource",
            Self::ExplicitDeny => {
                "change the policy that the answer names: its Deny overrules what the role is \
                 granted; a service control policy is changed by the organization's administrators"
            }
            Self::OtherPolicy => {
                "allow the action in the policy that the answer names: it limits what the role is \
                 granted, so granting the role more does not help"
            }
            Self::CredentialsExpired => {
                "nothing if it is rare: Lambda renews the role's credentials; otherwise check that \
                 the role still exists"
            }
            Self::CredentialsInvalid => {
                "check that the function's role exists, and that no variable of the function sets \
                 other credentials"
            }
            Self::NoCredentials => "give the function a role: Lambda hands out its credentials",
            Self::StoredMissing => "correct the address, or store there what is meant to be read",
            Self::WrongRegion => "keep the bucket in the function's region",
            Self::NoAnswer => {
                "nothing if it is rare, the next tick looks at what happened; give a command again"
            }
            Self::Other => "see the answer; the next tick tries again",
        }
    }

    /// What a person can do if their own call failed.
    pub fn advice_to_person(self) -> &'static str {
        match self {
            Self::Busy | Self::Concurrent => "run it again in a moment",
            Self::EndpointMissing => "correct the name, or name its region with --region",
            Self::EndpointConfigMissing => Self::EndpointConfigMissing.advice(),
            Self::NotRegistered => Self::NotRegistered.advice(),
            Self::Quota => Self::Quota.advice(),
            Self::InsufficientCapacity => Self::InsufficientCapacity.advice(),
            Self::Throttled => {
                "wait a minute and run it again: this API is called too often in the account"
            }
            Self::AccessDenied => "allow your own credentials this action on this resource",
            Self::ExplicitDeny => {
                "change the policy that the answer names: its Deny overrules what your own \
                 credentials are granted; a service control policy is changed by the \
                 organization's administrators"
            }
            Self::OtherPolicy => {
                "allow the action in the policy that the answer names: it limits what your own \
                 credentials are granted, so granting them more does not help"
            }
            Self::CredentialsExpired => {
                "your credentials have expired: renew them (aws sso login, or a new session token), \
                 or name others with --profile"
            }
            Self::CredentialsInvalid => {
                "set credentials that are valid now, or name others with --profile; check this \
                 machine's clock"
            }
            Self::NoCredentials => {
                "set credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile by \
                 --profile); for a profile of single sign-on, log in first: aws sso login --profile \
                 NAME"
            }
            Self::StoredMissing => {
                "correct the route's bucket (the stack's parameter InputBucket) or --bucket"
            }
            Self::WrongRegion => {
                "deploy the stack in the bucket's region: a bucket's events stay in it"
            }
            Self::NoAnswer => {
                "check the region, the connection, and the credentials or --profile; a region that \
                 does not exist has no address to connect to"
            }
            Self::Other => "see the answer, and run it again",
        }
    }
}

/// A failed call to AWS: the operation, the resource and the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsFailure {
    /// The API operation, for example `DescribeEndpoint`.
    pub operation: &'static str,
    /// The resource: an endpoint name or a resource id. `*` for all resources of a namespace.
    pub resource: String,
    /// The kind of failure.
    pub kind: FailureKind,
    /// The error code and message of AWS, or the connection error.
    pub answer: String,
}

impl AwsFailure {
    /// The answer of AWS does not contain the requested item.
    pub fn unanswered(operation: &'static str, resource: &str) -> Self {
        Self {
            operation,
            resource: resource.to_owned(),
            kind: FailureKind::NoAnswer,
            answer: "AWS's answer has nothing about it".into(),
        }
    }

    /// What to do about it, as a short text.
    pub fn advice(&self) -> &'static str {
        self.kind.advice()
    }
}

impl fmt::Display for AwsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} on {} failed: {} (what to do: {})",
            self.operation,
            self.resource,
            self.answer,
            self.advice()
        )
    }
}

impl std::error::Error for AwsFailure {}

/// The answer of one call.
pub type AwsResult<T> = Result<T, AwsFailure>;

/// The SageMaker operations that the scaler uses.
pub trait Endpoints: Send + Sync {
    /// DescribeEndpoint; `None` when there is no such endpoint.
    fn endpoint(&self, name: &str) -> impl Future<Output = AwsResult<Option<Endpoint>>> + Send;

    /// DescribeEndpointConfig: the `ModelName` of each production variant that has one; `None` when
    /// there is no such configuration.
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
    /// DescribeScalableTargets of one variant; `None` when it is not registered.
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
pub trait Aws: Endpoints + Scaling + Metrics {}

impl<T: Endpoints + Scaling + Metrics> Aws for T {}

/// A clock. The function uses the machine's clock, the laboratory a simulated one.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Waits until reads return what was written before. Returns immediately if reads are always up to date.
    fn wait(&self, time: Duration) -> impl Future<Output = ()> + Send;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
