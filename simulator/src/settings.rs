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
    /// What `ApproximateBacklogSizePerInstance` is without an instance. Default
    /// [`PerInstanceAtZero::Absent`]: assumption, users report endpoints that never leave zero by
    /// it.
    pub backlog_per_instance_at_zero: PerInstanceAtZero,
    /// How many more datapoints an alarm reads than it evaluates. Default 2: the tables of
    /// "Configuring how CloudWatch alarms treat missing data" have 5 for 3; for other numbers of
    /// periods an assumption, the guide names none.
    pub alarm_extra_periods: u32,
    /// Whether an alarm's newest period is the newest that can be seen yet (true), or the one that
    /// has just ended (false), whose datapoint is missing until the metric's lag is over. Default
    /// true: assumption. With false, a metric that was absent before can alarm on one datapoint,
    /// where users report three.
    pub alarms_wait_for_metrics: bool,
    /// Threshold of target tracking's alarm-low, in percent of the target. Default 90: the
    /// Application Auto Scaling guide says "usually more than 10% lower", and alarms that users
    /// exported have 63 for a target of 70.
    pub alarm_low_percent: u32,
    /// Which of an alarm's datapoints target tracking computes with. Default
    /// [`TrackedValue::Latest`]: assumption, the guide is silent.
    pub tracked_value: TrackedValue,
    /// What target tracking asks for at zero when its metric is above the target: no proportion
    /// leads out of zero. Default 1: assumption, users leave zero by target tracking on
    /// `HasBacklogWithoutCapacity`, and the SageMaker guide on async autoscaling says that an
    /// endpoint leaves zero once its backlog exceeds the target. 0: never.
    pub tracking_from_zero: i32,
    /// Whether a cooldown holds off only the policy that began it (true), or all of its target
    /// (false). Default false: assumption, drawn from "another alarm triggers a scale-out" of the
    /// Application Auto Scaling guide.
    pub cooldowns_by_policy: bool,
    /// Whether a decision not to scale is listed each minute that it is repeated. Default false:
    /// assumption, a run of the same decision is listed once.
    pub repeat_not_scaled: bool,
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
            backlog_per_instance_at_zero: PerInstanceAtZero::Absent,
            alarm_extra_periods: 2,
            alarms_wait_for_metrics: true,
            alarm_low_percent: 90,
            tracked_value: TrackedValue::Latest,
            tracking_from_zero: 1,
            cooldowns_by_policy: false,
            repeat_not_scaled: false,
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

/// What `ApproximateBacklogSizePerInstance` is without an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerInstanceAtZero {
    /// There is no datapoint.
    Absent,
    /// The whole backlog, as with one instance: "Autoscale an asynchronous endpoint" in the
    /// SageMaker guide has an endpoint leave zero "after the number of backlog requests exceeds
    /// the target tracking value".
    Backlog,
}

/// Which of an alarm's datapoints target tracking computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackedValue {
    /// The most recent one.
    Latest,
    /// The average of those that the alarm evaluated.
    Average,
}

/// What PutScheduledAction does with an `at()` that is not ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastSchedule {
    /// `ValidationException`.
    Refuse,
    /// Stored and listed; it never runs.
    Store,
}
