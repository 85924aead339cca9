//! The objects of S3: bytes in a temporary folder, and what is known of them in memory.

use std::{
    collections::{BTreeMap, HashMap},
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use s3s::{crypto::Checksum as _, dto::Checksum};
use simulator::Simulator;
use tempfile::{TempDir, TempPath};
use tokio::{fs::File, io::AsyncWriteExt};

/// The objects of all buckets. A clone has the same objects. The folder is deleted with the last clone.
#[derive(Clone)]
pub struct Objects {
    pub(crate) sim: Simulator,
    store: Arc<Store>,
}

struct Store {
    folder: TempDir,
    /// By bucket, then by key in the order of its bytes, as S3 lists them.
    index: Mutex<BTreeMap<String, BTreeMap<String, Object>>>,
}

/// An object. A clone has the same bytes, which stay readable when the object is replaced or deleted.
#[derive(Debug, Clone)]
pub struct Object {
    /// The number of bytes.
    pub size: u64,
    /// The entity tag, without quotation marks.
    pub etag: String,
    /// The time of the upload in the simulated AWS.
    pub modified: Timestamp,
    /// `Content-Type` of the upload.
    pub content_type: Option<String>,
    /// The headers `x-amz-meta-*` of the upload, without this prefix.
    pub metadata: HashMap<String, String>,
    pub(crate) checksum: Checksum,
    /// Deleted with the last clone.
    pub(crate) path: Arc<TempPath>,
}

impl Objects {
    /// No objects, in a new temporary folder.
    ///
    /// # Errors
    ///
    /// The folder cannot be created.
    pub fn new(sim: Simulator) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("scalerctl-s3-").tempdir()?;
        Ok(Self { sim, store: Arc::new(Store { folder, index: Mutex::default() }) })
    }

    /// What is known of an object. `None`: there is no such object.
    pub fn head(&self, bucket: &str, key: &str) -> Option<Object> {
        self.index().get(bucket)?.get(key).cloned()
    }

    /// The bytes of an object. `None`: there is no such object.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub async fn get(&self, bucket: &str, key: &str) -> io::Result<Option<Vec<u8>>> {
        match self.head(bucket, key) {
            Some(object) => tokio::fs::read(&*object.path).await.map(Some),
            None => Ok(None),
        }
    }

    /// Puts an object as a service of AWS does: it is no call of the account, but it leads to the events of an upload.
    ///
    /// # Errors
    ///
    /// The file cannot be written. The kind is [`io::ErrorKind::NotFound`] if there is no such bucket.
    pub async fn put(
        &self,
        bucket: &str,
        key: &str,
        content_type: &str,
        bytes: &[u8],
    ) -> io::Result<Object> {
        let (mut file, path) = self.new_file()?;
        file.write_all(bytes).await?;
        file.flush().await?;
        let object = Object {
            size: bytes.len() as u64,
            etag: hex(s3s::crypto::Md5::checksum(bytes).as_ref()),
            modified: self.sim.now(),
            content_type: Some(content_type.to_owned()),
            metadata: HashMap::new(),
            checksum: Checksum::default(),
            path: Arc::new(path),
        };
        self.index().entry(bucket.to_owned()).or_default().insert(key.to_owned(), object.clone());
        Ok(object)
    }

    pub(crate) fn index(&self) -> MutexGuard<'_, BTreeMap<String, BTreeMap<String, Object>>> {
        // After a panic in another thread, the index is still readable.
        self.store.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new empty file in the folder. It is deleted with its path.
    pub(crate) fn new_file(&self) -> io::Result<(File, TempPath)> {
        let (file, path) = tempfile::NamedTempFile::new_in(&self.store.folder)?.into_parts();
        Ok((File::from_std(file), path))
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("folder", &self.store.folder).finish_non_exhaustive()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
