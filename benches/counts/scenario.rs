//! What is counted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    callgrind::{Counted, LAMBDA},
    harness::{Function, ROUTE, TestWorld, ahead, uploads},
};

/// AWS calls by name.
pub type Calls = BTreeMap<String, usize>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// From the start to the answer to an event without a route.
    Start,
    /// An upload for an endpoint at zero.
    Wake,
    /// A further upload, while the lease is fresh.
    WarmInput,
    /// One of 10,000 records in one event, while the lease is fresh.
    Record,
    /// A tick for one endpoint with a live lease.
    Tick,
}

/// The first one is part of all others.
pub const SCENARIOS: &[Scenario] =
    &[Scenario::Start, Scenario::Wake, Scenario::WarmInput, Scenario::Record, Scenario::Tick];

impl Scenario {
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Wake => "wake",
            Self::WarmInput => "warm input",
            Self::Record => "one of 10,000 records",
            Self::Tick => "tick, lease live",
        }
    }

    /// What comes before it, what it is, and how many times it is what.
    fn script(self) -> (Vec<Value>, Vec<Value>, u64) {
        let tick = json!({ "action": "tick" });
        match self {
            Self::Start => (Vec::new(), vec![json!({ "Records": [] })], 1),
            Self::Wake => (Vec::new(), vec![uploads(1)], 1),
            Self::WarmInput => (vec![uploads(1)], vec![uploads(1); 100], 100),
            Self::Record => (vec![uploads(1)], vec![uploads(10_000)], 10_000),
            Self::Tick => (vec![tick.clone()], vec![tick; 20], 20),
        }
    }

    async fn test_world(self) -> TestWorld {
        match self {
            Self::Tick => TestWorld::awake_until(ahead(60)).await,
            _ => TestWorld::at_zero().await,
        }
    }

    /// Instructions of one, and the calls of all of it; `start` is what the start alone takes.
    pub async fn measure(self, start: u64) -> (u64, Calls) {
        let (before, events, times) = self.script();
        let without = match (self, before.is_empty()) {
            (Self::Start, _) => 0,
            (_, true) => start,
            (_, false) => self.run(&before).await,
        };
        let all: Vec<Value> = before.iter().chain(&events).cloned().collect();
        let with = self.run(&all).await;
        (with.saturating_sub(without) / times, self.calls(&before, &events).await)
    }

    async fn run(self, events: &[Value]) -> u64 {
        let test_world = self.test_world().await;
        let mut counted = Counted::start(&test_world).await;
        for event in events {
            counted.function.invoke(event).await.answer();
        }
        counted.end().await
    }

    async fn calls(self, before: &[Value], events: &[Value]) -> Calls {
        let test_world = self.test_world().await;
        let mut function = Function::start_with(test_world.url(), ROUTE, &LAMBDA).await;
        for event in before {
            function.invoke(event).await.answer();
        }
        test_world.sim.with(|world| world.clear_calls());
        for event in events {
            function.invoke(event).await.answer();
        }
        let mut calls = Calls::new();
        test_world.sim.with(|world| {
            for call in world.journal.calls() {
                *calls.entry(call.operation.as_str().to_owned()).or_default() += 1;
            }
        });
        calls
    }
}
