//! The objects of S3: their bytes in a temporary folder, and what is known of them in memory.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use md5::{Digest, Md5};
use tempfile::TempDir;
use tokio::fs;

/// The objects of all buckets. Clones share them. The folder is deleted with the last clone.
#[derive(Debug, Clone)]
pub struct Objects(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: TempDir,
    files: AtomicU64,
    objects: Mutex<BTreeMap<String, BTreeMap<String, Object>>>,
}

/// An object without its bytes.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its bytes.
    pub content: Content,
    /// The entity tag, without quotes.
    pub etag: String,
    /// `LastModified`.
    pub modified: Timestamp,
    /// The headers that an upload sets and a download returns.
    pub headers: Headers,
}

/// The headers that an upload sets and a download returns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `x-amz-meta-…`, without the prefix.
    pub metadata: BTreeMap<String, String>,
}

/// The bytes of an object or of a part of an upload.
#[derive(Debug, Clone)]
pub struct Content {
    file: Arc<TemporaryFile>,
    /// Bytes.
    pub size: u64,
}

/// A file that is deleted with this value, so also after a failed upload.
#[derive(Debug)]
struct TemporaryFile(PathBuf);

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // The folder is deleted at the end in any case.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Objects {
    /// No objects.
    ///
    /// # Errors
    ///
    /// If there is no folder for temporary files.
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("scalerctl-aws-").tempdir()?;
        Ok(Self(Arc::new(Inner { folder, files: AtomicU64::new(0), objects: Mutex::default() })))
    }

    /// A new file and its place. It is deleted with the place.
    pub(crate) async fn file(&self) -> io::Result<(fs::File, Content)> {
        let number = self.0.files.fetch_add(1, Ordering::Relaxed);
        let path = self.0.folder.path().join(number.to_string());
        let file = fs::File::create(&path).await?;
        Ok((file, Content { file: Arc::new(TemporaryFile(path)), size: 0 }))
    }

    /// Puts an object with these bytes. Replaces an object of the same key.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be written.
    pub async fn put(
        &self,
        bucket: &str,
        key: &str,
        bytes: &[u8],
        content_type: &str,
        modified: Timestamp,
    ) -> io::Result<Object> {
        let (_, content) = self.file().await?;
        fs::write(&content.file.0, bytes).await?;
        let headers = Headers { content_type: Some(content_type.to_owned()), ..Headers::default() };
        let etag = hex(&Md5::digest(bytes));
        let content = Content { size: bytes.len() as u64, ..content };
        let object = Object { content, etag, modified, headers };
        self.insert(bucket, key, object.clone());
        Ok(object)
    }

    /// The bytes of an object. `None`: there is no such object.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be read.
    pub async fn bytes(&self, bucket: &str, key: &str) -> io::Result<Option<Vec<u8>>> {
        match self.get(bucket, key) {
            Some(object) => Ok(Some(fs::read(object.content.path()).await?)),
            None => Ok(None),
        }
    }

    /// An object.
    pub fn get(&self, bucket: &str, key: &str) -> Option<Object> {
        self.locked().get(bucket)?.get(key).cloned()
    }

    pub(crate) fn insert(&self, bucket: &str, key: &str, object: Object) {
        self.locked().entry(bucket.to_owned()).or_default().insert(key.to_owned(), object);
    }

    pub(crate) fn remove(&self, bucket: &str, key: &str) -> Option<Object> {
        self.locked().get_mut(bucket)?.remove(key)
    }

    pub(crate) fn is_empty(&self, bucket: &str) -> bool {
        self.locked().get(bucket).is_none_or(BTreeMap::is_empty)
    }

    /// The objects of a bucket with this prefix, by key, from the first key after `after`.
    pub(crate) fn listed(&self, bucket: &str, prefix: &str, after: &str) -> Vec<(String, Object)> {
        let objects = self.locked();
        let Some(objects) = objects.get(bucket) else { return Vec::new() };
        let from = if after < prefix { prefix } else { after };
        let from = objects.range(from.to_owned()..).filter(|(key, _)| key.as_str() > after);
        from.take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, object)| (key.clone(), object.clone()))
            .collect()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, BTreeMap<String, Object>>> {
        self.0.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.file.0
    }
}

/// Bytes in hexadecimal digits, as in an entity tag.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
