//! Requests of InvokeEndpointAsync and their results.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ResultTopics;

/// A request of InvokeEndpointAsync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferenceRequest {
    /// `InputLocation` or `Body`.
    pub input: RequestInput,
    /// `InferenceId`. `None`: the model makes one.
    pub inference_id: Option<String>,
    /// `ContentType`.
    pub content_type: Option<String>,
    /// `Accept`.
    pub accept: Option<String>,
    /// `CustomAttributes`. `processing=5m` is the time on an instance, `fail` makes the result a failure, and a comma separates them. Other
    /// attributes have no effect.
    pub custom_attributes: Option<String>,
    /// `RequestTTLSeconds`.
    pub ttl: Option<Duration>,
    /// `InvocationTimeoutSeconds`.
    pub timeout: Option<Duration>,
    /// `Filename`.
    pub filename: Option<String>,
    /// `S3OutputPathExtension`.
    pub path_extension: Option<String>,
}

/// The input of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestInput {
    /// `InputLocation`: an object of S3.
    Location(String),
    /// `Body`.
    Inline(Vec<u8>),
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestStatus {
    /// It was processed.
    Completed,
    /// It was processed, and the result is a failure, for this reason.
    Failed(String),
    /// It waited or was processed for too long, for this reason.
    Expired(String),
}

/// A request of InvokeEndpointAsync whose result is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedRequest {
    /// The endpoint's name.
    pub endpoint: String,
    /// `InferenceId`.
    pub inference_id: String,
    /// The input.
    pub input: RequestInput,
    /// `ContentType`.
    pub content_type: Option<String>,
    /// `Accept`.
    pub accept: Option<String>,
    /// The location of the output object.
    pub output: String,
    /// The location of the failure object.
    pub failure: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub status: RequestStatus,
    /// The topics of its endpoint.
    pub topics: ResultTopics,
}

/// A request that has not ended. What all requests of an endpoint share is not here: there can be many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenRequest {
    pub(crate) inference_id: String,
    pub(crate) input: RequestInput,
    pub(crate) content_type: Option<String>,
    pub(crate) accept: Option<String>,
    pub(crate) output: String,
    pub(crate) failure: String,
    /// When it expires in the queue, if it has a time to live of its own.
    pub(crate) expires_at: Option<Timestamp>,
    /// How it ends when its time on an instance is over.
    pub(crate) then: RequestStatus,
}

/// What `CustomAttributes` say about a request: a list such as `processing=5m,fail`, separated by commas. Other
/// attributes have no effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// `processing=TIME`: the time on an instance.
    pub(crate) processing: Option<Duration>,
    /// `fail`: the result is a failure.
    pub(crate) fails: bool,
}

impl Plan {
    pub(crate) fn read(attributes: &str) -> Self {
        attributes.split(',').map(str::trim).fold(Self::default(), |plan, it| {
            match it.split_once('=') {
                Some(("processing", time)) => {
                    let time = time.parse::<SignedDuration>().ok().filter(|it| !it.is_negative());
                    Self { processing: time.map(SignedDuration::unsigned_abs), ..plan }
                }
                None if it == "fail" => Self { fails: true, ..plan },
                _ => plan,
            }
        })
    }
}
