//! The encoding of object keys in S3 event notifications.

use percent_encoding::percent_decode_str;

/// Decodes a key: `+` is a space, `%XX` is a byte (Amazon S3 User Guide, "Event message structure"). `None`
/// if the result is not UTF-8.
///
/// A `%` without two hexadecimal digits is kept. A general form decoder is not used: it splits at `&` and `=`
/// and replaces invalid bytes, and a key must be exact.
pub(super) fn decode(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(|key| key.into_owned())
}
