//! The function in the past: invoked in simulated time, with Lambda's retries.

use jiff::Timestamp;
use simulator::{Delivery, FunctionReference, LambdaFunction, Simulator, World};

use crate::function::{Container, Finished, end_of, report, wait_after};

/// An event that is to be tried.
#[derive(Debug)]
struct Attempt {
    at: Timestamp,
    event: Delivery,
    /// The attempts so far.
    attempts: u32,
    request_id: String,
}

/// The function, and its events that wait for another attempt.
#[derive(Debug)]
pub(super) struct Invocations<'a> {
    sim: &'a Simulator,
    function: LambdaFunction,
    container: Container<Simulator>,
    waiting: Vec<Attempt>,
}

impl<'a> Invocations<'a> {
    pub(super) async fn new(sim: &'a Simulator, function: LambdaFunction) -> Self {
        let container = Container::in_process(function.clone(), sim).await;
        Self { sim, function, container, waiting: Vec::new() }
    }

    /// A new execution environment, which remembers nothing.
    pub(super) async fn start_again(&mut self) {
        self.container = Container::in_process(self.function.clone(), self.sim).await;
    }

    /// The time of the next attempt.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|it| it.at).min()
    }

    /// Runs what is due.
    pub(super) async fn run(&mut self) {
        loop {
            let now = self.sim.now();
            let mut due: Vec<Attempt> = self.waiting.extract_if(.., |it| it.at <= now).collect();
            self.sim.with(|world| {
                for event in world.take_invocations() {
                    let request_id = world.request_id();
                    due.push(Attempt { at: now, event, attempts: 0, request_id });
                }
            });
            if due.is_empty() {
                return;
            }
            for attempt in due {
                self.attempt(attempt).await;
            }
        }
    }

    async fn attempt(&mut self, mut attempt: Attempt) {
        let function = FunctionReference::read(&attempt.event.to, None);
        if function.name != self.function.name {
            return;
        }
        let (request_id, payload) = (&attempt.request_id, &attempt.event.body);
        let invoked = self.container.invoke(request_id, payload).await;
        attempt.attempts += 1;
        let config = self.function.invoke_config(function.qualifier());
        let attempts = attempt.attempts;
        let next = self.sim.now() + wait_after(attempts);
        let Some(condition) = end_of(&config, &invoked, attempts, attempt.event.at, next) else {
            self.waiting.push(Attempt { at: next, ..attempt });
            return;
        };
        let (function, invoked) = (&function, &invoked);
        let finished = Finished { function, request_id, payload, invoked, attempts, condition };
        self.sim.with(|world: &mut World| report(world, &config, &finished));
    }
}
