//! The objects of S3: bytes in a temporary folder, and what is known of them in memory.

use std::{
    collections::{BTreeMap, HashMap},
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use s3s::{
    crypto::{Checksum as _, Md5},
    dto::{self, Checksum},
};
use simulator::{ObjectChange, ObjectEvent, Simulator, World};
use tempfile::{NamedTempFile, TempDir, TempPath};
use tokio::{fs::File, io::AsyncWriteExt};

/// The objects of all buckets. A clone has the same objects. The folder is deleted with the last clone.
#[derive(Clone)]
pub struct Objects {
    pub(crate) sim: Simulator,
    store: Arc<Store>,
}

struct Store {
    folder: Arc<TempDir>,
    index: Mutex<Index>,
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
    pub(crate) headers: Headers,
    pub(crate) checksum: Checksum,
    /// The sizes of its parts. Empty: it was uploaded as a whole.
    pub(crate) parts: Vec<u64>,
    /// Deleted with the last clone.
    pub(crate) path: Arc<TempPath>,
}

/// The other headers of an upload that belong to the object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    pub content_encoding: Option<String>,
    pub content_language: Option<String>,
    pub expires: Option<dto::Timestamp>,
}

/// What is known of objects and of uploads in parts.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// By bucket, then by key in the order of its bytes, as S3 lists them.
    pub buckets: BTreeMap<String, BTreeMap<String, Object>>,
    /// By bucket, key and ID.
    pub uploads: BTreeMap<(String, String, String), Upload>,
}

/// An upload in parts that is neither complete nor aborted. Its object has no bytes yet.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub object: Object,
    pub checksum_algorithm: Option<dto::ChecksumAlgorithm>,
    pub checksum_type: Option<dto::ChecksumType>,
    /// By number.
    pub parts: BTreeMap<i32, Object>,
}

impl Objects {
    /// No objects, in a new temporary folder.
    ///
    /// # Errors
    ///
    /// The folder cannot be created.
    pub fn new(sim: Simulator) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("scalerctl-s3-").tempdir()?;
        let folder = Arc::new(folder);
        Ok(Self { sim, store: Arc::new(Store { folder, index: Mutex::default() }) })
    }

    /// No objects, in the same folder.
    pub(crate) fn beside(&self, sim: Simulator) -> Self {
        let folder = Arc::clone(&self.store.folder);
        Self { sim, store: Arc::new(Store { folder, index: Mutex::default() }) }
    }

    /// Adds objects that were there before, and leads to no events.
    pub(crate) fn add_earlier(&self, earlier: &Self) {
        let mut index = self.index();
        for (bucket, objects) in &earlier.index().buckets {
            let own = index.buckets.entry(bucket.clone()).or_default();
            for (key, object) in objects {
                own.entry(key.clone()).or_insert_with(|| object.clone());
            }
        }
    }

    /// What is known of an object. `None`: there is no such object.
    pub fn head(&self, bucket: &str, key: &str) -> Option<Object> {
        self.index().buckets.get(bucket)?.get(key).cloned()
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
        let mut object = self.unlisted(bytes).await?;
        object.content_type = Some(content_type.to_owned());
        let exists = self.sim.with(|world| {
            let exists = world.has_bucket(bucket);
            if exists {
                self.insert(world, bucket, key, object.clone(), ObjectChange::Put);
            }
            exists
        });
        match exists {
            true => Ok(object),
            false => Err(io::Error::new(io::ErrorKind::NotFound, format!("no bucket {bucket}"))),
        }
    }

    /// An object that is in no bucket.
    pub(crate) async fn unlisted(&self, bytes: &[u8]) -> io::Result<Object> {
        let (mut file, path) = self.new_file()?;
        file.write_all(bytes).await?;
        file.flush().await?;
        Ok(Object {
            size: bytes.len() as u64,
            etag: hex(Md5::checksum(bytes).as_ref()),
            modified: self.sim.now(),
            content_type: None,
            metadata: HashMap::new(),
            headers: Headers::default(),
            checksum: Checksum::default(),
            parts: Vec::new(),
            path: Arc::new(path),
        })
    }

    /// Puts an object into a bucket, which leads to its events.
    pub(crate) fn insert(
        &self,
        world: &mut World,
        bucket: &str,
        key: &str,
        object: Object,
        change: ObjectChange,
    ) {
        let event = event(bucket, key, &object, change);
        let object = Object { modified: world.now(), ..object };
        self.index().buckets.entry(bucket.to_owned()).or_default().insert(key.to_owned(), object);
        world.object_changed(&event);
    }

    /// Deletes an object, which leads to its events. Assumption: there are none if there is no such object.
    pub(crate) fn remove(&self, world: &mut World, bucket: &str, key: &str) {
        let removed = self.index().buckets.get_mut(bucket).and_then(|it| it.remove(key));
        if let Some(object) = removed {
            world.object_changed(&event(bucket, key, &object, ObjectChange::Delete));
        }
    }

    pub(crate) fn index(&self) -> MutexGuard<'_, Index> {
        // After a panic in another thread, the index is still readable.
        self.store.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new empty file in the folder. It is deleted when it is dropped.
    pub(crate) fn new_named_file(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(&*self.store.folder)
    }

    /// A new empty file in the folder. It is deleted with its path.
    pub(crate) fn new_file(&self) -> io::Result<(File, TempPath)> {
        let (file, path) = self.new_named_file()?.into_parts();
        Ok((File::from_std(file), path))
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("folder", &self.store.folder).finish_non_exhaustive()
    }
}

fn event(bucket: &str, key: &str, object: &Object, change: ObjectChange) -> ObjectEvent {
    ObjectEvent {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        size: object.size,
        etag: object.etag.clone(),
        change,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
