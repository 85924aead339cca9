//! Every number of the model and every assumption, with its unit, default and source.

use std::time::Duration;

/// How the model behaves. Change a field at any time: it holds from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How fast endpoints and their jobs are; copied into each endpoint when it is added.
    pub pace: Pace,
    /// Time from the END of a datapoint's minute until a reader sees it. Default 2 minutes:
    /// users report async metrics 2 to 3 minutes behind.
    pub metric_lag: Duration,
    /// When the backlog metrics are published. Default [`Publishing::Always`]: assumption, drawn
    /// from target tracking, which scales idle endpoints to zero and needs datapoints for it.
    pub publishing: Publishing,
    /// What PutScheduledAction does with an `at()` that is not ahead. Default
    /// [`PastSchedule::Refuse`]: assumption, EC2 Auto Scaling does so.
    pub past_schedule: PastSchedule,
    /// Whether a one-time action stays listed after its time. Default false: assumption, EC2
    /// Auto Scaling deletes it.
    pub keep_past_actions: bool,
    /// How long after its time a scheduled action runs. Default 0 s; the Application Auto Scaling
    /// guide promises a resolution of one minute.
    pub schedule_lateness: Duration,
    /// Whether deleting an endpoint deregisters its variants. Default true: assumption.
    pub deregister_on_delete: bool,
    /// Whether UpdateEndpointWeightsAndCapacities is accepted in `OutOfService` and
    /// `UpdateRollbackFailed`. Default true: assumption, the API reference is silent.
    pub update_accepted_when_degraded: bool,
    /// Model time that passes within each API call before it takes effect. Default 0 s.
    pub call_latency: Duration,
    /// Items per page where a request names no `MaxResults`. Default 50, as the API reference of
    /// DescribeScalableTargets and DescribeScheduledActions says.
    pub page_size: usize,
    /// Region in ARNs. Default `eu-central-1`.
    pub region: String,
    /// Account in ARNs. Default `123456789012`.
    pub account: String,
    /// Instance type in quota messages. Default `ml.g5.xlarge`.
    pub instance_type: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pace: Pace::default(),
            metric_lag: Duration::from_secs(2 * 60),
            publishing: Publishing::Always,
            past_schedule: PastSchedule::Refuse,
            keep_past_actions: false,
            schedule_lateness: Duration::ZERO,
            deregister_on_delete: true,
            update_accepted_when_degraded: true,
            call_latency: Duration::ZERO,
            page_size: 50,
            region: "eu-central-1".into(),
            account: "123456789012".into(),
            instance_type: "ml.g5.xlarge".into(),
        }
    }
}

/// How fast one endpoint and its jobs are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// From an accepted request for more instances until they serve. Default 6 minutes: users
    /// report 3 to 10.
    pub provisioning: Duration,
    /// From an accepted request for fewer instances until the endpoint is `InService` again.
    /// Default 60 s: assumption. Work on the instances that go is lost at the request: the
    /// SageMaker guide promises nothing, so the model assumes the worst.
    pub scale_in: Duration,
    /// What one job takes on an instance. Default 45 s: assumption.
    pub processing: Duration,
    /// Jobs that one instance runs at a time (`MaxConcurrentInvocationsPerInstance`). Default 1:
    /// assumption, SageMaker chooses a value of its own where none is given.
    pub concurrency: usize,
    /// How long a request may wait (`RequestTTLSeconds` of InvokeEndpointAsync). Default 6 h, as
    /// its API reference says.
    pub request_ttl: Duration,
    /// From an upload until its InvokeEndpointAsync call. Default 0 s.
    pub invocation_delay: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            provisioning: Duration::from_secs(6 * 60),
            scale_in: Duration::from_secs(60),
            processing: Duration::from_secs(45),
            concurrency: 1,
            request_ttl: Duration::from_secs(6 * 3600),
            invocation_delay: Duration::ZERO,
        }
    }
}

/// When an endpoint's backlog metrics are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    /// Each minute in which the endpoint exists.
    Always,
    /// Only in minutes with a backlog, or with an instance at their end.
    WithBacklogOrInstance,
}

/// What PutScheduledAction does with an `at()` that is not ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastSchedule {
    /// `ValidationException`.
    Refuse,
    /// Stored and listed; it never runs.
    Store,
}
