//! The body of a request, without its compression.

use std::{borrow::Cow, io::Read};

use axum::http::{HeaderMap, header};
use flate2::read::GzDecoder;

use crate::Refusal;

/// More than any request of these services may have.
const LARGEST: u64 = 8 << 20;

/// SDKs compress large requests of PutMetricData.
pub(super) fn plain<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<Cow<'a, [u8]>, Refusal> {
    if headers.get(header::CONTENT_ENCODING).is_none_or(|it| it != "gzip") {
        return Ok(Cow::Borrowed(body));
    }
    let mut plain = Vec::new();
    let read = GzDecoder::new(body).take(LARGEST + 1).read_to_end(&mut plain);
    match read {
        Ok(length) if length as u64 <= LARGEST => Ok(Cow::Owned(plain)),
        Ok(_) => Err(Refusal::new("RequestEntityTooLarge", "The request is too large")),
        Err(error) => Err(Refusal::new("SerializationException", error.to_string())),
    }
}
