//! How long what a container remembers counts.

use jiff::{SignedDuration, Timestamp};

/// Whether what was learned then still counts. A clock that was set back makes it worthless.
pub(super) fn is_within(span: SignedDuration, then: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(then);
    SignedDuration::ZERO <= age && age < span
}
