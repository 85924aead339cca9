//! Why something was decided: the one list behind the answer, the log, the metrics and the docs.

use serde::Serialize;

/// Declares the enum together with its spelling and its explanation, so that none can be missing.
macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// Why something was decided. Spelled in snake_case wherever it is shown.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason { $($(#[doc = $doc])+ $name,)+ }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)+];

            /// As shown to users.
            pub fn as_str(self) -> &'static str {
                match self { $(Reason::$name => $text,)+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Reason::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

reasons! {
    /// An input was uploaded for an endpoint at zero.
    WorkArrived = "work_arrived",
    /// A backlog alarm went into ALARM for an endpoint at zero.
    AlarmFired = "alarm_fired",
    /// A person asked for it.
    Requested = "requested",
    /// A lease is live, yet desired capacity is 0: the wake is made up for.
    LeaseUnserved = "lease_unserved",
    /// CloudWatch shows a backlog.
    Backlog = "backlog",
    /// The lease was renewed by an input or an alarm.
    LeaseRenewed = "lease_renewed",
    /// The lease lasts long enough already; nothing was written.
    LeaseFresh = "lease_fresh",
    /// The lease is live: not yet time to judge.
    LeaseLive = "lease_live",
    /// Somebody else woke the endpoint: it gets a lease of one idle window, then it is judged.
    Adopted = "adopted",
    /// Instances are on their way: the idle window starts when they are in service.
    OnTheWayUp = "on_the_way_up",
    /// Instances that were requested have not come for half an hour: they are still waited for.
    NoCapacity = "no_capacity",
    /// The floor was missing under a live lease and was raised again.
    FloorRestored = "floor_restored",
    /// The floor was no longer needed and was put back to 0.
    FloorLowered = "floor_lowered",
    /// No work for the whole idle window.
    Idle = "idle",
    /// Desired capacity is 0, and nothing says otherwise.
    Asleep = "asleep",
    /// Work slipped in while the endpoint was being put to sleep: it stays, or wakes again.
    WorkSlippedIn = "work_slipped_in",
    /// A hold was written.
    Held = "held",
    /// A hold that lasts longer stands already.
    HeldLonger = "held_longer",
    /// Hold deleted, lease ended: the next ticks judge.
    Released = "released",
    /// There is neither a hold nor a live lease to release.
    NothingToRelease = "nothing_to_release",
    /// Only asked.
    Status = "status",
    /// An async result was published: the endpoint does its work, nothing to change.
    ResultSeen = "result_seen",
    /// The endpoint's status allows no change of capacity right now: the lease remembers.
    EndpointBusy = "endpoint_busy",
    /// The endpoint is not in service.
    NotInService = "not_in_service",
    /// There is no such endpoint.
    EndpointMissing = "endpoint_missing",
    /// The endpoint failed: only deletion works.
    EndpointFailed = "endpoint_failed",
    /// The endpoint is being deleted.
    EndpointDeleting = "endpoint_deleting",
    /// DescribeEndpoint gave no answer.
    EndpointUnreadable = "endpoint_unreadable",
    /// The route's variant is not among the endpoint's, or is not named where there are several.
    VariantUnclear = "variant_unclear",
    /// The endpoint has no `AsyncInferenceConfig`: a real-time endpoint is left alone.
    NotAsync = "not_async",
    /// A serverless variant has no instances to scale.
    Serverless = "serverless",
    /// SageMaker's managed instance scaling does the scaling.
    ManagedInstanceScaling = "managed_instance_scaling",
    /// The variant is not a registered scalable target: it is woken, never put to sleep.
    NotRegistered = "not_registered",
    /// The user's own `MinCapacity` is 1 or more: never ours to put to sleep.
    MinCapacitySet = "min_capacity_set",
    /// `MaxCapacity` is 0: switched off.
    MaxIsZero = "max_is_zero",
    /// `DynamicScalingInSuspended` is set.
    ScalingInSuspended = "scaling_in_suspended",
    /// `DynamicScalingOutSuspended` is set: the lease remembers, resuming finds it.
    ScalingOutSuspended = "scaling_out_suspended",
    /// AWS reports no desired capacity.
    CapacityUnknown = "capacity_unknown",
    /// The scalable target could not be read.
    TargetUnreadable = "target_unreadable",
    /// The scheduled actions could not be read.
    LeaseUnreadable = "lease_unreadable",
    /// `ApproximateBacklogSize` is unreadable, missing, stale, or has too few datapoints.
    BacklogUnknown = "backlog_unknown",
    /// The invocation's time was up; the next tick goes on.
    OutOfTime = "out_of_time",
}
