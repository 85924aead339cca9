//! Reads everything from AWS, in order. Makes only read calls, and two invocations that change nothing.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Account, Function, TestedUpload,
    call_error::CallResult,
    event_bridge::Rule,
    iam::Simulation,
    lambda::{Answer, Queue},
    permissions,
    s3::BucketEvents,
    upload::{elsewhere, object_created},
};
use scalerctl_console::progress::Progress;

/// The data that the checks use. `None` if there was nothing to read.
#[derive(Debug)]
pub struct Facts {
    /// The function.
    pub function: Function,
    /// The endpoint and the upload that are tested.
    pub subject: TestedUpload,
    /// The function's resource policy.
    pub policy: CallResult<Value>,
    /// The queues that the function reads.
    pub queues: CallResult<Vec<Queue>>,
    /// The event notifications of the bucket.
    pub bucket: Option<CallResult<BucketEvents>>,
    /// The rules with the function or one of its queues as a target.
    pub rules: Option<CallResult<Vec<Rule>>>,
    /// The answer to `status`.
    pub status: Option<CallResult<Answer>>,
    /// The answer to `observe`.
    pub observed: Option<CallResult<Answer>>,
    /// The result of the simulation.
    pub permissions: Option<CallResult<Simulation>>,
}

impl Facts {
    /// Reads everything.
    pub async fn read(
        account: &Account,
        function: Function,
        subject: TestedUpload,
        progress: &Progress,
    ) -> Self {
        progress.step("Lambda: queues, and the function's resource policy");
        let queues = account.lambda.queues(&function.arn).await;
        let policy = account.lambda.policy(&function.arn).await;
        let mut facts = Self {
            function,
            subject,
            policy,
            queues,
            bucket: None,
            rules: None,
            status: None,
            observed: None,
            permissions: None,
        };
        let now = Timestamp::now();
        let arn = &facts.function.arn;
        let upload = facts.subject.upload.as_ref().ok();
        let event = upload.map(|upload| object_created(arn, upload, now));
        if let (Some(upload), Some(event)) = (upload, &event) {
            progress.step("S3: the bucket's notifications");
            facts.bucket = Some(account.s3.bucket_events(&upload.bucket).await);
            progress.step("EventBridge: rules, and whether they match the upload's event");
            let other = object_created(arn, &elsewhere(upload), now);
            facts.rules = Some(facts.rules(account, event, &other).await);
        }
        if let Ok(endpoint) = &facts.subject.endpoint {
            progress.step("Lambda: the endpoint's status, as the function sees it");
            let status = json!({ "action": "status", "endpoint": endpoint });
            facts.status = Some(account.lambda.invoke(&facts.function, &status).await);
        }
        if let Some(event) = event {
            progress.step("Lambda: what the function would do for the upload");
            let observe = json!({ "action": "observe", "event": event });
            facts.observed = Some(account.lambda.invoke(&facts.function, &observe).await);
        }
        if facts.subject.endpoint.is_ok() {
            progress.step("IAM: the permissions of the function's role");
            let queries = permissions::of(&facts.function, &facts.subject);
            facts.permissions = Some(account.iam.simulate(&facts.function.role, &queries).await);
        }
        facts
    }

    /// The rules of the function, then the rules of its queues.
    async fn rules(
        &self,
        account: &Account,
        event: &Value,
        other: &Value,
    ) -> CallResult<Vec<Rule>> {
        let mut targets = vec![self.function.arn.as_str()];
        if let Ok(queues) = &self.queues {
            targets.extend(queues.iter().map(|queue| queue.arn.as_str()));
        }
        let mut rules = Vec::new();
        for target in targets {
            rules.extend(account.event_bridge.rules(target, event, other).await?);
        }
        Ok(rules)
    }
}
