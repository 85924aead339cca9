//! Every finding, with its severity and why it matters.

use scalerctl_console::suggested::Suggested;
use serde::Serialize;
use simulator::PolicyFindingId;

/// The severity of a finding, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The user should know it.
    Note,
    /// The endpoint scales later or costs more than necessary, or a fallback does not work.
    Warning,
    /// The endpoint does not scale with this configuration.
    Error,
}

impl Severity {
    /// All severities, the most severe first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// The name in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! findings {
    ($($name:ident, $id:literal, $severity:ident: $why:literal $(, unmanaged: $unmanaged:literal)?;)+) => {
        /// A kind of finding. The name does not change between versions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum FindingId {
            $(#[doc = $why] $name,)+
        }

        impl FindingId {
            /// All kinds, in the order of the output.
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name in the output.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// The severity.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            /// Why it matters to an endpoint that a function manages.
            pub fn why(self) -> &'static str {
                match self { $(Self::$name => $why,)+ }
            }

            /// Why it matters if no function is known to manage the endpoint.
            pub fn why_unmanaged(self) -> &'static str {
                match self {
                    $($(Self::$name => $unmanaged,)?)+
                    other => other.why(),
                }
            }
        }
    };
}

findings! {
    EndpointFailed, "endpoint-failed", Error: "An endpoint in this status serves no requests, and its capacity cannot be changed.";
    EndpointNotInService, "endpoint-not-in-service", Note: "The capacity cannot be changed until the endpoint is InService. The function waits for this before it wakes the endpoint.", unmanaged: "The capacity cannot be changed until the endpoint is InService.";
    NotAsync, "not-async", Error: "Only an async endpoint has a queue and can have zero instances.";
    Serverless, "serverless", Error: "A serverless variant has no instances to scale.";
    ManagedInstanceScaling, "managed-instance-scaling", Error: "SageMaker scales this variant itself. The function does not change it.", unmanaged: "SageMaker scales this variant itself.";
    EndpointConfigGone, "endpoint-config-gone", Error: "Without its endpoint configuration, the endpoint cannot be updated, and a change of capacity may fail.";
    BurstableInstances, "burstable-instances", Error: "Application Auto Scaling does not scale burstable instances (ml.t2, ml.t3).";
    RegistrationGone, "registration-gone", Error: "Deleting an endpoint deregisters its variants. The new endpoint is not scaled, even if a stack still contains the registration.";
    NotRegistered, "not-registered", Error: "Application Auto Scaling scales only registered variants. Without registration, the function wakes the endpoint but never scales it to zero.", unmanaged: "Application Auto Scaling scales only registered variants.";
    MinAboveZero, "min-above-zero", Warning: "The endpoint never scales to zero, and you pay for the instances all the time.";
    MaxIsZero, "max-is-zero", Error: "With MaxCapacity 0, no instance can start.";
    ScalingOutSuspended, "scaling-out-suspended", Error: "Policies do not scale the endpoint out, and the function does not wake it.", unmanaged: "Policies do not scale the endpoint out.";
    ScalingInSuspended, "scaling-in-suspended", Warning: "Policies do not scale the endpoint in, and the function does not scale it to zero.", unmanaged: "Policies do not scale the endpoint in.";
    ScheduledScalingSuspended, "scheduled-scaling-suspended", Warning: "Application Auto Scaling would not run the scheduled action at the end of a lease. So the function does not raise MinCapacity, and a policy may remove a new instance.", unmanaged: "Application Auto Scaling does not run scheduled actions.";
    ForeignSchedule, "foreign-schedule", Note: "A scheduled action that is not the function's sets MinCapacity. So the function does not raise MinCapacity, and a policy may remove a new instance.", unmanaged: "The action can start instances, and keeps them running.";
    NoScaleInPolicy, "no-scale-in-policy", Warning: "If the function is deleted, nothing removes the last instance. You pay for it until you notice.", unmanaged: "No policy removes an instance. You pay for each instance until something else removes it.";
    NoWayToZero, "no-way-to-zero", Error: "You pay for the instances until you remove them.";
    NoWayOutOfZero, "no-way-out-of-zero", Error: "At zero instances there may be no backlog per instance. So target tracking on this metric may never scale out from zero. Requests wait until they expire.";
    MetricNotPublished, "metric-not-published", Error: "Async endpoints do not publish this metric. The policy never acts, and may prevent other policies from scaling in.";
    WrongDimension, "wrong-dimension", Error: "The backlog metrics have only the dimension EndpointName. With other dimensions there are no datapoints.";
    WrongEndpoint, "wrong-endpoint", Error: "The policy uses the metric of another endpoint, possibly of an earlier deployment. It acts on the wrong work, or never.";
    TwoPolicies, "two-policies", Warning: "A policy with another name does not replace the built-in policy, it is a second one. Capacity increases if any policy requests it, and decreases only if all policies request it.";
    PolicyNeverActs, "policy-never-acts", Error: "For no value of the metric does the policy change the capacity.";
    ValueWithoutStep, "value-without-step", Warning: "The bounds of the steps are relative to the alarm's threshold. For a value that no step includes, the policy does nothing.";
    PeriodBelowMetric, "period-below-metric", Warning: "SageMaker publishes these metrics every minute. With a shorter period, the alarm often changes to INSUFFICIENT_DATA.";
    AlarmMissing, "alarm-missing", Error: "A policy acts when one of its alarms triggers it. Without the alarm, it never acts.";
    AlarmWithoutAction, "alarm-without-action", Error: "The alarm changes its state but triggers no action. The policy never acts.";
    AlarmActionsDisabled, "alarm-actions-disabled", Error: "The alarm changes its state but its actions do not run. The policy never acts.";
    AlarmEdited, "alarm-edited", Warning: "Application Auto Scaling owns this alarm. If you edit it, it may not scale anything, or your changes may be overwritten.";
    AlarmLowAlwaysBreaching, "alarm-low-always-breaching", Warning: "While the alarm is in ALARM, its action is repeated every minute. It may remove a new or busy instance.";
    QuotaReached, "quota-reached", Error: "The account has reached its quota for endpoint instances of this type. No instance starts until the quota is increased.";
    NoInstances, "no-instances", Error: "AWS had no available instance of this type. The function requests capacity again every minute while the lease is live.", unmanaged: "AWS had no available instance of this type. Requests wait until there is one.";
    ActivityInProgress, "activity-in-progress", Warning: "A scaling activity usually takes 3 to 10 minutes. Until it ends, the capacity does not change.";
    ScaleOutLate, "scale-out-late", Warning: "Instances were requested and are not in service. Requests wait.";
    WakeRepeated, "wake-repeated", Warning: "After a request for instances, the endpoint was at zero again. AWS may have had no available instance, or something else removes the instances.";
    CallsThrottled, "calls-throttled", Warning: "AWS refuses calls that come too often in the account. The function repeats them with each tick, so a wake or a sleep is later.";
    ScalingFailed, "scaling-failed", Error: "Application Auto Scaling tried to change the capacity and failed.";
    CapacityContested, "capacity-contested", Warning: "Something reverts the change each time. Instances start and stop without serving requests.";
    CooldownBelowMetricLag, "cooldown-below-metric-lag", Warning: "Async metrics are delayed by 2 to 3 minutes. The policy acts again before it can see the effect of its last action.";
    WindowBelowMetricLag, "window-below-metric-lag", Warning: "Async metrics are delayed by 2 to 3 minutes. The alarm scales in before it can see a job that has just started.";
    IdleBelowMetricLag, "idle-below-metric-lag", Note: "Async metrics are delayed by 2 to 3 minutes. So the function uses 5 minutes if the setting is lower.";
    TtlBelowProvisioning, "ttl-below-provisioning", Warning: "A request that wakes the endpoint may expire before the instance is in service.";
    MetricsLate, "metrics-late", Warning: "Without datapoints of the last minutes, the function does not scale to zero, and alarms and policies act later.", unmanaged: "Without datapoints of the last minutes, alarms and policies act later.";
    RequestsExpired, "requests-expired", Warning: "Requests waited longer than their TTL. They were dropped, not processed.";
    ResultsAmongInputs, "results-among-inputs", Error: "Each result looks like an input. It wakes the endpoint again and keeps it awake.";
    EventBridgeOff, "event-bridge-off", Error: "The bucket sends no events for uploads. Only the backlog alarm wakes the endpoint, minutes later.";
    PatternCannotMatch, "pattern-cannot-match", Error: "Keys are compared literally. No upload matches both the route and the notification.";
    ResultsNotConnected, "results-not-connected", Warning: "The function waits for results that do not come. Only the backlog metric scales the endpoint in, with a longer window.";
    ResultsElsewhere, "results-elsewhere", Warning: "The results go to a topic that does not reach the function. Only the backlog metric scales the endpoint in, with a longer window.";
    JobMinutesTooShort, "job-minutes-too-short", Warning: "A request that is longer than job_minutes may be cut by a scale-in, if the backlog metric does not count running requests.";
    JobMinutesBelowTimeout, "job-minutes-below-timeout", Note: "A request can be longer than job_minutes, and may be cut then. doctor cannot read the InvocationTimeoutSeconds of your clients, which also limits requests: 15 minutes by default.";
    UploadsWithoutResult, "uploads-without-result", Warning: "An upload without a result counts as work. The endpoint stays awake until the backlog metric scales it in.";
    ResultsWithoutUpload, "results-without-upload", Warning: "For an hour after such a result, only the backlog metric scales the endpoint in.";
    LedgerTooLarge, "ledger-too-large", Warning: "The function does not read such a ledger to its end. Each tick fails, and only the backlog metric scales the endpoint in, with a longer window.";
    NoFunction, "no-function", Note: "Without the function, only scaling policies and scheduled actions can scale the endpoint out from zero, minutes after a request.";
    RoutesNotSeen, "routes-not-seen", Note: "The routes are stored elsewhere, and doctor does not read them. It does not check what uploads do.";
    TwoFunctions, "two-functions", Warning: "Each function wakes the endpoint for its uploads and scales it to zero by its own settings.";
    NotRouted, "not-routed", Error: "The function does nothing for an endpoint that none of its routes covers.";
    FunctionInactive, "function-inactive", Error: "A function that is not active is not invoked. It does not wake the endpoint or scale it to zero.";
    NoSchedule, "no-schedule", Error: "The function scales to zero only when its schedule invokes it. You pay for the instances until then.";
    ScheduleSlow, "schedule-slow", Warning: "The function scales to zero, and repeats a wake, when its schedule invokes it. With fewer ticks, both are later.";
    ScheduleNotSeen, "schedule-not-seen", Warning: "Without a tick each minute, the function does not scale to zero. doctor does not see whether there are ticks among the invocations.";
    SettingsUnusable, "settings-unusable", Error: "The function does not start with settings that it cannot read.";
    ObserveMode, "observe-mode", Warning: "In this mode, the function reads, decides, and reports, but changes nothing.";
    FunctionErrors, "function-errors", Warning: "Each error is an event or a tick for which the function could not do everything.";
    DeadLetters, "dead-letters", Warning: "Each dead letter is an event that the function failed to process three times, or that never reached it.";
    NotReadable, "not-readable", Warning: "doctor did not check what it could not read.";
    NotEvaluated, "not-evaluated", Note: "doctor evaluates target tracking and step scaling with alarms on the backlog metrics of SageMaker. It does not know whether this one works.";
}

impl From<PolicyFindingId> for FindingId {
    fn from(id: PolicyFindingId) -> Self {
        match id {
            PolicyFindingId::MetricNotPublished => Self::MetricNotPublished,
            PolicyFindingId::WrongDimension => Self::WrongDimension,
            PolicyFindingId::WrongEndpoint => Self::WrongEndpoint,
            PolicyFindingId::AlarmMissing => Self::AlarmMissing,
            PolicyFindingId::AlarmWithoutAction => Self::AlarmWithoutAction,
            PolicyFindingId::AlarmActionsDisabled => Self::AlarmActionsDisabled,
            PolicyFindingId::PolicyNeverActs => Self::PolicyNeverActs,
            PolicyFindingId::ValueWithoutStep => Self::ValueWithoutStep,
            PolicyFindingId::PeriodBelowMetric => Self::PeriodBelowMetric,
            PolicyFindingId::NotEvaluated => Self::NotEvaluated,
            PolicyFindingId::NoScaleInPolicy => Self::NoScaleInPolicy,
            PolicyFindingId::NoWayOutOfZero => Self::NoWayOutOfZero,
        }
    }
}

impl FindingId {
    /// Whether the finding reports that something was not checked.
    pub fn is_gap(self) -> bool {
        matches!(
            self,
            Self::NotReadable | Self::NotEvaluated | Self::RoutesNotSeen | Self::ScheduleNotSeen
        )
    }
}

/// Creates a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The kind.
    pub id: FindingId,
    /// What is wrong.
    pub what: String,
    /// How to fix it, in one sentence.
    pub what_to_do: String,
    /// The commands that fix it, in order. The user can run them without changes.
    pub commands: Vec<Suggested>,
    /// Other ways to fix it.
    pub alternatives: Vec<Alternative>,
}

/// Another way to fix a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// How to fix it, in one sentence.
    pub what_to_do: String,
    /// The commands that fix it, in order.
    pub commands: Vec<Suggested>,
}

impl Finding {
    /// Creates a finding.
    pub fn new(id: FindingId, what: impl Into<String>, what_to_do: impl Into<String>) -> Self {
        Self {
            id,
            what: what.into(),
            what_to_do: what_to_do.into(),
            commands: Vec::new(),
            alternatives: Vec::new(),
        }
    }

    /// Adds a command to the last way to fix it.
    pub fn command(mut self, command: Suggested) -> Self {
        let commands =
            self.alternatives.last_mut().map_or(&mut self.commands, |other| &mut other.commands);
        commands.push(command);
        self
    }

    /// Adds another way to fix it.
    pub fn or(mut self, what_to_do: impl Into<String>) -> Self {
        let what_to_do = what_to_do.into();
        self.alternatives.push(Alternative { what_to_do, commands: Vec::new() });
        self
    }

    /// Adds another way to fix it, with one command, if the command is known.
    pub fn or_by(self, what_to_do: &str, command: Option<Suggested>) -> Self {
        match command {
            Some(command) => self.or(what_to_do).command(command),
            None => self,
        }
    }

    /// The severity.
    pub fn severity(&self) -> Severity {
        self.id.severity()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{fs, path::Path};

    use super::*;

    /// docs/reference.md lists each finding, in this order, and no others.
    #[test]
    fn the_page_lists_every_finding() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference.md");
        let page = fs::read_to_string(page).unwrap();
        let section = page.split("## Findings of doctor\n").nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
        let wanted: Vec<String> = FindingId::ALL
            .iter()
            .map(|id| format!("| `{}` | {} | {} |", id.as_str(), id.severity().as_str(), id.why()))
            .collect();
        assert_eq!(rows, wanted);
    }
}
