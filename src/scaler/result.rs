//! The results: of one variant, and of an invocation.

use jiff::SignedDuration;

use super::{
    Failure, Messages, SignalKind,
    effects::Effects,
    seen::{Instances, Status},
    unit::Unit,
};
use crate::{
    config::{Mode, Route},
    decide::{Action, Decision, FloorWithheld},
    ignored::IgnoredSignal,
    port::AwsFailure,
    reason::Reason,
    signal::Broken,
};

/// What is served: known before any call to AWS.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The endpoint.
    pub endpoint: String,
    /// Its variant, if the route names it or it was read.
    pub variant: Option<String>,
    /// The kind of signal.
    pub signal: SignalKind,
    /// Nothing is written. The result says what would have been done.
    pub observe_only: bool,
    /// The name in the key was cut and fits several registered endpoints, or it is the name of a model that
    /// several endpoints have. All of them are woken.
    pub name_was_cut: bool,
    /// Messages of the queue that carried the signal.
    pub messages: Messages,
}

impl Subject {
    pub(super) fn of(unit: &Unit<'_>, mode: Mode) -> Self {
        Self {
            name_was_cut: unit.name_was_cut,
            messages: unit.messages(),
            ..Self::of_route(&unit.route, unit.signal, mode)
        }
    }

    pub(super) fn of_route(route: &Route, signal: SignalKind, mode: Mode) -> Self {
        Self {
            endpoint: route.endpoint.clone(),
            variant: route.variant.clone(),
            signal,
            observe_only: mode == Mode::Observe,
            name_was_cut: false,
            messages: Messages::default(),
        }
    }
}

/// The decision as it is reported: as it was made, or as it is after the answers of AWS.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conclusion {
    pub(super) action: Action,
    pub(super) reason: Reason,
    pub(super) recheck_in: Option<SignedDuration>,
    pub(super) floor_withheld: Option<FloorWithheld>,
}

impl Conclusion {
    /// Nothing was decided, for this reason.
    pub(super) fn nothing(reason: Reason) -> Self {
        Self { action: Action::None, reason, recheck_in: None, floor_withheld: None }
    }

    /// The decision after its capacity request. If AWS was busy with another change, the record makes a later tick
    /// request the capacity.
    pub(super) fn after(decision: &Decision, busy: bool) -> Self {
        let conclusion = Self::from(decision);
        match (busy, decision.action) {
            (false, _) => conclusion,
            // The hold that a person requested is written anyway.
            (true, Action::Hold) => Self { reason: Reason::EndpointBusy, ..conclusion },
            (true, _) => {
                Self { action: Action::Extend, reason: Reason::EndpointBusy, ..conclusion }
            }
        }
    }
}

impl Conclusion {
    /// The same, unless the floor was withheld for another reason.
    pub(super) fn or_withheld(self, withheld: Option<FloorWithheld>) -> Self {
        Self { floor_withheld: withheld.or(self.floor_withheld), ..self }
    }
}

impl From<&Decision> for Conclusion {
    fn from(decision: &Decision) -> Self {
        Self {
            action: decision.action,
            reason: decision.reason,
            recheck_in: decision.recheck_in,
            floor_withheld: decision.floor_withheld,
        }
    }
}

/// What was seen, decided and done for one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// What was served.
    pub subject: Subject,
    /// The instances that were seen. `None`: the variant was not read.
    pub seen: Option<Instances>,
    /// The answer to the command `status`.
    pub status: Option<Status>,
    /// The action.
    pub action: Action,
    /// The reason.
    pub reason: Reason,
    /// Time after which the decision can change without an event.
    pub recheck_in: Option<SignedDuration>,
    /// Why the floor is not raised, if a policy may still scale in for that reason.
    pub floor_withheld: Option<FloorWithheld>,
    /// What AWS accepted and refused.
    pub effects: Effects,
}

impl Done {
    pub(super) fn new(
        subject: Subject,
        seen: Option<Instances>,
        conclusion: Conclusion,
        effects: Effects,
    ) -> Self {
        let Conclusion { action, reason, recheck_in, floor_withheld } = conclusion;
        Self { subject, seen, status: None, action, reason, recheck_in, floor_withheld, effects }
    }

    /// There was nothing to decide, and no call was made for the variant.
    pub(super) fn without_a_look(subject: Subject, reason: Reason, failures: Vec<Failure>) -> Self {
        let effects = Effects { failures, ..Effects::default() };
        Self::new(subject, None, Conclusion::nothing(reason), effects)
    }

    /// It is unknown whether the endpoint is registered.
    pub(super) fn registry_unknown(subject: Subject, failure: &AwsFailure) -> Self {
        let endpoint = subject.endpoint.clone();
        let failure = Failure::RegistryUnknown { endpoint, problem: failure.to_string() };
        Self::without_a_look(subject, Reason::TargetUnreadable, vec![failure])
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &str {
        &self.subject.endpoint
    }

    /// Its variant, if the route names it or it was read.
    pub fn variant(&self) -> Option<&str> {
        self.subject.variant.as_deref()
    }

    /// Desired capacity before.
    pub fn from(&self) -> Option<i32> {
        self.seen.and_then(|instances| instances.desired)
    }

    /// Desired capacity after. The same if it was not changed.
    pub fn to(&self) -> Option<i32> {
        self.effects.capacity.or(self.from())
    }

    /// What could not be done.
    pub fn failures(&self) -> &[Failure] {
        &self.effects.failures
    }
}

/// The result of an invocation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// One for each variant.
    pub done: Vec<Done>,
    /// Records that could not be understood.
    pub broken: Vec<Broken>,
    /// Failures that concern no single variant.
    pub failures: Vec<Failure>,
    /// The event was a batch from a queue.
    pub sqs: bool,
    /// Signals that led to nothing, for the log. Without those that this container logged within the last minute.
    pub ignored_signals: Vec<IgnoredSignal>,
}

impl Outcome {
    /// Everything that could not be done, in the order in which it was tried.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.failures.iter().chain(self.done.iter().flat_map(Done::failures))
    }
}
