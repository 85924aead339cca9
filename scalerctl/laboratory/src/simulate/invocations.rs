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
    pub async fn uploads(&mut self, uploads: &[Input]) {
        match uploads {
            [one] => self.invoke(&one.event()).await,
            several => {
                let record = |upload: &Input| {
                    json!({
                        "messageId": upload.number.to_string(),
                        "eventSource": "aws:sqs",
                        "body": upload.event().to_string(),
                    })
                };
                let records: Vec<Value> = several.iter().map(record).collect();
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

    /// The result of a request, as a message of its SNS topic. A request with an inline body has one, too: AWS does not
    /// say how its message differs.
    pub async fn result(&mut self, endpoint: &str, request: &Input) {
        let message = json!({
            "eventSource": "aws:sagemaker",
            "eventName": "InferenceResult",
            "eventTime": self.sim.now().to_string(),
            "receivedTime": request.at.to_string(),
            "invocationStatus": "Completed",
            "requestParameters": {
                "endpointName": endpoint,
                "inputLocation": format!("s3://{BUCKET}/{}", request.key()),
            },
            "inferenceId": request.number.to_string(),
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

/// An input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// The number of its request.
    pub number: usize,
    /// When it was uploaded, or for a result, when its request was received.
    pub at: Timestamp,
}

impl Input {
    fn key(self) -> String {
        format!("input-{}", self.number)
    }

    fn event(self) -> Value {
        json!({
            "source": "aws.s3",
            "detail-type": "Object Created",
            "time": self.at.to_string(),
            "detail": {
                "bucket": { "name": BUCKET },
                "object": { "key": self.key(), "sequencer": format!("{:016X}", self.number) },
            },
        })
    }
}
