//! Times of the model as times of s3s.

use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use s3s::dto;

/// S3 shows whole milliseconds. The model has no time before 1970.
pub(super) fn timestamp(at: Timestamp) -> dto::Timestamp {
    let since = Duration::from_millis(at.as_millisecond().unsigned_abs());
    (UNIX_EPOCH + since).into()
}
