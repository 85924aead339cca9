//! All numbers and assumptions of the model, with unit, default and source.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How the model behaves. A changed field takes effect immediately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How fast endpoints and their jobs are. Copied to each endpoint when it is added.
    pub pace: Pace,
    /// Time from the END of a datapoint's minute until it is visible to readers. Default: 2
    /// minutes. Users report a delay of 2 to 3 minutes for async metrics.
    pub metric_lag: Duration,
    /// When the backlog metrics are published. Default: [`Publishing::Always`]. Assumption: target
    /// tracking scales idle endpoints to zero and needs datapoints to do so.
    pub publishing: Publishing,
    /// Whether the backlog metrics count requests that run. Default: true. Assumption: the SageMaker guide's table of
    /// metrics counts items that are processed or wait. Its page of questions on async endpoints counts items that wait.
    pub backlog_counts_running: bool,
    /// What becomes of the jobs on the instances that a scale-in or a change of status removes. Default:
    /// [`CutJobs::Lost`], the worst case: the SageMaker guide guarantees nothing.
    pub cut_jobs: CutJobs,
    /// How often and when the message of a result arrives at its topic. Default: [`ResultDelivery::Once`].
    pub result_delivery: ResultDelivery,
    /// Whether the result of each request of InvokeEndpointAsync is a failure, after the same time. Default: false.
    pub requests_fail: bool,
    /// The value of `ApproximateBacklogSizePerInstance` without an instance. Default:
    /// [`PerInstanceAtZero::Absent`]. Assumption: users report endpoints that never leave zero with
    /// this metric.
    pub backlog_per_instance_at_zero: PerInstanceAtZero,
    /// How many more datapoints an alarm reads than it evaluates. Default: 2. The tables of
    /// "Configuring how CloudWatch alarms treat missing data" have 5 for 3. For other numbers of
    /// periods this is an assumption, because the guide does not specify it.
    pub alarm_extra_periods: u32,
    /// Whether an alarm's newest period is the newest visible one (true) or the one that has just
    /// ended (false). In the latter case its datapoint is missing until the metric lag is over.
    /// Default: true. Assumption: with false, a metric that was absent before can alarm on one
    /// datapoint, but users report three.
    pub alarms_wait_for_metrics: bool,
    /// Threshold of target tracking's low alarm, in percent of the target. Default: 90. The
    /// Application Auto Scaling User Guide says "usually more than 10% lower", and alarms that
    /// users exported have 63 for a target of 70.
    pub alarm_low_percent: u32,
    /// Which of an alarm's datapoints target tracking uses. Default: [`TrackedValue::Latest`].
    /// Assumption: the guide does not specify it.
    pub tracked_value: TrackedValue,
    /// The capacity that target tracking requests at zero if its metric is above the target. A
    /// proportion of zero is always zero. Default: 1. Assumption: users leave zero by target
    /// tracking on `HasBacklogWithoutCapacity`, and the SageMaker guide on async autoscaling says
    /// that an endpoint leaves zero when its backlog exceeds the target. 0: target tracking never
    /// leaves zero.
    pub tracking_from_zero: i32,
    /// Whether a cooldown blocks only the policy that started it (true) or all policies of its
    /// target (false). Default: false. Assumption, based on "another alarm triggers a scale-out" in
    /// the Application Auto Scaling User Guide.
    pub cooldowns_by_policy: bool,
    /// Whether a repeated decision not to scale is listed each minute. Default: false. Assumption:
    /// a sequence of the same decision is listed once.
    pub repeat_not_scaled: bool,
    /// The response of PutScheduledAction to an `at()` that is not in the future. Default:
    /// [`PastSchedule::Refuse`]. Assumption: EC2 Auto Scaling refuses it.
    pub past_schedule: PastSchedule,
    /// Whether a one-time action stays listed after its time. Default: false. Assumption: EC2 Auto
    /// Scaling deletes it.
    pub keep_past_actions: bool,
    /// The delay of a scheduled action. Default: 0 s. The Application Auto Scaling User Guide
    /// documents a resolution of one minute.
    pub schedule_lateness: Duration,
    /// Whether deleting an endpoint deregisters its variants. Default: true. DeleteEndpoint refuses callers who may not
    /// do so, as a user reports (awslabs/stable-diffusion-aws-extension, issue 161).
    pub deregister_on_delete: bool,
    /// Whether UpdateEndpointWeightsAndCapacities is accepted in `OutOfService` and
    /// `UpdateRollbackFailed`. Default: true. Assumption: the API reference does not specify it.
    pub update_accepted_when_degraded: bool,
    /// Model time that passes within each API call before it takes effect. Default: 0 s.
    pub call_latency: Duration,
    /// Items per page for requests without `MaxResults`. Default: 50, as in the API reference of
    /// DescribeScalableTargets and DescribeScheduledActions.
    pub page_size: usize,
    /// Events per page of FilterLogEvents. Default: 50. AWS has at most 10,000, and 1 MB.
    pub log_page_size: usize,
    /// The name of the ledger's table. Default: `reactive-scaler-ledger`. Only the HTTP interface names a table.
    pub ledger_table: String,
    /// The most items of the ledger per page. Default: no limit. A page has at most 1 MB in any case.
    pub ledger_page_size: usize,
    /// Write units per second of one partition key of the ledger, 1 KB each. Default: 1,000 (DynamoDB Developer Guide,
    /// "Best practices for designing and using partition keys effectively").
    pub ledger_writes_per_second: u32,
    /// Time from a change of an object to its event at the destination. Default: 1 s. Assumption: the S3 User Guide says
    /// "typically delivered in seconds but can sometimes take a minute or longer".
    pub object_event_delay: Duration,
    /// Region in ARNs. Default: `eu-central-1`.
    pub region: String,
    /// Account in ARNs. Default: `123456789012`.
    pub account: String,
    /// Instance type in quota messages. Default: `ml.g5.xlarge`.
    pub instance_type: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pace: Pace::default(),
            metric_lag: Duration::from_secs(2 * 60),
            object_event_delay: Duration::from_secs(1),
            publishing: Publishing::Always,
            backlog_counts_running: true,
            cut_jobs: CutJobs::Lost,
            result_delivery: ResultDelivery::Once,
            requests_fail: false,
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
            log_page_size: 50,
            ledger_table: "reactive-scaler-ledger".into(),
            ledger_page_size: usize::MAX,
            ledger_writes_per_second: 1_000,
            region: "eu-central-1".into(),
            account: "123456789012".into(),
            instance_type: "ml.g5.xlarge".into(),
        }
    }
}

/// How fast one endpoint and its jobs are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Time from an accepted request for more instances until they serve, and of CreateEndpoint and UpdateEndpoint. Default: 6 minutes. Users
    /// report 3 to 10 minutes.
    pub provisioning: Duration,
    /// Time from an accepted request for fewer instances until the endpoint is `InService` again.
    /// Default: 60 s. Assumption. Jobs on the removed instances are cut at the time of the request:
    /// see [`Settings::cut_jobs`].
    pub scale_in: Duration,
    /// Processing time of one job. Default: 45 s. Assumption.
    pub processing: Duration,
    /// Jobs that one instance runs at a time (`MaxConcurrentInvocationsPerInstance`). Default: 1.
    /// Assumption: SageMaker chooses a value if none is set.
    pub concurrency: usize,
    /// How long a request can wait (`RequestTTLSeconds` of InvokeEndpointAsync). Default: 6 h, as
    /// in its API reference.
    pub request_ttl: Duration,
    /// Time from an upload to its InvokeEndpointAsync call. Default: 0 s.
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
    /// In each minute in which the endpoint exists.
    Always,
    /// Only in minutes with a backlog, or with an instance at their end.
    WithBacklogOrInstance,
}

/// What becomes of a job whose instance is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutJobs {
    /// It is lost.
    Lost,
    /// It is the first in the queue again, and its processing begins anew. Users report this.
    Queued,
}

/// How often and when the message of a result arrives at its topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultDelivery {
    /// It arrives once, when the request ends.
    Once,
    /// It does not arrive. Assumption: SageMaker documents no retry of a message that it cannot publish.
    Lost,
    /// It arrives twice. Amazon SNS delivers a message of a standard topic at least once (SNS Developer Guide, "Message
    /// delivery").
    Twice,
    /// It arrives once, so long after the end of the request.
    Late(Duration),
}

/// The value of `ApproximateBacklogSizePerInstance` without an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerInstanceAtZero {
    /// There is no datapoint.
    Absent,
    /// The whole backlog, as with one instance. "Autoscale an asynchronous endpoint" in the
    /// SageMaker guide says that an endpoint leaves zero "after the number of backlog requests
    /// exceeds the target tracking value".
    Backlog,
}

/// Which of an alarm's datapoints target tracking uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackedValue {
    /// The most recent one.
    Latest,
    /// The average of the datapoints that the alarm evaluated.
    Average,
}

/// The response of PutScheduledAction to an `at()` that is not in the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastSchedule {
    /// It is refused with a `ValidationException`.
    Refuse,
    /// It is stored and listed, and never runs.
    Store,
}
