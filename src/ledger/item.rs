//! One item of the ledger: what is known about one input location of an endpoint.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Location;

/// A request is for the object that exists when it is received. The clocks of S3 and SageMaker can differ by this much.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(5);

/// A set has at most this many members. More say nothing more: two uploads of one location are never matched with
/// results, and one result is enough for one upload.
pub const MAX_MEMBERS: usize = 2;

/// The event of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The event's sequencer, or its eTag and time. A duplicate of the event has the same.
    pub id: String,
    /// When the object was created (`eventTime`).
    pub created_at: Option<Timestamp>,
}

/// The result of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestResult {
    /// `inferenceId`. A duplicate of the message has the same.
    pub inference_id: String,
    /// When SageMaker received the request (`receivedTime`).
    pub received_at: Option<Timestamp>,
}

/// The uploads and the results of one input location. The sets only grow, so the order of events does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The input location.
    pub location: Location,
    /// One id for each upload, at most [`MAX_MEMBERS`]: the event's sequencer, or its eTag and time.
    pub uploads: BTreeSet<String>,
    /// The `inferenceId` of each result, at most [`MAX_MEMBERS`].
    pub results: BTreeSet<String>,
    /// When the newest object was created, by S3's clock.
    pub created_at: Option<Timestamp>,
    /// When the newest of the requests that have a result was received, by SageMaker's clock.
    pub received_at: Option<Timestamp>,
    /// When the newest event of an upload was handled, duplicates included.
    pub touched_at: Option<Timestamp>,
    /// When the newest result was handled. A duplicate does not change it.
    pub result_at: Option<Timestamp>,
    /// Uploads that were touched up to this time are forgotten: nobody invoked them.
    pub forgotten_until: Option<Timestamp>,
}

/// What one item says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There can be work: an upload without a result, or several uploads.
    Outstanding,
    /// The same, but a sleep by the metric found that nobody invoked it.
    Forgotten,
    /// One upload, and a result of a request for it.
    Finished,
    /// Results without an upload: its event is late or lost, or the request had no upload.
    ResultOnly,
}

impl Item {
    /// An item without uploads and results.
    pub fn new(location: Location) -> Self {
        Self {
            location,
            uploads: BTreeSet::new(),
            results: BTreeSet::new(),
            created_at: None,
            received_at: None,
            touched_at: None,
            result_at: None,
            forgotten_until: None,
        }
    }

    /// Records the event of an upload that is handled at `now`.
    pub fn add_upload(&mut self, upload: &Upload, now: Timestamp) {
        add(&mut self.uploads, &upload.id);
        self.created_at = self.created_at.max(upload.created_at);
        self.touched_at = self.touched_at.max(Some(now));
    }

    /// Records a result that is handled at `now`.
    pub fn add_result(&mut self, result: &RequestResult, now: Timestamp) {
        if !self.results.contains(&result.inference_id) {
            add(&mut self.results, &result.inference_id);
            self.received_at = self.received_at.max(result.received_at);
            self.result_at = self.result_at.max(Some(now));
        }
    }

    /// Records that nobody invoked the uploads that were touched so far.
    pub fn forget(&mut self) {
        self.forgotten_until = self.touched_at;
    }

    /// What this item says.
    pub fn standing(&self) -> Standing {
        match (self.uploads.len(), self.results.len()) {
            (0, _) => Standing::ResultOnly,
            (1, 1..) if self.result_is_of_the_upload() => Standing::Finished,
            _ if self.touched_at.is_some() && self.touched_at <= self.forgotten_until => {
                Standing::Forgotten
            }
            _ => Standing::Outstanding,
        }
    }

    /// Whether the request was received after the object was created. If it was not, the event of an earlier upload is
    /// missing, and this is its result. A time that is not known proves nothing.
    fn result_is_of_the_upload(&self) -> bool {
        match (self.created_at, self.received_at) {
            (Some(created), Some(received)) => created <= received + CLOCKS_DIFFER,
            _ => false,
        }
    }

    /// The newest event of this item.
    pub fn newest_event(&self) -> Option<Timestamp> {
        self.touched_at.max(self.result_at)
    }

    /// Whether nothing was added since `earlier` was read: sets and times are the same. A duplicate of an upload's event
    /// changes its time, so it counts as added.
    pub fn unchanged_since(&self, earlier: &Self) -> bool {
        let forgotten_until = earlier.forgotten_until;
        *earlier == Self { forgotten_until, ..self.clone() }
    }
}

fn add(members: &mut BTreeSet<String>, id: &str) {
    if members.len() < MAX_MEMBERS {
        members.insert(id.to_owned());
    }
}
