//! Minutes, as CloudWatch counts them.

use jiff::Timestamp;

/// The start of the minute that contains this time.
pub(crate) fn minute_of(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second().div_euclid(60) * 60).unwrap_or(time)
}
