//! The real function in simulated time: its signals, its decisions, its calls.

use std::{cell::RefCell, time::Duration};

use jiff::Timestamp;
use reactive_scaler::{
    config::{Config, Mode, Route},
    handler,
    report::LogLine,
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::Simulator;
use tokio::time::Instant;

/// Bucket of the inputs.
const BUCKET: &str = "my-inputs";

/// What an invocation may take on this machine, as in Lambda with the template's time-out.
const TIME_OUT: Duration = Duration::from_secs(50);

/// What the function decided once.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// The kind of signal, the action and the reason, in the contract's words.
    pub signal: String,
    /// See above.
    pub action: String,
    /// See above.
    pub reason: String,
    /// Until when the endpoint is kept awake, as far as known.
    pub awake_until: Option<Timestamp>,
}

/// One warm container.
#[derive(Debug)]
pub struct Function {
    sim: Simulator,
    scaler: Scaler<Simulator, Simulator>,
    /// Everything it decided, in order.
    pub decided: Vec<Decided>,
    /// Invocations that failed, with what they said.
    pub failed: Vec<(Timestamp, String)>,
}

impl Function {
    /// A container with this route, on this world.
    pub fn new(sim: &Simulator, mut route: Route) -> Self {
        route.bucket = Some(BUCKET.to_owned());
        let config = Config { routes: vec![route], mode: Mode::Act };
        let scaler = Scaler::new(sim.clone(), sim.clone(), config);
        Self { sim: sim.clone(), scaler, decided: Vec::new(), failed: Vec::new() }
    }

    /// The schedule's round.
    pub async fn tick(&mut self) {
        self.invoke(&json!({ "action": "tick" })).await;
    }

    /// Uploads, as EventBridge tells of them: one by one, or in a batch that a queue collected.
    pub async fn uploads(&mut self, at: &[Timestamp]) {
        match at {
            [one] => self.invoke(&object_created(*one)).await,
            several => {
                let record = |(number, at): (usize, &Timestamp)| {
                    json!({
                        "messageId": number.to_string(),
                        "eventSource": "aws:sqs",
                        "body": object_created(*at).to_string(),
                    })
                };
                let records: Vec<Value> = several.iter().enumerate().map(record).collect();
                self.invoke(&json!({ "Records": records })).await;
            }
        }
    }

    /// The backstop alarm, as SNS hands it on.
    pub async fn alarm(&mut self, endpoint: &str) {
        let message = json!({
            "AlarmName": "backstop",
            "NewStateValue": "ALARM",
            "StateChangeTime": self.sim.now().to_string(),
            "Trigger": {
                "Namespace": "AWS/SageMaker",
                "MetricName": "HasBacklogWithoutCapacity",
                "Dimensions": [{ "name": "EndpointName", "value": endpoint }],
            },
        });
        let record = json!({ "EventSource": "aws:sns", "Sns": { "Message": message.to_string() } });
        self.invoke(&json!({ "Records": [record] })).await;
    }

    async fn invoke(&mut self, payload: &Value) {
        let at = self.sim.now();
        let decided = RefCell::new(Vec::new());
        let log = |line: &LogLine<'_>| {
            let line = line.to_value();
            let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
            decided.borrow_mut().push(Decided {
                at,
                signal: text("signal"),
                action: text("action"),
                reason: text("reason"),
                awake_until: line["awake_until"].as_str().and_then(|time| time.parse().ok()),
            });
        };
        let deadline = Instant::now() + TIME_OUT;
        let answer = handler::serve(&self.scaler, &self.sim, payload, None, deadline, log).await;
        self.decided.extend(decided.into_inner());
        if let Err(error) = answer {
            self.failed.push((at, error.message));
        }
    }
}

fn object_created(at: Timestamp) -> Value {
    json!({
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": at.to_string(),
        "detail": { "bucket": { "name": BUCKET }, "object": { "key": "input" } },
    })
}
