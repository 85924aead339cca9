//! Requests with up to ten entries, of SQS and SNS.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::Refusal;

/// The answer to a batch: one result or one error for each entry. SQS leaves out an empty list, SNS does not.
pub(super) fn each(
    entries: &Value,
    with_empty: bool,
    mut answer: impl FnMut(Value) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    let entries = entries.as_array().map(Vec::as_slice).unwrap_or_default();
    let id = |entry: &Value| entry["Id"].as_str().unwrap_or_default().to_owned();
    if entries.is_empty() {
        let message = "The batch request doesn't contain any entries.";
        return Err(Refusal::new("EmptyBatchRequest", message));
    }
    if entries.len() > 10 {
        return Err(Refusal::new(
            "TooManyEntriesInBatchRequest",
            format!(
                "Maximum number of entries per request are 10. You have sent {}.",
                entries.len()
            ),
        ));
    }
    let mut ids = BTreeSet::new();
    if let Some(entry) = entries.iter().find(|entry| !ids.insert(id(entry))) {
        let message = format!("Id {} repeated.", id(entry));
        return Err(Refusal::new("BatchEntryIdsNotDistinct", message));
    }
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        match answer(entry.clone()) {
            Ok(mut result) => {
                result["Id"] = json!(id(entry));
                successful.push(result);
            }
            Err(Refusal { code, message }) => failed.push(json!({
                "Id": id(entry), "SenderFault": true, "Code": code, "Message": message,
            })),
        }
    }
    let mut answer = json!({});
    for (member, list) in [("Successful", successful), ("Failed", failed)] {
        if with_empty || !list.is_empty() {
            answer[member] = list.into();
        }
    }
    Ok(answer)
}
