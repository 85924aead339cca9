//! The objects of S3 in the form in which a state file has them.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
};

use ciborium::Value;
use jiff::Timestamp;
use s3s::dto::{self, Checksum, TimestampFormat};
use serde::{Deserialize, Serialize};
use tempfile::TempPath;

use crate::objects::{Headers, Object, Objects};

/// Larger objects are not stored.
pub const MOST_BYTES: u64 = 1024 * 1024;

/// The objects of all buckets, without uploads in parts that are not complete.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct StoredObjects {
    objects: Vec<StoredObject>,
    /// The bytes. Objects can have the same ones.
    contents: Vec<Value>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredObject {
    bucket: String,
    key: String,
    size: u64,
    etag: String,
    modified: Timestamp,
    content_type: Option<String>,
    metadata: BTreeMap<String, String>,
    cache_control: Option<String>,
    content_disposition: Option<String>,
    content_encoding: Option<String>,
    content_language: Option<String>,
    expires: Option<String>,
    crc32: Option<String>,
    crc32c: Option<String>,
    crc64nvme: Option<String>,
    sha1: Option<String>,
    sha256: Option<String>,
    checksum_type: Option<String>,
    parts: Vec<u64>,
    /// The place of its bytes in `contents`.
    content: usize,
}

/// The objects at one moment. Their files stay until it is dropped.
#[derive(Debug, Default)]
pub struct Snapshot {
    objects: Vec<StoredObject>,
    files: Vec<Arc<TempPath>>,
}

impl Snapshot {
    /// The objects as they are now.
    pub fn of(objects: &Objects) -> Self {
        let mut snapshot = Self::default();
        let mut places = HashMap::<PathBuf, usize>::new();
        for (bucket, of_bucket) in &objects.index().buckets {
            for (key, object) in of_bucket.iter().filter(|(_, it)| it.size <= MOST_BYTES) {
                let content = *places.entry(object.path.to_path_buf()).or_insert_with(|| {
                    snapshot.files.push(Arc::clone(&object.path));
                    snapshot.files.len() - 1
                });
                snapshot.objects.push(stored(bucket, key, object, content));
            }
        }
        snapshot
    }

    /// With the bytes of the objects.
    ///
    /// # Errors
    ///
    /// A file cannot be read.
    pub fn read(self) -> io::Result<StoredObjects> {
        let read = |path: &Arc<TempPath>| std::fs::read(&***path).map(Value::Bytes);
        let contents = self.files.iter().map(read).collect::<io::Result<_>>()?;
        Ok(StoredObjects { objects: self.objects, contents })
    }
}

impl StoredObjects {
    /// Puts the objects into their buckets, without events.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn restore(self, into: &Objects) -> io::Result<()> {
        let write = |content: &Value| {
            let bytes = content.as_bytes().map(Vec::as_slice).unwrap_or_default();
            let mut file = into.new_named_file()?;
            file.write_all(bytes)?;
            Ok(Arc::new(file.into_temp_path()))
        };
        let files = self.contents.iter().map(write).collect::<io::Result<Vec<_>>>()?;
        let mut index = into.index();
        for stored in self.objects {
            let Some(path) = files.get(stored.content).map(Arc::clone) else { continue };
            let (bucket, key) = (stored.bucket.clone(), stored.key.clone());
            index.buckets.entry(bucket).or_default().insert(key, restored(stored, path));
        }
        Ok(())
    }
}

fn stored(bucket: &str, key: &str, object: &Object, content: usize) -> StoredObject {
    let Headers { cache_control, content_disposition, content_encoding, content_language, expires } =
        object.headers.clone();
    let checksum = object.checksum.clone();
    StoredObject {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        size: object.size,
        etag: object.etag.clone(),
        modified: object.modified,
        content_type: object.content_type.clone(),
        metadata: object.metadata.clone().into_iter().collect(),
        cache_control,
        content_disposition,
        content_encoding,
        content_language,
        expires: expires.and_then(|at| {
            let mut text = Vec::new();
            at.format(TimestampFormat::HttpDate, &mut text).ok()?;
            String::from_utf8(text).ok()
        }),
        crc32: checksum.checksum_crc32,
        crc32c: checksum.checksum_crc32c,
        crc64nvme: checksum.checksum_crc64nvme,
        sha1: checksum.checksum_sha1,
        sha256: checksum.checksum_sha256,
        checksum_type: checksum.checksum_type.map(|it| it.as_str().to_owned()),
        parts: object.parts.clone(),
        content,
    }
}

fn restored(stored: StoredObject, path: Arc<TempPath>) -> Object {
    let expires = stored.expires.as_deref();
    let expires =
        expires.and_then(|text| dto::Timestamp::parse(TimestampFormat::HttpDate, text).ok());
    Object {
        size: stored.size,
        etag: stored.etag,
        modified: stored.modified,
        content_type: stored.content_type,
        metadata: stored.metadata.into_iter().collect(),
        headers: Headers {
            cache_control: stored.cache_control,
            content_disposition: stored.content_disposition,
            content_encoding: stored.content_encoding,
            content_language: stored.content_language,
            expires,
        },
        checksum: Checksum {
            checksum_crc32: stored.crc32,
            checksum_crc32c: stored.crc32c,
            checksum_crc64nvme: stored.crc64nvme,
            checksum_sha1: stored.sha1,
            checksum_sha256: stored.sha256,
            checksum_type: stored.checksum_type.map(Into::into),
        },
        parts: stored.parts,
        path,
    }
}
