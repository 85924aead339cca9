//! What is to be run, and when: synchronous invocations, events that arrived, and messages of queues.

use std::{cell::RefCell, time::Duration};

use aws_config::SdkConfig;
use futures_util::{
    StreamExt,
    future::{BoxFuture, LocalBoxFuture},
    stream::FuturesUnordered,
};
use jiff::Timestamp;
use reactive_scaler::aws::SdkAws;
use serde_json::{Value, json};
use simulator::{
    Delivery, FunctionBatch, FunctionReference, LambdaFunction, Simulator,
    http::{Invocation, Invoked},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::sleep,
};

use super::{
    asynchronous::{Finished, end_of, report, wait_after},
    container::Container,
};

/// The longest time, by the machine's clock, until the next look at what has arrived.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// The shortest.
const SHORTEST: Duration = Duration::from_millis(1);

/// Further events wait while this many invocations run.
const MOST_RUNNING: usize = 10;

/// How late an event can be taken, by the machine's clock, on a machine with other work.
const LATENESS: Duration = Duration::from_millis(100);

/// A synchronous invocation, and who waits for its answer.
type Request = (Invocation, oneshot::Sender<Invoked>);

/// The synchronous invocations that wait.
pub type Requests = mpsc::UnboundedReceiver<Request>;

/// How synchronous invocations reach the [`Functions`], and where they arrive.
pub fn requests() -> (impl Fn(Invocation) -> BoxFuture<'static, Invoked> + Send + Sync, Requests) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let invoke = move |invocation: Invocation| -> BoxFuture<'static, Invoked> {
        let (reply, answer) = oneshot::channel();
        let sent = sender.send((invocation, reply));
        Box::pin(async move {
            let answered = if sent.is_ok() { answer.await.ok() } else { None };
            answered.unwrap_or_else(|| Invoked {
                payload: json!({ "errorType": "Sandbox.Failure", "errorMessage": "scalerctl aws ends" }),
                failed: true,
                log: String::new(),
            })
        })
    };
    (invoke, receiver)
}

/// The functions of the account. It keeps the simulated AWS in motion while nobody calls it.
#[derive(Debug)]
pub struct Functions {
    sim: Simulator,
    connection: SdkConfig,
    /// Execution environments between two invocations.
    idle: RefCell<Vec<Container<SdkAws>>>,
}

impl Functions {
    /// The functions of this account. Their calls go to `connection`.
    pub fn new(sim: Simulator, connection: SdkConfig) -> Self {
        Self { sim, connection, idle: RefCell::default() }
    }

    /// Runs what is to be run, without an end.
    pub async fn run(&self, mut requests: Requests) {
        let mut running = FuturesUnordered::<LocalBoxFuture<'_, ()>>::new();
        loop {
            let (events, batches) = self.sim.with(|world| match running.len() < MOST_RUNNING {
                true => (world.take_invocations(), world.take_queue_batches()),
                false => (Vec::new(), Vec::new()),
            });
            for event in events {
                running.push(Box::pin(self.asynchronous(event)));
            }
            for batch in batches {
                running.push(Box::pin(self.batch(batch)));
            }
            tokio::select! {
                Some((invocation, reply)) = requests.recv() => {
                    running.push(Box::pin(self.synchronous(invocation, reply)));
                }
                Some(()) = running.next(), if !running.is_empty() => {}
                () = self.wait_for_event() => {}
            }
        }
    }

    async fn synchronous(&self, invocation: Invocation, reply: oneshot::Sender<Invoked>) {
        let Invocation { request_id, function, payload } = invocation;
        if let Some(invoked) = self.invoke(&function, &request_id, &payload).await {
            // The caller has gone.
            let _ = reply.send(invoked);
        }
    }

    /// All attempts of an event. An event for a function that does not exist is lost.
    async fn asynchronous(&self, event: Delivery) {
        let function = FunctionReference::read(&event.to, None);
        let request_id = self.sim.with(simulator::World::request_id);
        // At a high speed, more ticks can arrive than the machine handles: Lambda, too, drops events that are too old.
        let age = self.sim.now().duration_since(event.at);
        let config = self.settings(&function).map(|it| it.invoke_config(function.qualifier()));
        let oldest = config.map(|it| jiff::SignedDuration::from_secs(it.max_age.into()));
        if oldest.is_none_or(|oldest| age > oldest + self.simulated(LATENESS)) {
            return;
        }
        let mut attempts = 0;
        while let Some(invoked) = self.invoke(&function, &request_id, &event.body).await {
            attempts += 1;
            let Some(settings) = self.settings(&function) else { return };
            let config = settings.invoke_config(function.qualifier());
            let next = self.sim.now() + wait_after(attempts);
            if let Some(condition) = end_of(&config, &invoked, attempts, event.at, next) {
                let (function, payload) = (&function, &event.body);
                let (request_id, invoked) = (request_id.as_str(), &invoked);
                let finished =
                    Finished { function, request_id, payload, invoked, attempts, condition };
                self.sim.with(|world| report(world, &config, &finished));
                return;
            }
            self.wait_until(next).await;
        }
    }

    /// The messages of a queue. Those that failed become visible again.
    async fn batch(&self, batch: FunctionBatch) {
        let function = FunctionReference::read(&batch.function, None);
        let request_id = self.sim.with(simulator::World::request_id);
        let Some(invoked) = self.invoke(&function, &request_id, &batch.batch.event).await else {
            return;
        };
        if invoked.failed {
            return;
        }
        let failures = invoked.payload["batchItemFailures"].as_array().cloned().unwrap_or_default();
        let failed: Vec<String> = failures
            .iter()
            .filter(|_| batch.reports_failures)
            .filter_map(|it| Some(it["itemIdentifier"].as_str()?.to_owned()))
            .collect();
        self.sim.with(|world| world.delete_batch(&batch.batch, &failed));
    }

    /// One attempt. `None`: the function does not exist.
    async fn invoke(
        &self,
        function: &FunctionReference,
        request_id: &str,
        payload: &Value,
    ) -> Option<Invoked> {
        let settings = self.settings(function)?;
        let idle = self.idle.borrow_mut().extract_if(.., |it| is_of(it, &settings)).next();
        let mut container = match idle {
            Some(container) => container,
            None => Container::start(settings, &self.sim, &self.connection).await,
        };
        let invoked = container.invoke(request_id, payload).await;
        if container.is_usable() {
            self.idle.borrow_mut().push(container);
        }
        Some(invoked)
    }

    fn settings(&self, function: &FunctionReference) -> Option<LambdaFunction> {
        self.sim.with(|world| world.function(&function.name).cloned())
    }

    async fn wait_until(&self, until: Timestamp) {
        loop {
            let left = until.duration_since(self.sim.now());
            if !left.is_positive() {
                return;
            }
            // The speed can change at any time.
            sleep(self.real(left.unsigned_abs()).min(LOOK_INTERVAL)).await;
        }
    }

    /// Until the next event of the simulated AWS, at most [`LOOK_INTERVAL`]: a call can cause an earlier event.
    async fn wait_for_event(&self) {
        let (now, next) = self.sim.with(|world| (world.now(), world.next_event()));
        let left = next.duration_since(now).max(jiff::SignedDuration::ZERO).unsigned_abs();
        sleep(self.real(left).min(LOOK_INTERVAL)).await;
    }

    /// A time of the machine's clock in simulated time.
    fn simulated(&self, real: Duration) -> jiff::SignedDuration {
        jiff::SignedDuration::try_from(real * self.speed()).unwrap_or(jiff::SignedDuration::MAX)
    }

    /// A simulated time by the machine's clock.
    fn real(&self, simulated: Duration) -> Duration {
        (simulated / self.speed()).max(SHORTEST)
    }

    /// Simulated seconds per second, now.
    fn speed(&self) -> u32 {
        self.sim.speed().and_then(|speed| u32::try_from(speed).ok()).unwrap_or(1).max(1)
    }
}

/// Whether it runs the function with its present configuration.
fn is_of(container: &Container<SdkAws>, function: &LambdaFunction) -> bool {
    container.function.name == function.name && container.function.revision == function.revision
}
