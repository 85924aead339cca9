//! The age of what a container remembers.

use jiff::{SignedDuration, Timestamp};

/// Whether something that was learned at `then` is still used. If the clock was set back, it is not.
pub(super) fn is_within(span: SignedDuration, then: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(then);
    SignedDuration::ZERO <= age && age < span
}
