//! Bodies of uploads: written to a file while they arrive, and compared with what the client said of them.

use std::{collections::BTreeMap, io, sync::Arc};

use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt;
use s3s::{
    S3Error, S3ErrorCode, S3Request, S3Result, StdError, TrailingHeaders,
    checksum::ChecksumHasher,
    crypto::{Checksum as _, Md5},
    dto::{Checksum, StreamingBlob},
    s3_error,
};
use tokio::io::AsyncWriteExt;

use super::Api;
use crate::objects::{Headers, Object, hex};

/// What the client says of a body.
#[derive(Default)]
pub(super) struct Announced {
    headers: HeaderMap,
    trailers: Option<TrailingHeaders>,
}

impl Announced {
    /// Takes it from a request.
    pub(super) fn of<T>(request: &mut S3Request<T>) -> Self {
        Self {
            headers: std::mem::take(&mut request.headers),
            trailers: request.trailing_headers.take(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The checksums that the client sends before or after the body, or that it wants to have.
    fn hasher(&self) -> ChecksumHasher {
        let mut hasher = ChecksumHasher::default();
        let mut any = false;
        let wanted = self
            .header("x-amz-sdk-checksum-algorithm")
            .or_else(|| self.header("x-amz-checksum-algorithm"));
        let wanted = wanted.unwrap_or_default().to_ascii_lowercase();
        let trailer = self.header("x-amz-trailer").unwrap_or_default();
        for name in ALGORITHMS {
            let header = checksum_header(name);
            let listed = trailer.split(',').any(|it| it.trim().eq_ignore_ascii_case(&header));
            if name == wanted || listed || self.headers.contains_key(&header) {
                any = true;
                start(&mut hasher, name);
            }
        }
        if !any {
            // What S3 calculates if the client says nothing.
            start(&mut hasher, "crc64nvme");
        }
        hasher
    }

    /// Refuses a body that is not what the client says.
    fn check(&self, size: u64, md5: [u8; 16], checksum: &Checksum) -> S3Result<()> {
        let length = self.header("content-length").and_then(|it| it.parse().ok());
        if length.is_some_and(|length: u64| length != size) {
            return Err(incomplete());
        }
        if let Some(announced) = self.header("content-md5") {
            match base64_simd::STANDARD.decode_to_vec(announced) {
                Ok(bytes) if bytes == md5 => {}
                Ok(bytes) if bytes.len() == md5.len() => {
                    return Err(s3_error!(
                        BadDigest,
                        "The Content-MD5 you specified did not match what we received."
                    ));
                }
                _ => {
                    return Err(s3_error!(
                        InvalidDigest,
                        "The Content-MD5 you specified was invalid."
                    ));
                }
            }
        }
        let trailers = self.trailers.as_ref().and_then(TrailingHeaders::take).unwrap_or_default();
        for (name, calculated) in values(checksum) {
            let header = checksum_header(name);
            let announced = self.headers.get(&header).or_else(|| trailers.get(&header));
            if announced.is_some_and(|it| it.as_bytes() != calculated.as_bytes()) {
                let name = name.to_ascii_uppercase();
                return Err(s3_error!(
                    BadDigest,
                    "The {name} you specified did not match the calculated checksum."
                ));
            }
        }
        Ok(())
    }
}

impl Api {
    /// Writes a body to a file. Nothing is kept if it is too long, or is not what the client says.
    pub(super) async fn receive(
        &self,
        body: Option<StreamingBlob>,
        announced: &Announced,
    ) -> S3Result<Object> {
        let (mut file, path) = self.objects.new_file().map_err(S3Error::internal_error)?;
        let mut md5 = Md5::new();
        let mut hasher = announced.hasher();
        let mut size = 0;
        let mut body = body;
        while let Some(chunk) = next(&mut body).await {
            let chunk = chunk.map_err(|error| broken(&error))?;
            size += chunk.len() as u64;
            if size > self.limit {
                return Err(too_large());
            }
            md5.update(&chunk);
            hasher.update(&chunk);
            file.write_all(&chunk).await.map_err(S3Error::internal_error)?;
        }
        file.flush().await.map_err(S3Error::internal_error)?;
        let (md5, checksum) = (md5.finalize(), hasher.finalize());
        announced.check(size, md5, &checksum)?;
        Ok(Object {
            size,
            etag: hex(&md5),
            modified: self.objects.sim.now(),
            content_type: None,
            metadata: std::collections::HashMap::new(),
            headers: Headers::default(),
            checksum,
            parts: Vec::new(),
            path: Arc::new(path),
        })
    }

    /// One file of the bytes of these objects in order, with the checksum of the whole.
    pub(super) async fn join(
        &self,
        parts: &[Object],
        algorithm: &str,
    ) -> io::Result<(Arc<tempfile::TempPath>, Checksum)> {
        let (mut file, path) = self.objects.new_file()?;
        let mut hasher = ChecksumHasher::default();
        start(&mut hasher, algorithm);
        for part in parts {
            let mut chunks = super::download::chunks(part, 0..part.size).await?;
            while let Some(chunk) = chunks.next().await {
                let chunk = chunk?;
                hasher.update(&chunk);
                file.write_all(&chunk).await?;
            }
        }
        file.flush().await?;
        Ok((Arc::new(path), hasher.finalize()))
    }
}

/// The refusal of a body that is longer than the limit.
pub(super) fn too_large() -> S3Error {
    s3_error!(EntityTooLarge, "Your proposed upload exceeds the maximum allowed size")
}

/// The names of checksums in headers.
pub(super) const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "sha1", "sha256", "crc64nvme"];

/// Starts one checksum.
pub(super) fn start(hasher: &mut ChecksumHasher, name: &str) {
    match name {
        "crc32" => hasher.crc32 = Some(Default::default()),
        "crc32c" => hasher.crc32c = Some(Default::default()),
        "sha1" => hasher.sha1 = Some(Default::default()),
        "sha256" => hasher.sha256 = Some(Default::default()),
        _ => hasher.crc64nvme = Some(Default::default()),
    }
}

/// The checksums with their names.
pub(super) fn values(checksum: &Checksum) -> BTreeMap<&'static str, &str> {
    let all = [
        ("crc32", &checksum.checksum_crc32),
        ("crc32c", &checksum.checksum_crc32c),
        ("sha1", &checksum.checksum_sha1),
        ("sha256", &checksum.checksum_sha256),
        ("crc64nvme", &checksum.checksum_crc64nvme),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))).collect()
}

fn checksum_header(name: &str) -> String {
    format!("x-amz-checksum-{name}")
}

async fn next(body: &mut Option<StreamingBlob>) -> Option<Result<axum::body::Bytes, StdError>> {
    match body {
        Some(body) => body.next().await,
        None => None,
    }
}

/// The types of these errors are private to s3s.
fn broken(error: &StdError) -> S3Error {
    let text = error.to_string();
    if text.contains("Sha256Mismatch") {
        let mut error = S3Error::with_message(
            S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into()),
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
        error.set_status_code(StatusCode::BAD_REQUEST);
        error
    } else if text.contains("SignatureMismatch") {
        S3Error::new(S3ErrorCode::SignatureDoesNotMatch)
    } else {
        incomplete()
    }
}

fn incomplete() -> S3Error {
    s3_error!(
        IncompleteBody,
        "You did not provide the number of bytes specified by the Content-Length HTTP header"
    )
}
