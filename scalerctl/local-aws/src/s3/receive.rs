//! The bytes of an upload: written to a file and compared with their checksums.

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::StreamExt;
use md5::{Digest, Md5};
use s3s::{
    S3Error, S3ErrorCode, S3Result, TrailingHeaders,
    checksum::ChecksumHasher,
    crypto::Checksum as _,
    dto::{Checksum, StreamingBlob},
    s3_error,
};
use tokio::io::AsyncWriteExt;

use crate::objects::{Content, Objects, hex};

/// The largest object that one request can put, in bytes: the limit of S3.
pub(super) const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

/// What an upload says of its bytes.
#[derive(Debug, Default)]
pub(super) struct Announced {
    /// `Content-Length`, in bytes.
    pub(super) length: Option<i64>,
    /// `Content-MD5`, in Base64.
    pub(super) md5: Option<String>,
    /// The values of `x-amz-checksum-…`, in Base64.
    pub(super) checksum: Checksum,
    /// Headers after the body.
    pub(super) trailing: Option<TrailingHeaders>,
}

/// Bytes that were received completely.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) content: Content,
    /// The entity tag, without quotes.
    pub(super) etag: String,
    /// The checksums that the upload announced.
    pub(super) checksum: Checksum,
}

/// An error of the folder for temporary files.
pub(super) fn internal(error: &dyn std::fmt::Display) -> S3Error {
    S3Error::with_message(S3ErrorCode::InternalError, error.to_string())
}

/// Receives the bytes.
///
/// # Errors
///
/// `EntityTooLarge`, `IncompleteBody`, `BadDigest`. Nothing is kept then.
pub(super) async fn receive(
    objects: &Objects,
    body: Option<StreamingBlob>,
    announced: Announced,
) -> S3Result<Received> {
    // Refused before a byte is read.
    if announced.length.is_some_and(|length| length.unsigned_abs() > LARGEST) {
        return Err(s3_error!(EntityTooLarge));
    }
    let (mut file, mut content) = objects.file().await.map_err(|error| internal(&error))?;
    let mut md5 = Md5::new();
    let mut hasher = ChecksumHasher {
        crc32: Some(s3s::crypto::Crc32::new()),
        crc32c: Some(s3s::crypto::Crc32c::new()),
        crc64nvme: Some(s3s::crypto::Crc64Nvme::new()),
        sha1: Some(s3s::crypto::Sha1::new()),
        sha256: Some(s3s::crypto::Sha256::new()),
    };
    if let Some(mut body) = body {
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|_| s3_error!(IncompleteBody))?;
            content.size += bytes.len() as u64;
            if content.size > LARGEST {
                return Err(s3_error!(EntityTooLarge));
            }
            md5.update(&bytes);
            hasher.update(&bytes);
            file.write_all(&bytes).await.map_err(|error| internal(&error))?;
        }
    }
    file.flush().await.map_err(|error| internal(&error))?;
    let md5 = md5.finalize();
    let wanted = with_trailing(announced.checksum, announced.trailing.as_ref());
    let same = |wanted: &Option<String>, computed: &Option<String>| match wanted {
        Some(_) => wanted == computed,
        None => true,
    };
    let computed = hasher.finalize();
    let all = [
        same(&announced.md5, &Some(STANDARD.encode(md5))),
        same(&wanted.checksum_crc32, &computed.checksum_crc32),
        same(&wanted.checksum_crc32c, &computed.checksum_crc32c),
        same(&wanted.checksum_crc64nvme, &computed.checksum_crc64nvme),
        same(&wanted.checksum_sha1, &computed.checksum_sha1),
        same(&wanted.checksum_sha256, &computed.checksum_sha256),
    ];
    match all.iter().all(|same| *same) {
        true => Ok(Received { content, etag: hex(&md5), checksum: wanted }),
        false => Err(s3_error!(
            BadDigest,
            "The Content-MD5 or checksum value that you specified did not match what the server received."
        )),
    }
}

/// The announced checksums, also those in headers after the body.
fn with_trailing(announced: Checksum, trailing: Option<&TrailingHeaders>) -> Checksum {
    let trailing = trailing.and_then(TrailingHeaders::take).unwrap_or_default();
    let value = |before: Option<String>, name: &str| {
        let after = trailing.get(name).and_then(|value| value.to_str().ok());
        before.or_else(|| after.map(str::to_owned))
    };
    Checksum {
        checksum_crc32: value(announced.checksum_crc32, "x-amz-checksum-crc32"),
        checksum_crc32c: value(announced.checksum_crc32c, "x-amz-checksum-crc32c"),
        checksum_crc64nvme: value(announced.checksum_crc64nvme, "x-amz-checksum-crc64nvme"),
        checksum_sha1: value(announced.checksum_sha1, "x-amz-checksum-sha1"),
        checksum_sha256: value(announced.checksum_sha256, "x-amz-checksum-sha256"),
        ..Checksum::default()
    }
}
