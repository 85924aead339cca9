//! Every finding, with its severity and why it matters.

use serde::Serialize;

/// How much a finding matters, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// It scales worse, costs more, or loses its safety net.
    Warning,
    /// It does not scale as it stands.
    Error,
}

impl Severity {
    /// The gravest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// As shown to users.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! findings {
    ($($name:ident, $id:literal, $severity:ident: $why:literal;)+) => {
        /// A kind of finding. Its name is stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum FindingId {
            $(#[doc = $why] $name,)+
        }

        impl FindingId {
            /// Every kind, in the order in which they are reported.
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$name),+];

            /// As shown to users.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// How much it matters.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            /// Why it matters.
            pub fn why(self) -> &'static str {
                match self { $(Self::$name => $why,)+ }
            }
        }
    };
}

findings! {
    EndpointFailed, "endpoint-failed", Error: "An endpoint in this status serves nothing and takes no change of capacity.";
    EndpointNotInService, "endpoint-not-in-service", Note: "Nobody can change its capacity until it is InService; the function waits, and wakes it then.";
    NotAsync, "not-async", Error: "Only an async endpoint has a queue and can stand at zero instances.";
    Serverless, "serverless", Error: "A serverless variant has no instances to scale.";
    ManagedInstanceScaling, "managed-instance-scaling", Error: "SageMaker scales this variant by itself; the function leaves it alone.";
    NotRegistered, "not-registered", Error: "Application Auto Scaling scales registered variants only, and without registration the function wakes but never puts to sleep.";
    MinAboveZero, "min-above-zero", Warning: "It never goes to zero, and the instances are paid for all the time.";
    MaxIsZero, "max-is-zero", Error: "With a maximum of 0 nothing may start an instance: it is switched off.";
    ScalingOutSuspended, "scaling-out-suspended", Error: "No policy scales it out, and the function does not wake it.";
    ScalingInSuspended, "scaling-in-suspended", Warning: "No policy scales it in, and the function does not put it to sleep.";
    ScheduledScalingSuspended, "scheduled-scaling-suspended", Warning: "Application Auto Scaling would miss the end of a lease, so the function raises no floor: a policy may scale a fresh instance in.";
    ForeignSchedule, "foreign-schedule", Note: "A scheduled action of somebody else sets MinCapacity, so the function raises no floor: a policy may scale a fresh instance in.";
    NoScaleInPolicy, "no-scale-in-policy", Warning: "If the function is gone, nothing takes the last instance away: it stays up, and is paid for, until somebody notices.";
    NoWayOutOfZero, "no-way-out-of-zero", Error: "At zero instances there may be no backlog per instance, so target tracking on it may never leave zero, and nothing else does.";
    MetricNotPublished, "metric-not-published", Error: "Async endpoints do not publish this metric: the policy never acts, and may keep others from scaling in.";
    WrongDimension, "wrong-dimension", Error: "The backlog metrics have the dimension EndpointName alone: with others there is never a datapoint.";
    WrongEndpoint, "wrong-endpoint", Error: "It looks at another endpoint's metric, perhaps of an earlier deployment: it acts for the wrong work, or never.";
    TwoPolicies, "two-policies", Warning: "A name does not edit the built-in policy, it makes a second one. Capacity goes up if any of them wants it, and down only if all do.";
    AlarmMissing, "alarm-missing", Error: "A policy acts when one of its alarms triggers it; without the alarm it never does.";
    AlarmWithoutAction, "alarm-without-action", Error: "The alarm changes its state and nobody is told: the policy never acts.";
    AlarmActionsDisabled, "alarm-actions-disabled", Error: "The alarm changes its state and its actions are not carried out: the policy never acts.";
    AlarmEdited, "alarm-edited", Warning: "Application Auto Scaling owns this alarm. Edited by hand it may fire and scale nothing, or be overwritten.";
    AlarmLowAlwaysBreaching, "alarm-low-always-breaching", Warning: "While it is in ALARM its action is repeated every minute: it may take a fresh or a busy instance away.";
    QuotaReached, "quota-reached", Error: "The account may have no more instances of this type for endpoints: nothing starts until the quota is raised.";
    NoInstances, "no-instances", Error: "AWS had no instance of this type to give; the function asks again each minute while the lease lives.";
    ScalingFailed, "scaling-failed", Error: "Application Auto Scaling tried to change the capacity and could not.";
    CapacityContested, "capacity-contested", Warning: "Somebody undoes the change each time: instances start and go without serving anything.";
    CooldownBelowMetricLag, "cooldown-below-metric-lag", Warning: "Async metrics lag 2 to 3 minutes: the policy acts again before it can see what it did.";
    WindowBelowMetricLag, "window-below-metric-lag", Warning: "Async metrics lag 2 to 3 minutes: the alarm scales in before a job that has just begun can be seen.";
    IdleBelowMetricLag, "idle-below-metric-lag", Note: "Async metrics lag 2 to 3 minutes, so the function takes less than 5 minutes for 5.";
    TtlBelowProvisioning, "ttl-below-provisioning", Warning: "A request that wakes the endpoint may expire before the instance is there.";
    RequestsExpired, "requests-expired", Warning: "Requests waited longer than they may live: they were dropped, not served.";
    ResultsAmongInputs, "results-among-inputs", Error: "Each result looks like an input: it wakes the endpoint again, and keeps it awake.";
    EventBridgeOff, "event-bridge-off", Error: "The bucket tells nobody of an upload: only the backlog alarm wakes, minutes later.";
    PatternCannotMatch, "pattern-cannot-match", Error: "Keys are compared letter by letter: no upload is both told of and taken by the route.";
    NoFunction, "no-function", Note: "Without the function the endpoint leaves zero by its own policies alone, minutes after the work.";
    RoutesNotSeen, "routes-not-seen", Note: "The routes are stored elsewhere and not read from here: what uploads do is not examined.";
    NotRouted, "not-routed", Error: "The function does nothing for an endpoint that no route of its covers.";
    FunctionInactive, "function-inactive", Error: "A function that is not active is not invoked: nothing wakes, and nothing puts to sleep.";
    SettingsUnusable, "settings-unusable", Error: "The function does not start with settings that it cannot read.";
    ObserveMode, "observe-mode", Warning: "In this mode the function reads, decides and reports, and writes nothing.";
    FunctionErrors, "function-errors", Warning: "Each error is an event or a tick at which not everything could be done.";
    DeadLetters, "dead-letters", Warning: "Each dead letter is an event that the function failed at three times, or that never reached it.";
    NotReadable, "not-readable", Warning: "What could not be read was not examined.";
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub id: FindingId,
    /// What is wrong.
    pub what: String,
    /// The command or the parameter that mends it.
    pub what_to_do: String,
}

impl Finding {
    /// A finding.
    pub fn new(id: FindingId, what: impl Into<String>, what_to_do: impl Into<String>) -> Self {
        Self { id, what: what.into(), what_to_do: what_to_do.into() }
    }

    /// How much it matters.
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
