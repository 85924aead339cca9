//! What happened, in order: every API call and every event of the world.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reactive_scaler::port::{EndpointStatus, VariantId};

use crate::{AlarmState, JobId, Operation};

/// Who asked for a capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A caller of UpdateEndpointWeightsAndCapacities.
    Caller,
    /// Application Auto Scaling.
    AutoScaling,
    /// A person, with the same rights as a caller but not counted as a call.
    Person,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded.
    Ok,
    /// AWS answered with this error code.
    Refused(String),
    /// No answer came; `effect` tells whether it happened all the same.
    NoAnswer {
        /// Whether the call took effect.
        effect: bool,
    },
}

/// One API call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When it was made.
    pub at: Timestamp,
    /// The operation.
    pub operation: Operation,
    /// An endpoint's name, a resource id, or `*` for a whole namespace.
    pub resource: String,
    /// The arguments in short, for example `AllTraffic=0`.
    pub arguments: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// One event of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An input object was uploaded.
    Uploaded(JobId),
    /// A request entered the queue.
    Queued(JobId),
    /// A request was refused: no such endpoint, or it takes none.
    InvocationRefused(JobId),
    /// An instance picked the request up.
    Picked(JobId),
    /// It was processed.
    Completed(JobId),
    /// Its instance was taken away while it ran, or its endpoint was deleted.
    Killed(JobId),
    /// It waited too long.
    Expired(JobId),
    /// A change of capacity was accepted.
    CapacityRequested {
        /// The variant.
        id: VariantId,
        /// Desired instances before.
        from: i32,
        /// Desired instances from now on.
        to: i32,
        /// Who asked.
        by: Actor,
    },
    /// The endpoint serves with this many instances, at least one.
    InService(VariantId, i32),
    /// The variant has no instance left.
    AtZero(VariantId),
    /// The capacity asked for was not to be had; the old count stands.
    CapacityFailed(VariantId),
    /// The status changed for another reason than a change of capacity.
    Status(String, EndpointStatus),
    /// The endpoint is gone.
    Deleted(String),
    /// A scheduled action ran.
    ActionRan(VariantId, String),
    /// A scheduled action was missed: scheduled scaling was suspended at its time.
    ActionMissed(VariantId, String),
    /// A CloudWatch alarm changed its state.
    AlarmChanged {
        /// Its name.
        alarm: String,
        /// The state before.
        from: AlarmState,
        /// The state from then on.
        to: AlarmState,
    },
    /// A CloudWatch alarm told an SNS topic or invoked a Lambda function.
    AlarmNotified {
        /// Its name.
        alarm: String,
        /// The state that it got into.
        state: AlarmState,
        /// The ARN of the topic or the function.
        action: String,
    },
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// An API call.
    Call(Call),
    /// An event of the world.
    Event(Timestamp, Event),
}

/// What happened, and counters of calls.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    entries: Vec<Entry>,
    counts: BTreeMap<Operation, usize>,
}

impl Journal {
    /// All lines, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The events, in order.
    pub fn events(&self) -> impl Iterator<Item = (Timestamp, &Event)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Event(at, event) => Some((*at, event)),
            Entry::Call(_) => None,
        })
    }

    /// The API calls, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Call(call) => Some(call),
            Entry::Event(..) => None,
        })
    }

    /// The calls that write, in order, whatever became of them.
    pub fn writes(&self) -> Vec<&Call> {
        self.calls().filter(|call| call.operation.is_write()).collect()
    }

    /// How many calls of the operation were made since the counters were cleared.
    ///
    /// # Panics
    ///
    /// On a name that is no operation of the model.
    pub fn count(&self, operation: &str) -> usize {
        match Operation::from_name(operation) {
            Some(operation) => self.counts.get(&operation).copied().unwrap_or(0),
            None => panic!("the model knows no operation {operation:?}"),
        }
    }

    /// How many calls were made since the counters were cleared.
    pub fn total(&self) -> usize {
        self.counts.values().sum()
    }

    /// Sets the counters to zero and forgets the calls; the events stay.
    pub fn clear_calls(&mut self) {
        self.counts.clear();
        self.entries.retain(|entry| matches!(entry, Entry::Event(..)));
    }

    pub(crate) fn call(&mut self, call: Call) {
        *self.counts.entry(call.operation).or_default() += 1;
        self.entries.push(Entry::Call(call));
    }

    pub(crate) fn event(&mut self, at: Timestamp, event: Event) {
        self.entries.push(Entry::Event(at, event));
    }
}
