//! Everything that happened in a world. The oracles check it.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{ledger::Location, port::VariantId};
use serde_json::Value;
use simulator::{Event, Job, JobId};

use crate::{
    call::{Request, Response},
    plan::{Command, EventKind},
    state_history::{EndpointState, Snapshot},
};

/// An invocation has this time.
const DEADLINE: SignedDuration = SignedDuration::from_secs(50);

/// The event of an invocation. Endpoints have the numbers of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Input(usize),
    /// Inputs for several endpoints, one bit for each endpoint.
    Inputs(u64),
    Alarm(usize),
    /// CloudTrail reports a call that was made at this time.
    Invocation(usize, Timestamp),
    Status(usize),
    Result(usize),
    Command(usize, Command),
    Tick,
    Foreign,
}

impl Signal {
    pub fn endpoint(self) -> Option<usize> {
        match self {
            Self::Input(endpoint)
            | Self::Alarm(endpoint)
            | Self::Invocation(endpoint, _)
            | Self::Status(endpoint)
            | Self::Result(endpoint)
            | Self::Command(endpoint, _) => Some(endpoint),
            Self::Inputs(_) | Self::Tick | Self::Foreign => None,
        }
    }

    /// Whether it contains inputs for this endpoint.
    pub fn is_input_for(self, endpoint: usize) -> bool {
        match self {
            Self::Input(of) => of == endpoint,
            Self::Inputs(all) => all & (1 << endpoint) != 0,
            _ => false,
        }
    }

    /// Whether it requests capacity.
    pub fn is_wake(self) -> bool {
        matches!(
            self,
            Self::Input(_)
                | Self::Inputs(_)
                | Self::Alarm(_)
                | Self::Invocation(..)
                | Self::Command(_, Command::Wake | Command::Hold { .. })
        )
    }
}

/// An object and its requests.
#[derive(Debug, Clone)]
pub struct RequestMade {
    /// The cause of the invocations with its event.
    pub cause: String,
    pub endpoint: usize,
    pub location: Location,
    /// The sequencer of the upload's event. `None` if there is no event.
    pub sequencer: Option<String>,
    /// One for each call of InvokeEndpointAsync.
    pub jobs: Vec<JobId>,
}

/// A time, with a number that orders events at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventTime {
    pub at: Timestamp,
    pub order: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum InvocationEnd {
    Running,
    Answered(Value),
    /// The invocation failed with this message.
    Failed(String),
    /// The container was terminated.
    Killed,
    /// The deadline was exceeded.
    OutOfTime,
}

#[derive(Debug, Clone)]
pub struct Invocation {
    /// The planned event or the minute that caused it.
    pub cause: String,
    pub signal: Signal,
    /// The S3 events and the results in it. Several if they came in a batch of a queue.
    pub messages: Vec<MessageMade>,
    pub container: usize,
    /// The container in this slot is replaced when it is dropped. This number counts the
    /// replacements.
    pub generation: u32,
    /// How many seconds its clock is ahead.
    pub ahead: i64,
    pub attempt: u32,
    pub began: EventTime,
    pub ended: Option<EventTime>,
    pub end: InvocationEnd,
    pub calls: Vec<CallMade>,
    /// Whether a fault, a stale read, a freeze or a kill occurred.
    pub troubled: bool,
    pub frozen: bool,
}

impl Invocation {
    /// Whether its time was up: it then fails, even if no call has failed.
    pub fn used_its_time(&self) -> bool {
        self.ended.is_some_and(|ended| ended.at.duration_since(self.began.at) >= DEADLINE)
    }

    pub fn succeeded(&self) -> bool {
        matches!(self.end, InvocationEnd::Answered(_))
    }

    /// The calls whose response the scaler got, ordered by the time of the response.
    pub fn answers(&self) -> Vec<(&CallMade, &Effect, EventTime)> {
        let mut seen: Vec<_> = self
            .calls
            .iter()
            .filter_map(|call| Some((call, call.effect.as_ref()?, call.answered?)))
            .collect();
        seen.sort_by_key(|(_, _, when)| *when);
        seen
    }
}

/// An S3 event or a result in an invocation.
#[derive(Debug, Clone)]
pub struct MessageMade {
    pub cause: String,
    /// Whether it is an S3 event.
    pub is_upload: bool,
    /// Whether it was handled with success.
    pub succeeded: bool,
}

#[derive(Debug, Clone)]
pub struct CallMade {
    pub request: Request,
    pub requested: EventTime,
    pub effect: Option<Effect>,
    pub answered: Option<EventTime>,
}

/// The effect of a call.
#[derive(Debug, Clone)]
pub struct Effect {
    pub when: EventTime,
    pub response: Response,
    /// Whether the call read or changed what it should, independent of the response.
    pub accepted: bool,
    pub injected: Option<&'static str>,
    pub stale: bool,
    /// The state of the endpoint right before the call.
    pub before: Option<EndpointState>,
    /// The state of the endpoint right after the call.
    pub after: Option<EndpointState>,
}

#[derive(Debug)]
pub struct EventLog {
    pub start: Timestamp,
    pub ids: Vec<VariantId>,
    pub invocations: Vec<Invocation>,
    pub snapshots: Vec<Snapshot>,
    /// Changes by a person, a deployment or AWS, with their times.
    pub outside_changes: Vec<(EventTime, EventKind)>,
    pub events: Vec<(Timestamp, Event)>,
    pub jobs: Vec<Job>,
    /// The requests to endpoints whose results are connected.
    pub requests: Vec<RequestMade>,
    pub calm_from: Timestamp,
    pub ends: Timestamp,
    /// How often each fault occurred.
    pub faults: BTreeMap<&'static str, u64>,
}

impl EventLog {
    /// Whether these are variants of the same endpoint, or the same variant.
    pub fn same_endpoint(&self, one: usize, other: usize) -> bool {
        self.ids[one].endpoint == self.ids[other].endpoint
    }

    /// The variants of this endpoint.
    pub fn variants(&self, endpoint: usize) -> impl Iterator<Item = usize> {
        (0..self.ids.len()).filter(move |other| self.same_endpoint(*other, endpoint))
    }

    /// The states of an endpoint in a time range: at its start, and after each change.
    pub fn states(
        &self,
        from: EventTime,
        until: EventTime,
        endpoint: usize,
    ) -> impl Iterator<Item = &EndpointState> {
        let first = self.snapshots.partition_point(|snapshot| snapshot.order <= from.order);
        let last = self.snapshots.partition_point(|snapshot| snapshot.order <= until.order);
        self.snapshots[first.saturating_sub(1)..last.max(first)]
            .iter()
            .map(move |snapshot| &snapshot.states[endpoint])
    }

    /// The snapshots up to this time.
    pub fn snapshots_until(&self, until: EventTime) -> &[Snapshot] {
        &self.snapshots[..self.snapshots.partition_point(|snapshot| snapshot.order <= until.order)]
    }
}

/// The invocations of each container, in order.
pub fn lives(log: &EventLog) -> HashMap<(usize, u32), Vec<usize>> {
    let mut lives: HashMap<(usize, u32), Vec<usize>> = HashMap::new();
    for (number, made) in log.invocations.iter().enumerate() {
        lives.entry((made.container, made.generation)).or_default().push(number);
    }
    lives
}
