//! The reasons of decisions. The answer, the log, the metrics and the docs use this list.

use serde::Serialize;

/// Declares each reason with its name in the output and its meaning, so that neither can be missing.
macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// The reason of a decision. In the output, its name is in snake_case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason { $($(#[doc = $doc])+ $name,)+ }

        impl Reason {
            /// All reasons.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)+];

            /// The name in the output.
            pub fn as_str(self) -> &'static str {
                match self { $(Reason::$name => $text,)+ }
            }

            /// Its meaning, as a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Reason::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

reasons! {
    /// An input was uploaded, and the endpoint was at zero.
    WorkArrived = "work_arrived",
    /// A backlog alarm changed to ALARM, and the endpoint was at zero.
    AlarmFired = "alarm_fired",
    /// CloudTrail reports an `InvokeEndpointAsync` call. It wakes an endpoint at zero, unless the ledger has an upload of that time.
    InvocationSeen = "invocation_seen",
    /// A command requested it.
    Requested = "requested",
    /// A lease is live, but the desired capacity is 0. The endpoint is woken now.
    LeaseUnserved = "lease_unserved",
    /// CloudWatch reports a backlog.
    Backlog = "backlog",
    /// An input, an alarm, or a command renews the lease.
    LeaseRenewed = "lease_renewed",
    /// The lease already lasts long enough. Nothing needs to be written.
    LeaseFresh = "lease_fresh",
    /// The lease is live. The endpoint stays up until the lease ends.
    LeaseLive = "lease_live",
    /// Capacity was requested by something other than the function. The endpoint gets a lease of one idle window.
    Adopted = "adopted",
    /// Instances are starting. The idle window begins when they are in service.
    OnTheWayUp = "on_the_way_up",
    /// Requested instances have not been in service for half an hour. The function keeps the request.
    NoCapacity = "no_capacity",
    /// The floor is missing although a lease is live. It is raised again.
    FloorRestored = "floor_restored",
    /// The floor is no longer needed. MinCapacity is set back to 0.
    FloorLowered = "floor_lowered",
    /// There was no backlog for the whole idle window.
    Idle = "idle",
    /// Every upload has a result.
    WorkDone = "work_done",
    /// The ledger has an upload without a result.
    WorkOutstanding = "work_outstanding",
    /// The desired capacity is 0, and nothing requires an instance.
    Asleep = "asleep",
    /// Work arrived while the endpoint was scaled to zero. It stays up, or is woken again.
    WorkSlippedIn = "work_slipped_in",
    /// A command requested a hold.
    Held = "held",
    /// A hold that ends later exists already.
    HeldLonger = "held_longer",
    /// A command requested the end of hold and lease. The next ticks decide.
    Released = "released",
    /// There is no hold and no live lease to release.
    NothingToRelease = "nothing_to_release",
    /// Only the status was requested.
    Status = "status",
    /// An async result was published. Nothing is changed.
    ResultSeen = "result_seen",
    /// An async result was published. The ledger has it now.
    ResultRecorded = "result_recorded",
    /// The endpoint's status does not allow a change of capacity now. A lease or hold keeps the request for the next tick.
    EndpointBusy = "endpoint_busy",
    /// The endpoint is not in service.
    NotInService = "not_in_service",
    /// There is no such endpoint.
    EndpointMissing = "endpoint_missing",
    /// The endpoint's status is Failed. AWS allows only its deletion.
    EndpointFailed = "endpoint_failed",
    /// The endpoint is being deleted.
    EndpointDeleting = "endpoint_deleting",
    /// DescribeEndpoint failed.
    EndpointUnreadable = "endpoint_unreadable",
    /// The endpoint has no variant of the route's name, or has several and the route names none.
    VariantUnclear = "variant_unclear",
    /// The endpoint has no `AsyncInferenceConfig`. A real-time endpoint is not changed.
    NotAsync = "not_async",
    /// A serverless variant has no instances to scale.
    Serverless = "serverless",
    /// SageMaker's managed instance scaling sets the capacity.
    ManagedInstanceScaling = "managed_instance_scaling",
    /// The variant is not registered as a scalable target. An input wakes it, but it is never scaled to zero.
    NotRegistered = "not_registered",
    /// The owner's `MinCapacity` is 1 or more. The endpoint is never scaled to zero.
    MinCapacitySet = "min_capacity_set",
    /// `MaxCapacity` is 0. The endpoint is not woken.
    MaxIsZero = "max_is_zero",
    /// Scaling in is suspended (`DynamicScalingInSuspended`).
    ScalingInSuspended = "scaling_in_suspended",
    /// Scaling out is suspended (`DynamicScalingOutSuspended`). A lease or hold keeps the request until scaling resumes.
    ScalingOutSuspended = "scaling_out_suspended",
    /// AWS reports no desired capacity.
    CapacityUnknown = "capacity_unknown",
    /// The scalable target could not be read.
    TargetUnreadable = "target_unreadable",
    /// The scheduled actions could not be read.
    LeaseUnreadable = "lease_unreadable",
    /// The ledger could not be read.
    LedgerUnreadable = "ledger_unreadable",
    /// `ApproximateBacklogSize` could not be read, or its datapoints are missing, old or too few.
    BacklogUnknown = "backlog_unknown",
    /// The invocation reached its deadline. The next tick continues.
    OutOfTime = "out_of_time",
}
