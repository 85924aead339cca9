//! The location of an input in Amazon S3.
//!
//! The event of an upload names a bucket and a key. The result of the request names a text, `inputLocation`, which the
//! client chose when it called `InvokeEndpointAsync`. Both must lead to the same item.

use std::fmt;

use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};

use serde::{Deserialize, Serialize};

/// A text that is longer than this is no location. A key has at most 1,024 bytes, and three times as many if each
/// byte is encoded.
const LONGEST: usize = 4096;

/// Separates a key from the version of an object.
const VERSION: &str = "?versionId=";

/// The location of an input, in the form that is the same for an upload and for its result.
///
/// The form of the key is the key with all encoding removed, however often it is encoded, and without a version. So two
/// different keys can have the same form, for example `a+b` and `a b`. They share an item. It then has two uploads and
/// never counts as done, so this is safe.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    bucket: String,
    key: String,
}

impl Location {
    /// The location of an object. `None` if there is no such object: a part is empty or too long.
    pub fn of_object(bucket: &str, key: &str) -> Option<Self> {
        if bucket.is_empty() || key.is_empty() || bucket.len() + key.len() > LONGEST {
            return None;
        }
        Some(Self { bucket: bucket.to_owned(), key: comparable(key) })
    }

    /// Reads the `inputLocation` of a result: an S3 URI, or the URL of an object. `None` if it is neither.
    pub fn from_input_location(text: &str) -> Option<Self> {
        if let Some(path) = after_scheme(text, "s3://") {
            let (bucket, key) = path.split_once('/')?;
            return Self::of_object(bucket, key);
        }
        let (host, path) = after_scheme(text, "https://")?.split_once('/')?;
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        match bucket_in_host(host)? {
            "" => {
                let (bucket, key) = path.split_once('/')?;
                Self::of_object(bucket, key)
            }
            bucket => Self::of_object(bucket, path),
        }
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key in the form that is compared.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The sort key of its item: the SHA-256 of its text, in hexadecimal. The text itself can be longer than the 1,024
    /// bytes of a sort key.
    pub fn sort_key(&self) -> String {
        let digest = Sha256::digest(self.to_string());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// `s3://BUCKET/KEY`.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

/// The rest of a text that begins with this scheme, in upper or lower case.
fn after_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (begin, rest) = text.split_at_checked(scheme.len())?;
    begin.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// The bucket in the host name of an S3 endpoint. Empty if the host names no bucket: then the path begins with it
/// (Amazon S3 User Guide, "Virtual hosting of general purpose buckets"). `None` for another host.
fn bucket_in_host(host: &str) -> Option<&str> {
    let name =
        host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
    // A bucket's name can contain dots and the label `s3`. The service's own label is the last one.
    let mut end = name.len();
    for label in name.rsplit('.') {
        let begin = end - label.len();
        if label == "s3" || label.starts_with("s3-") {
            return Some(name[..begin].trim_end_matches('.'));
        }
        end = begin.saturating_sub(1);
    }
    None
}

/// The key without encoding and version. Keys that are the same after decoding have the same form, whatever their
/// encoding: a decoded key is decoded again until nothing changes.
fn comparable(key: &str) -> String {
    let mut key = key.to_owned();
    loop {
        let spaced = key.replace('+', " ");
        let decoded = match percent_decode_str(&spaced).decode_utf8() {
            Ok(decoded) => decoded.into_owned(),
            Err(_) => spaced,
        };
        if decoded == key {
            break;
        }
        key = decoded;
    }
    while let Some((before, version)) = key.rsplit_once(VERSION) {
        if before.is_empty() || !is_version(version) {
            break;
        }
        key.truncate(before.len());
    }
    key
}

fn is_version(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}
