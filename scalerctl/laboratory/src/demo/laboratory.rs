//! The real function beside the loopback AWS, in simulated time.

use std::{cell::RefCell, time::Duration};

use jiff::Timestamp;
use reactive_scaler::{
    aws::SdkAws,
    config::{Config, Mode, Route},
    handler,
    port::VariantId,
    report::LogLine,
    scaler::Scaler,
};
use serde_json::Value;
use simulator::{Entry, LoopbackAws, Simulator};
use tokio::time::Instant;

use super::{
    connect::connect,
    invocation::{Invocation, Trigger},
    scene,
    state::State,
    virtual_clock::VirtualClock,
};
use scalerctl_common::Failure;

/// What an invocation may take on this machine, as in Lambda with the template's time-out.
const TIME_OUT: Duration = Duration::from_secs(50);

/// A world, its HTTP face, and a function with a warm container.
#[derive(Debug)]
pub struct Laboratory {
    /// The world.
    pub sim: Simulator,
    /// What the function did, in order.
    pub invocations: Vec<Invocation>,
    scaler: Scaler<SdkAws, VirtualClock>,
    clock: VirtualClock,
    ids: Vec<VariantId>,
    // Dropping it ends the HTTP face.
    _aws: LoopbackAws,
}

impl Laboratory {
    /// A world at this time in which these variants stand at zero, registered with 0 to
    /// [`scene::MAX`] instances, and a function with these routes.
    ///
    /// # Errors
    ///
    /// When no loopback port can be had.
    pub async fn start(
        now: Timestamp,
        routes: Vec<Route>,
        ids: Vec<VariantId>,
    ) -> Result<Self, Failure> {
        let failed = |error: String| Failure::NotOk(format!("the loopback AWS: {error}"));
        let sim = Simulator::new(now);
        sim.with(|world| {
            for id in &ids {
                world.add_async_endpoint(&id.endpoint, &id.variant, 0);
                world.register_target(id, 0, scene::MAX);
            }
        });
        let aws = LoopbackAws::start(sim.clone()).await.map_err(|e| failed(e.to_string()))?;
        let config = connect(&aws.url).map_err(failed)?;
        let clock = VirtualClock(sim.clone());
        let scaler =
            Scaler::new(SdkAws::new(&config), clock.clone(), Config { routes, mode: Mode::Act });
        Ok(Self { sim, invocations: Vec::new(), scaler, clock, ids, _aws: aws })
    }

    /// Invokes the function now. Simulated time stands still meanwhile.
    pub async fn invoke(&mut self, trigger: Trigger, payload: &Value) -> &[State] {
        let at = self.sim.now();
        let before = self.sim.with(|world| world.journal.entries().len());
        let log = RefCell::new(Vec::new());
        let begun = Instant::now();
        let log_line = |line: &LogLine<'_>| log.borrow_mut().push(line.to_value());
        let deadline = begun + TIME_OUT;
        let answer =
            handler::serve(&self.scaler, &self.clock, payload, None, deadline, log_line).await;
        let took = begun.elapsed();
        let (lines, after) = self.sim.with(|world| {
            let lines: Vec<Entry> = world.journal.entries().iter().skip(before).cloned().collect();
            let states = self.ids.iter().filter_map(|id| State::of(world, id)).collect();
            (lines, states)
        });
        let journal = (before, before + lines.len());
        let (mut calls, mut events) = (Vec::new(), Vec::new());
        for line in lines {
            match line {
                Entry::Call(call) => calls.push(call),
                Entry::Event(_, event) => events.push(event),
            }
        }
        let log = log.into_inner();
        let done = Invocation { trigger, at, took, answer, log, calls, events, journal, after };
        self.invocations.push(done);
        self.states()
    }

    /// How the variants stood after the last invocation.
    pub fn states(&self) -> &[State] {
        self.invocations.last().map_or(&[], |last| &last.after)
    }
}
