//! Whether the ledger explains an invocation that CloudTrail reports.
//!
//! CloudTrail does not report the input of the request, and its events can be minutes late. The work can be done by the
//! time of the event.

use jiff::{SignedDuration, Timestamp};

use super::{Reading, Standing};

/// An upload explains an invocation if their times differ by at most this much. CloudTrail events can be this late.
pub const INVOCATION_SPAN: SignedDuration = SignedDuration::from_mins(15);

impl Reading {
    /// When the upload was touched that explains an invocation at `at`. Uploads that were forgotten and results without
    /// an upload explain none: the request can be for other work.
    pub fn upload_of(&self, at: Timestamp) -> Option<Timestamp> {
        let known = self
            .items
            .iter()
            .filter(|item| matches!(item.standing(), Standing::Outstanding | Standing::Finished));
        known.filter_map(|item| item.touched_at).find(|touched| explains(*touched, at))
    }
}

/// Whether an upload that was touched at this time explains an invocation at `at`.
pub fn explains(touched: Timestamp, at: Timestamp) -> bool {
    touched.duration_since(at).abs() <= INVOCATION_SPAN
}
