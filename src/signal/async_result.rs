//! The end of an async request, as SageMaker publishes it to the endpoint's success and error
//! topics (SageMaker AI Developer Guide, "Check prediction results", and the API's
//! `AsyncInferenceNotificationConfig`).

use serde_json::Value;

use super::{
    json,
    types::{Meaning, Read, What, Why},
};

/// Whether this is a SageMaker message. SNS delivers it without `Records`.
pub(super) fn is_result(event: &Value) -> bool {
    json::text(event, "/eventSource") == Some("aws:sagemaker")
}

/// One result.
pub(super) fn read(event: &Value) -> Read {
    if json::required(event, "/eventName")? != "InferenceResult" {
        return Ok(Meaning::Ignored(Why::NoResult));
    }
    let endpoint = json::required(event, "/requestParameters/endpointName")?.to_owned();
    let status = json::required(event, "/invocationStatus")?;
    if !matches!(status, "Completed" | "Failed" | "Expired") {
        return Ok(Meaning::Ignored(Why::ResultOfUnknownStatus));
    }
    Ok(Meaning::Signal(What::Result { endpoint, status: status.to_owned() }))
}
