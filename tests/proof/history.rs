//! Everything that happened in a world: what the judges look at.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use serde_json::Value;
use simulator::{Event, Job};

use crate::{
    call::{Ask, Shown},
    past::{Moment, Stand},
    plan::{Command, What},
};

/// What an invocation is about. Endpoints are numbered as in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Input(usize),
    /// Inputs for several endpoints: a bit for each.
    Inputs(u64),
    Alarm(usize),
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
            | Self::Status(endpoint)
            | Self::Result(endpoint)
            | Self::Command(endpoint, _) => Some(endpoint),
            Self::Inputs(_) | Self::Tick | Self::Foreign => None,
        }
    }

    /// Whether it is about inputs for this endpoint.
    pub fn is_input_for(self, endpoint: usize) -> bool {
        match self {
            Self::Input(of) => of == endpoint,
            Self::Inputs(all) => all & (1 << endpoint) != 0,
            _ => false,
        }
    }

    /// Whether it asks for capacity.
    pub fn is_wake(self) -> bool {
        matches!(
            self,
            Self::Input(_)
                | Self::Inputs(_)
                | Self::Alarm(_)
                | Self::Command(_, Command::Wake | Command::Hold { .. })
        )
    }
}

/// A point of a history: time alone does not order what happens within one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct When {
    pub at: Timestamp,
    pub order: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum End {
    Running,
    Answered(Value),
    /// It failed loudly, with this message.
    Failed(String),
    /// Its container was gone.
    Killed,
    /// Its time was up, and it said so.
    OutOfTime,
}

#[derive(Debug, Clone)]
pub struct Invocation {
    /// The happening or the minute that led to it.
    pub cause: String,
    pub signal: Signal,
    pub container: usize,
    /// A container that is dropped is followed by another one in its place.
    pub generation: u32,
    /// Seconds by which its clock is ahead.
    pub ahead: i64,
    pub attempt: u32,
    pub began: When,
    pub ended: Option<When>,
    pub end: End,
    pub calls: Vec<CallMade>,
    /// Something went wrong on the way: a fault, a stale answer, a freeze, a kill.
    pub troubled: bool,
    pub frozen: bool,
}

impl Invocation {
    pub fn succeeded(&self) -> bool {
        matches!(self.end, End::Answered(_))
    }

    /// Calls about an endpoint whose answer the scaler saw, in the order of the answers.
    pub fn answers(&self) -> Vec<(&CallMade, &Effect, When)> {
        let mut seen: Vec<_> = self
            .calls
            .iter()
            .filter_map(|call| Some((call, call.effect.as_ref()?, call.answered?)))
            .collect();
        seen.sort_by_key(|(_, _, when)| *when);
        seen
    }
}

#[derive(Debug, Clone)]
pub struct CallMade {
    pub ask: Ask,
    pub asked: When,
    pub effect: Option<Effect>,
    pub answered: Option<When>,
}

/// What a call came to.
#[derive(Debug, Clone)]
pub struct Effect {
    pub when: When,
    pub shown: Shown,
    /// It changed or read what it should, whatever the scaler was told.
    pub accepted: bool,
    pub injected: Option<&'static str>,
    pub stale: bool,
    /// The endpoint right before it.
    pub before: Option<Stand>,
    /// And right after it.
    pub after: Option<Stand>,
}

#[derive(Debug)]
pub struct History {
    pub start: Timestamp,
    pub ids: Vec<VariantId>,
    pub invocations: Vec<Invocation>,
    pub moments: Vec<Moment>,
    /// What a person, a deployment or AWS did, and when it took place.
    pub deeds: Vec<(When, What)>,
    pub events: Vec<(Timestamp, Event)>,
    pub jobs: Vec<Job>,
    pub calm_from: Timestamp,
    pub ends: Timestamp,
    /// How often each fault struck.
    pub faults: BTreeMap<&'static str, u64>,
}

impl History {
    /// How it stood in the course of a stretch: at its beginning, and after each change within.
    pub fn stands(&self, from: When, until: When, endpoint: usize) -> impl Iterator<Item = &Stand> {
        let first = self.moments.partition_point(|moment| moment.order <= from.order);
        let last = self.moments.partition_point(|moment| moment.order <= until.order);
        self.moments[first.saturating_sub(1)..last.max(first)]
            .iter()
            .map(move |moment| &moment.stands[endpoint])
    }
}

/// The numbers of the invocations of each container's life, in order.
pub fn lives(history: &History) -> HashMap<(usize, u32), Vec<usize>> {
    let mut lives: HashMap<(usize, u32), Vec<usize>> = HashMap::new();
    for (number, made) in history.invocations.iter().enumerate() {
        lives.entry((made.container, made.generation)).or_default().push(number);
    }
    lives
}
