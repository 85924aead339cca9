//! Jobs of an async endpoint, and its queue.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The ID of a job of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobId(pub usize);

/// One request and its input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The endpoint's name.
    pub endpoint: String,
    /// When its input was uploaded; `None` for an inline body.
    pub uploaded_at: Option<Timestamp>,
    /// The time of its InvokeEndpointAsync call.
    pub invoked_at: Timestamp,
    /// The processing time on an instance.
    pub processing: Duration,
    /// The state.
    pub state: JobState,
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobState {
    /// Not invoked yet.
    Announced,
    /// In the queue.
    Waiting,
    /// On an instance, since this time.
    Running(Timestamp),
    /// Processed, at this time.
    Completed(Timestamp),
    /// The instance was removed during processing and the job is lost, or the endpoint was deleted.
    Killed(Timestamp),
    /// The job waited longer than its time to live.
    Expired(Timestamp),
    /// The endpoint did not exist or did not accept requests.
    Refused(Timestamp),
}

/// The differences between one job and its endpoint's [`Pace`](crate::Pace).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobSpec {
    /// The processing time on an instance.
    pub processing: Option<Duration>,
    /// The time from the upload to the invocation.
    pub invocation_delay: Option<Duration>,
    /// The time of the upload, or of the invocation if the body is inline. Now if absent or in the
    /// past.
    pub at: Option<Timestamp>,
    /// Whether the body is inline, without an upload.
    pub inline: bool,
}

/// The answer of InvokeEndpointAsync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedRequest {
    /// Its job.
    pub job: JobId,
    /// `InferenceId`.
    pub inference_id: String,
    /// `OutputLocation`: the object is there when the request was processed.
    pub output: String,
    /// `FailureLocation`: the object is there instead, if the request failed or expired.
    pub failure: String,
}

/// A future step of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Step {
    Upload,
    Invocation,
}

/// The jobs of an endpoint that have not ended.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Queue {
    pub(crate) waiting: VecDeque<JobId>,
    /// The waiting jobs with a time to live of their own, each with the time at which it expires.
    pub(crate) expiring: BTreeSet<(Timestamp, JobId)>,
    /// Each with the time at which it ends.
    pub(crate) running: Vec<(Timestamp, JobId)>,
}

impl Queue {
    pub(crate) fn next_event(&self) -> Option<Timestamp> {
        self.running.iter().map(|(at, _)| *at).min()
    }

    /// Removes and returns the waiting jobs whose own time to live is over.
    pub(crate) fn take_expired(&mut self, now: Timestamp) -> Vec<JobId> {
        if self.expiring.first().is_none_or(|(at, _)| *at > now) {
            return Vec::new();
        }
        let later = self.expiring.split_off(&(now + Duration::from_nanos(1), JobId(0)));
        let due = std::mem::replace(&mut self.expiring, later);
        let due = due.into_iter().map(|(_, id)| id).collect::<BTreeSet<_>>();
        self.waiting.retain(|id| !due.contains(id));
        due.into_iter().collect()
    }

    /// The number of items being processed or yet to be processed.
    pub(crate) fn backlog(&self) -> usize {
        self.waiting.len() + self.running.len()
    }
}
