//! The signals that invoke the function in a simulation, and what it decides.

use jiff::Timestamp;
use reactive_scaler::config::Route;
use serde_json::{Value, json};
use simulator::Simulator;

use crate::function::{Decision, Function};

/// Bucket of the inputs.
const BUCKET: &str = "my-inputs";

/// The function, and what its invocations resulted in.
#[derive(Debug)]
pub struct Invocations {
    sim: Simulator,
    function: Function<Simulator>,
    /// Its decisions, in order.
    pub decisions: Vec<(Timestamp, Decision)>,
    /// Messages of invocations that failed.
    pub failed: Vec<(Timestamp, String)>,
}

impl Invocations {
    /// A function with this route, on this world.
    pub fn new(sim: &Simulator, mut route: Route) -> Self {
        route.bucket = Some(BUCKET.to_owned());
        Self {
            sim: sim.clone(),
            function: Function::new(sim.clone(), sim, vec![route]),
            decisions: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// The schedule.
    pub async fn tick(&mut self) {
        self.invoke(&json!({ "action": "tick" })).await;
    }

    /// Uploads, as events of EventBridge: one alone, or several in a batch of a queue.
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

    /// The backstop alarm, as a message of its SNS topic.
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
        let invoked = self.function.invoke(payload).await;
        self.decisions.extend(invoked.decisions().map(|decision| (at, decision)));
        if let Err(error) = invoked.answer {
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
