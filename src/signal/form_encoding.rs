//! The encoding of object keys in S3 notifications.

use percent_encoding::percent_decode_str;

/// Decodes a key as S3 encodes it in notifications: `+` is a space, `%XX` is a byte (Amazon S3 User
/// Guide, "Event message structure"). Nothing where the bytes are not UTF-8.
///
/// A `%` that no two hexadecimal digits follow stays as it is. A form decoder proper would split at
/// `&` and `=` and replace bad bytes; a key must come out whole and exact, or not at all.
pub(super) fn decode(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(|key| key.into_owned())
}
