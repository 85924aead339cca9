//! The answer of an invocation.

use std::{collections::BTreeMap, sync::Arc};

use aws_lambda_events::sqs::SqsBatchResponse;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::entry::Entry;
use crate::scaler::Outcome;

#[derive(Serialize)]
struct Answer<'a> {
    decisions: Vec<Entry<'a>>,
    #[serde(flatten)]
    batch: Option<SqsBatchResponse>,
}

impl<'a> Answer<'a> {
    /// The answer to an SQS batch lists the messages to retry: those that could not be read, and those with a
    /// failed decision.
    fn of(outcome: &'a Outcome) -> Self {
        let batch = outcome.sqs.then(|| {
            let failed = outcome.done.iter().filter(|done| !done.failures().is_empty());
            // Decisions share lists of thousands of messages, so each list is read once.
            let lists = failed.flat_map(|done| done.subject.messages.lists());
            let lists: BTreeMap<_, _> = lists.map(|list| (Arc::as_ptr(list), list)).collect();
            let broken = outcome.broken.iter().filter_map(|broken| broken.message_id.as_deref());
            let mut ids: Vec<&str> =
                lists.values().flat_map(|list| list.iter().map(|id| &**id)).chain(broken).collect();
            ids.sort_unstable();
            ids.dedup();
            let mut batch = SqsBatchResponse::default();
            batch.set_failures(ids);
            batch
        });
        Self { decisions: outcome.done.iter().map(Entry::of).collect(), batch }
    }
}

/// The answer of an invocation, serialized directly from its outcome.
#[derive(Debug)]
pub struct Answered(pub(crate) Arc<Outcome>);

impl Serialize for Answered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Answer::of(&self.0).serialize(serializer)
    }
}

/// The invocation's answer as a JSON object.
pub fn answer(outcome: &Outcome) -> Value {
    serde_json::to_value(Answer::of(outcome)).unwrap_or_else(|error| {
        json!({ "decisions": [], "errors": [format!("the answer cannot be written: {error}")] })
    })
}
