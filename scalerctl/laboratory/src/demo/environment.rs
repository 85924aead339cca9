//! The function next to the simulated AWS on a loopback port, in simulated time.

use aws_credential_types::Credentials;
use jiff::Timestamp;
use reactive_scaler::{aws::SdkAws, config::Route, port::VariantId, signal::decode};
use serde_json::Value;
use simulator::{Entry, LoopbackAws, Simulator};
use tokio::time::Instant;

use super::{
    example,
    invocation::{Invocation, Trigger},
    state::State,
};
use crate::function::Function;
use scalerctl_console::{Failure, loopback::loopback_config};

/// A simulated AWS with an HTTP endpoint, and the function in a warm container.
#[derive(Debug)]
pub struct Environment {
    /// The simulated AWS.
    pub sim: Simulator,
    /// What the function did, in order.
    pub invocations: Vec<Invocation>,
    function: Function<SdkAws>,
    ids: Vec<VariantId>,
    // The HTTP endpoint is closed when this is dropped.
    _aws: LoopbackAws,
}

impl Environment {
    /// Creates these variants at zero instances, registered with 0 to [`example::MAX`] instances,
    /// and a function with these routes.
    ///
    /// # Errors
    ///
    /// If no loopback port is available.
    pub async fn start(
        now: Timestamp,
        routes: Vec<Route>,
        ids: Vec<VariantId>,
    ) -> Result<Self, Failure> {
        let failed = |error: String| Failure::NotOk(format!("the simulated AWS: {error}"));
        let sim = Simulator::new(now);
        sim.with(|world| {
            for id in &ids {
                world.add_async_endpoint(&id.endpoint, &id.variant, 0);
                world.register_target(id, 0, example::MAX);
            }
        });
        let aws = LoopbackAws::start(sim.clone()).await.map_err(|e| failed(e.to_string()))?;
        let credentials = Credentials::new("AKIADEMO", "demo", None, None, "scalerctl demo");
        let config = loopback_config(&aws.url, credentials).map_err(failed)?;
        let aws_of_function = SdkAws::new(&config).with_ledger(Some(example::TABLE.to_owned()));
        let function = Function::new(aws_of_function, &sim, routes);
        Ok(Self { sim, invocations: Vec::new(), function, ids, _aws: aws })
    }

    /// Invokes the function now. Simulated time does not pass meanwhile.
    pub async fn invoke(&mut self, trigger: Trigger, payload: &Value) -> &[State] {
        let at = self.sim.now();
        let before = self.sim.with(|world| world.journal.entries().len());
        let started = Instant::now();
        let invoked = self.function.invoke(payload).await;
        let took = started.elapsed();
        let (entries, after) = self.sim.with(|world| {
            let entries: Vec<Entry> =
                world.journal.entries().iter().skip(before).cloned().collect();
            let states = self.ids.iter().filter_map(|id| State::of(world, id)).collect();
            (entries, states)
        });
        let journal = (before, before + entries.len());
        let (mut calls, mut events) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Entry::Call(call) => calls.push(call),
                Entry::Event(_, event) => events.push(event),
            }
        }
        self.invocations.push(Invocation {
            trigger,
            asks: decode(payload).is_ok_and(|decoded| !decoded.signals.is_empty()),
            at,
            took,
            answer: invoked.answer,
            log: invoked.log,
            calls,
            events,
            journal,
            after,
        });
        self.states()
    }

    /// States of the variants after the last invocation.
    pub fn states(&self) -> &[State] {
        self.invocations.last().map_or(&[], |last| &last.after)
    }
}
