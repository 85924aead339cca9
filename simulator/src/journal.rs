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
    /// A person. The request is not counted as a call.
    Person,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded.
    Ok,
    /// AWS answered with this error code.
    Refused(String),
    /// No answer arrived.
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
    /// A summary of the arguments, for example `AllTraffic=0`.
    pub arguments: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// One event of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An input object was uploaded.
    Uploaded(JobId),
    /// A request entered the queue. Again, if its instance was removed and
    /// [`Settings::cut_jobs`](crate::Settings::cut_jobs) says so.
    Queued(JobId),
    /// A request was refused: the endpoint does not exist or does not accept requests.
    InvocationRefused(JobId),
    /// An instance started to process the request.
    Picked(JobId),
    /// The request was processed.
    Completed(JobId),
    /// The instance was removed during processing, or the endpoint was deleted.
    Killed(JobId),
    /// The request waited longer than its time to live.
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
    /// The variant serves with this many instances, at least one.
    InService(VariantId, i32),
    /// The variant has no instance left.
    AtZero(VariantId),
    /// The requested capacity was not available. The old instance count remains.
    CapacityFailed(VariantId),
    /// The status changed for a reason other than a change of capacity.
    Status(String, EndpointStatus),
    /// The endpoint was deleted.
    Deleted(String),
    /// A scheduled action ran.
    ActionRan(VariantId, String),
    /// A scheduled action was missed because scheduled scaling was suspended.
    ActionMissed(VariantId, String),
    /// A CloudWatch alarm changed its state.
    AlarmChanged {
        /// Its name.
        alarm: String,
        /// The state before the change.
        from: AlarmState,
        /// The state after the change.
        to: AlarmState,
    },
    /// A CloudWatch alarm notified an SNS topic or invoked a Lambda function.
    AlarmNotified {
        /// Its name.
        alarm: String,
        /// The new state.
        state: AlarmState,
        /// The ARN of the topic or the function.
        action: String,
    },
}

/// A request over HTTP that did not become a call: its operation is not answered, or its parameters are not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRequest {
    /// When it arrived.
    pub at: Timestamp,
    /// The service, for example `sagemaker`. Empty if it is not known.
    pub service: String,
    /// The operation, or the method and the path.
    pub operation: String,
    /// The error code of the answer.
    pub code: String,
    /// The message of the answer.
    pub message: String,
}

/// One entry of the journal.
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
    refused: Vec<RefusedRequest>,
}

impl Journal {
    /// All entries, in order.
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

    /// The calls that write, in order, whether they succeeded or not.
    pub fn writes(&self) -> Vec<&Call> {
        self.calls().filter(|call| call.operation.is_write()).collect()
    }

    /// The number of calls of the operation since the counters were cleared.
    ///
    /// # Panics
    ///
    /// If the model has no operation of that name.
    pub fn count(&self, operation: &str) -> usize {
        match Operation::from_name(operation) {
            Some(operation) => self.counts.get(&operation).copied().unwrap_or(0),
            None => panic!("the model knows no operation {operation:?}"),
        }
    }

    /// The number of calls since the counters were cleared.
    pub fn total(&self) -> usize {
        self.counts.values().sum()
    }

    /// Sets the counters to zero and removes the calls. The events remain.
    pub fn clear_calls(&mut self) {
        self.counts.clear();
        self.entries.retain(|entry| matches!(entry, Entry::Event(..)));
    }

    /// Removes the calls before this time. The events and the counters remain.
    pub(crate) fn forget_calls_before(&mut self, at: Timestamp) {
        self.entries.retain(|entry| !matches!(entry, Entry::Call(call) if call.at < at));
    }

    /// The requests that did not become calls, in order.
    pub fn refused_requests(&self) -> &[RefusedRequest] {
        &self.refused
    }

    pub(crate) fn refuse(&mut self, request: RefusedRequest) {
        self.refused.push(request);
    }

    pub(crate) fn call(&mut self, call: Call) {
        *self.counts.entry(call.operation).or_default() += 1;
        self.entries.push(Entry::Call(call));
    }

    pub(crate) fn event(&mut self, at: Timestamp, event: Event) {
        self.entries.push(Entry::Event(at, event));
    }
}
