//! An endpoint whose results are connected, and what happens to it.

use std::time::Duration;

use reactive_scaler::ledger::Standing;
use serde_json::{Value, json};
use simulator::{JobId, JobState, World};

use crate::setup::{Answer, ENDPOINT, Setup, id};

pub const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true}]"#;

/// Without the ledger, the endpoint is scaled in after this time: `job_minutes` + 2.
pub const WINDOW: u32 = 17;

pub const MINUTE: Duration = Duration::from_secs(60);

/// The S3 notification of an upload. Each `number` is another upload of the key.
pub fn upload_event(setup: &Setup, key: &str, number: u32) -> Value {
    json!({ "Records": [{
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": setup.sim.now().to_string(),
        "s3": {
            "bucket": { "name": "my-inputs" },
            "object": { "key": key, "sequencer": format!("00{number}") },
        },
    }]})
}

/// The message of a result, as SNS delivers it.
pub fn result_event(setup: &Setup, key: &str, inference_id: &str) -> Value {
    let now = setup.sim.now().to_string();
    let message = json!({
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
        "eventTime": now,
        "receivedTime": now,
        "invocationStatus": "Completed",
        "requestParameters": {
            "endpointName": ENDPOINT,
            "inputLocation": format!("s3://my-inputs/{key}"),
        },
        "inferenceId": inference_id,
    });
    json!({ "Records": [{ "EventSource": "aws:sns", "Sns": { "Message": message.to_string() } }] })
}

/// The alarm without an action that CloudWatch puts on the event bus.
pub fn alarm(setup: &Setup) -> Value {
    let mut event: Value =
        serde_json::from_str(include_str!("../../../events/alarm-eventbridge.json")).unwrap();
    event["time"] = json!(setup.sim.now().to_string());
    event
}

pub fn completed(world: &World, job: JobId) -> bool {
    matches!(world.job(job).unwrap().state, JobState::Completed(_))
}

impl Setup {
    pub fn with_results() -> Self {
        Self::with_routes(ROUTES)
    }

    /// An endpoint that an upload has woken. All its work is done, and the function knows the result.
    pub async fn after_its_work() -> Self {
        Self::with_results().doing_its_work().await
    }

    /// The same, scaled in because its work is done.
    pub async fn asleep_after_its_work() -> Self {
        let setup = Self::after_its_work().await;
        assert_eq!(setup.minutes_until_zero(3).await, Some(1));
        setup
    }

    pub async fn doing_its_work(self) -> Self {
        let (job, _) = self.upload_of("a.json", 1).await;
        self.until_completed(job).await;
        self.result_of("a.json").await.unwrap();
        self
    }

    /// An input of this key is uploaded, its request queued, and the function invoked with the event.
    pub async fn upload_of(&self, key: &str, number: u32) -> (JobId, Answer) {
        let job = self.with(|world| world.upload(ENDPOINT));
        (job, self.send(&upload_event(self, key, number)).await)
    }

    /// So many ticks, until the job is completed.
    pub async fn until_completed(&self, job: JobId) {
        assert!(self.within(30, |world| completed(world, job)).await);
    }

    pub async fn result_of(&self, key: &str) -> Answer {
        self.send(&result_event(self, key, &format!("result-{key}"))).await
    }

    /// Ticks until desired capacity is 0, at most so many. The number of minutes.
    pub async fn minutes_until_zero(&self, most: u32) -> Option<u32> {
        for minute in 1..=most {
            self.minutes(1).await;
            if self.desired() == 0 {
                return Some(minute);
            }
        }
        None
    }

    pub fn has_record(&self, name: &str) -> bool {
        self.with(|world| world.action(&id(), name).is_some())
    }

    pub fn standings(&self) -> Vec<Standing> {
        self.with(|world| world.ledger(ENDPOINT).map(|item| item.standing()).collect())
    }

    /// The jobs that were cut.
    pub fn killed(&self) -> usize {
        self.with(|world| world.killed(ENDPOINT))
    }
}
