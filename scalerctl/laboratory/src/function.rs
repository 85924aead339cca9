//! The code of the function, invoked in simulated time.

use std::{cell::RefCell, fmt, time::Duration};

use jiff::Timestamp;
use reactive_scaler::{
    config::{Config, Mode, Route},
    handler::{self, InvocationError},
    port::Aws,
    report::LogLine,
    scaler::Scaler,
};
use serde::Deserialize;
use serde_json::Value;
use simulator::Simulator;
use tokio::time::Instant;

/// Time-out of an invocation, in real time: that of the template.
const TIMEOUT: Duration = Duration::from_secs(50);

/// Time from the end of a request until the message of its result invokes the function. The model has no SNS, so this is
/// an assumption.
pub const RESULT_DELIVERY: Duration = Duration::from_secs(1);

/// A decision, read from a log line or from an answer of the function.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Decision {
    /// Kind of the signal.
    pub signal: String,
    /// What the function did.
    pub action: String,
    /// Why.
    pub reason: String,
    /// End of the lease or hold, if known.
    pub awake_until: Option<Timestamp>,
}

impl Decision {
    /// The decisions of an answer.
    pub fn of_answer(answer: &Value) -> Vec<Self> {
        let decisions = answer.get("decisions").and_then(Value::as_array);
        decisions.into_iter().flatten().filter_map(Self::read).collect()
    }

    fn read(value: &Value) -> Option<Self> {
        Self::deserialize(value).ok()
    }
}

/// `wake (work_arrived)`.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.action, self.reason)
    }
}

/// What an invocation returned and logged.
#[derive(Debug)]
pub struct Invoked {
    /// The answer.
    pub answer: Result<Value, InvocationError>,
    /// The log lines.
    pub log: Vec<Value>,
}

impl Invoked {
    /// The decisions of the log lines, also of an invocation that failed.
    pub fn decisions(&self) -> impl Iterator<Item = Decision> {
        self.log.iter().filter_map(Decision::read)
    }
}

/// The function in one warm container.
#[derive(Debug)]
pub struct Function<A> {
    scaler: Scaler<A, Simulator>,
    clock: Simulator,
}

impl<A: Aws> Function<A> {
    /// A container with these routes. It calls AWS through `aws`; its clock is the simulated time.
    pub fn new(aws: A, clock: &Simulator, routes: Vec<Route>) -> Self {
        let config = Config { routes, mode: Mode::Act };
        Self { scaler: Scaler::new(aws, clock.clone(), config), clock: clock.clone() }
    }

    /// Invokes the function. Simulated time does not pass meanwhile.
    pub async fn invoke(&self, payload: &Value) -> Invoked {
        let log = RefCell::new(Vec::new());
        let write = |line: &LogLine<'_>| log.borrow_mut().push(line.to_value());
        let deadline = Instant::now() + TIMEOUT;
        let answer =
            handler::serve(&self.scaler, &self.clock, payload, None, deadline, write).await;
        Invoked { answer, log: log.into_inner() }
    }
}
