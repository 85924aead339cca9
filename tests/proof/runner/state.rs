//! The state of a running world, and its queue.

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use reactive_scaler::{config::Config, handler::InvocationError, scaler::Scaler};
use serde_json::Value;
use simulator::{Fault, JobId, Operation, Simulator};

use crate::{
    broken_scalers::{Defect, DefectivePort},
    call_gate::CallGate,
    event_log::{EventLog, EventTime, Signal},
    plan::{At, CallTarget, FailureMode, MINUTE, Plan, SECOND},
    port::SkewedClock,
    state_history::StateHistory,
};

use super::clock::{Clock, Flag};

/// The deadline of an invocation, as in `handler`.
pub(super) const DEADLINE: At = 50 * SECOND;

/// Lambda retries an asynchronous invocation after one minute, and after two more.
pub(super) const RETRIES: [At; 2] = [MINUTE, 2 * MINUTE];

pub(super) type HandlerFuture = Pin<Box<dyn Future<Output = Result<Value, InvocationError>>>>;

pub(super) enum Item {
    PlannedEvent(usize),
    Tick(u64),
    Minute,
    Deliver(Delivery),
    /// A message arrives in the queue.
    Queued(Delivery),
    /// The messages of the queue of this endpoint are delivered in a batch.
    Batch(usize),
    /// A call takes effect, after `tried` throttled attempts.
    Effect {
        container: usize,
        invocation: usize,
        ticket: usize,
        tried: u32,
    },
    Answer {
        container: usize,
        invocation: usize,
        ticket: usize,
    },
    Deadline {
        container: usize,
        invocation: usize,
    },
    Undo(usize),
    Owner {
        place: usize,
        release: Option<(String, Timestamp)>,
    },
    Calm,
}

#[derive(Clone)]
pub(super) struct Delivery {
    pub(super) signal: Signal,
    pub(super) payload: Value,
    pub(super) cause: String,
    /// The messages of a batch. Empty if the event does not come from a queue.
    pub(super) batch: Vec<Delivery>,
    /// Part of the seed of its random numbers.
    pub(super) random_id: u64,
    pub(super) attempt: u32,
}

/// An invocation that has not ended.
pub(super) struct RunningInvocation {
    pub(super) invocation: usize,
    pub(super) delivery: Delivery,
    pub(super) future: HandlerFuture,
    pub(super) flag: Arc<Flag>,
    pub(super) slow: bool,
    pub(super) kill: Option<(usize, bool)>,
    pub(super) freeze: Option<(usize, At, bool)>,
    /// Lambda stops it at its timeout after this call.
    pub(super) stop: Option<usize>,
    pub(super) frozen_until: At,
    pub(super) deadline: At,
}

/// A slot for a container.
pub(super) struct Container {
    pub(super) generation: u32,
    pub(super) ahead: i64,
    pub(super) gate: CallGate,
    pub(super) broken: Option<DefectivePort>,
    pub(super) scaler: Option<Arc<Scaler<DefectivePort, SkewedClock>>>,
    pub(super) running: Option<RunningInvocation>,
}

/// The messages of the result of a job.
#[derive(Clone)]
pub(super) struct ResultPlan {
    pub(super) endpoint: usize,
    /// `inputLocation`, as the client sent it.
    pub(super) input: String,
    /// When the first event of the upload is delivered, if there is one.
    pub(super) event_at: Option<At>,
    pub(super) delivered_after: Vec<At>,
}

pub(super) struct ActiveFault {
    pub(super) operation: Option<Operation>,
    pub(super) fault: Fault,
    pub(super) left: u32,
    pub(super) until: At,
}

pub(super) struct Runner<'a> {
    pub(super) plan: &'a Plan,
    pub(super) defect: Defect,
    pub(super) sim: Simulator,
    pub(super) clock: Clock,
    pub(super) state_history: StateHistory,
    pub(super) config: Config,
    pub(super) queue: BTreeMap<(At, u64), Item>,
    pub(super) order: u64,
    pub(super) now: At,
    pub(super) start: Timestamp,
    pub(super) containers: Vec<Container>,
    pub(super) active_faults: Vec<ActiveFault>,
    pub(super) stale: Option<(At, At)>,
    pub(super) kill_next: Option<(usize, bool)>,
    pub(super) freeze_next: Option<(usize, At, bool)>,
    pub(super) stop_next: Option<usize>,
    /// The messages in the queue of each endpoint.
    pub(super) queues: Vec<VecDeque<Delivery>>,
    pub(super) slow_until: At,
    /// The duration of each call, and the end of the disruption.
    pub(super) latency: Option<(At, At)>,
    /// The disrupted calls, how they fail, and the end of the disruption.
    pub(super) disrupted_calls: Vec<(CallTarget, FailureMode, At)>,
    pub(super) limited_until: At,
    /// Owner events that wait for their trigger.
    pub(super) waiting_owner_events: Vec<usize>,
    /// Planned requests that wait until an item of the ledger is about to change.
    pub(super) waiting_requests: Vec<usize>,
    /// When the messages of the result of a job are delivered, by job.
    pub(super) results: BTreeMap<JobId, ResultPlan>,
    pub(super) results_journal_length: usize,
    pub(super) ticks_missing_until: At,
    pub(super) status_journal_length: usize,
    pub(super) journal_length: usize,
    pub(super) alarmed: Vec<bool>,
    pub(super) log: EventLog,
    pub(super) instant: bool,
    /// Whether every invocation runs in a cold container.
    pub(super) cold: bool,
    /// Items that are due now, if calls take no time.
    pub(super) instant_queue: VecDeque<Item>,
    pub(super) twice: bool,
}

impl Runner<'_> {
    pub(super) fn schedule(&mut self, at: At, item: Item) {
        self.order += 1;
        self.queue.insert((at, self.order), item);
    }

    pub(super) fn count(&mut self, fault: &'static str) {
        *self.log.faults.entry(fault).or_default() += 1;
    }

    pub(super) fn when(&mut self) -> EventTime {
        self.order += 1;
        EventTime { at: self.sim.now(), order: self.order }
    }

    /// Advances the time of the world.
    pub(super) fn pass_time(&mut self, at: At) {
        self.now = at;
        self.sim.advance_to(self.start + Duration::from_millis(at));
        self.record_states_if_changed();
    }

    /// Records the states of all endpoints, if the journal has new entries.
    pub(super) fn record_states_if_changed(&mut self) {
        let entries = self.sim.with(|world| world.journal.entries().len());
        if std::mem::replace(&mut self.journal_length, entries) != entries {
            self.record_states();
        }
    }

    pub(super) fn record_states(&mut self) {
        self.order += 1;
        self.state_history.record_states_if_changed(&self.sim, self.order);
    }
}
