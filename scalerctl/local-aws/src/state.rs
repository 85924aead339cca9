//! `--state FILE`: what a simulated AWS has, kept over a restart.
//!
//! The file has one line of JSON that says what it is, and then the world and the objects of S3 in CBOR. It is replaced
//! as a whole, so a process that is killed leaves the file of its last write.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use s3s::crypto::{Checksum as _, Md5};
use scalerctl_console::Failure;
use serde::{Deserialize, Serialize};
use simulator::{Settings, Simulator, World};

use crate::{
    objects::{Objects, hex},
    stored_objects::{Snapshot, StoredObjects},
};

const FORMAT: &str = "scalerctl aws --state";

/// The version of the file. A change of the world's fields that an older file does not have is a new version.
const VERSION: u32 = 1;

/// The shortest time, by the machine's clock, between two writes.
const INTERVAL: Duration = Duration::from_secs(10);

/// Writing takes at most this part of the time.
const PART: u32 = 20;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
    written_at: Timestamp,
    md5: String,
}

/// A file of states.
#[derive(Debug, Clone)]
pub struct StateFile {
    path: PathBuf,
    /// One write at a time, so that the newest state is the last.
    writing: Arc<Mutex<()>>,
}

/// What a file has.
#[derive(Debug)]
pub struct Stored {
    /// When it was written, by the machine's clock.
    pub written_at: Timestamp,
    world: World,
    objects: StoredObjects,
}

impl StateFile {
    /// The file at this path.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), writing: Arc::default() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file. `None`: it does not exist.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if the file is damaged, was written by another version, or cannot be replaced later. The file
    /// is not changed.
    pub fn read(&self) -> Result<Option<Stored>, Failure> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(self.refused(&format!("cannot be read: {error}"))),
        };
        self.new_file().map_err(|error| {
            self.refused(&format!("cannot be written: no new file beside it: {error}"))
        })?;
        bytes.map(|bytes| self.decoded(&bytes)).transpose()
    }

    fn decoded(&self, bytes: &[u8]) -> Result<Stored, Failure> {
        const ELSE: &str = "use another FILE, or delete this one to begin anew";
        let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let (first, rest) = bytes.split_at(line);
        let head = serde_json::from_slice::<Head>(first).ok().filter(|it| it.format == FORMAT);
        let head = head.ok_or_else(|| {
            self.refused(&format!("is no state of `scalerctl aws` (what to do: {ELSE})"))
        })?;
        if head.version != VERSION {
            return Err(self.refused(&format!(
                "has version {}, and this program reads version {VERSION} (what to do: {ELSE})",
                head.version
            )));
        }
        let body = rest.get(1..).unwrap_or_default();
        let damaged = |why: &str| self.refused(&format!("is damaged: {why} (what to do: {ELSE})"));
        if head.md5 != hex(Md5::checksum(body).as_ref()) {
            return Err(damaged("its content does not have its checksum"));
        }
        let (world, objects) = ciborium::from_reader::<(World, StoredObjects), _>(body)
            .map_err(|error| damaged(&error.to_string()))?;
        Ok(Stored { written_at: head.written_at, world, objects })
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// The file cannot be written. The old one is still there.
    pub fn write(&self, sim: &Simulator, objects: &Objects) -> io::Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut body, snapshot) = sim.with(|world| {
            let mut body = Vec::new();
            // A tuple of two: the objects follow.
            body.push(PAIR);
            let written = ciborium::into_writer(world, &mut body).map_err(io::Error::other);
            written.map(|()| (body, Snapshot::of(objects)))
        })?;
        let objects = snapshot.read()?;
        ciborium::into_writer(&objects, &mut body).map_err(io::Error::other)?;
        let head = Head {
            format: FORMAT.to_owned(),
            version: VERSION,
            written_at: Timestamp::now(),
            md5: hex(Md5::checksum(&body).as_ref()),
        };
        let mut file = self.new_file()?;
        writeln!(file, "{}", serde_json::to_string(&head)?)?;
        file.write_all(&body)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(io::Error::from)?;
        Ok(())
    }

    /// Writes the file at intervals, without an end. A write that fails is reported, and tried again.
    pub async fn keep_writing(&self, sim: &Simulator, objects: &Objects) {
        let mut took = Duration::ZERO;
        loop {
            tokio::time::sleep(INTERVAL.max(took * PART)).await;
            let begin = Instant::now();
            let (file, sim, objects) = (self.clone(), sim.clone(), objects.clone());
            let written = tokio::task::spawn_blocking(move || file.write(&sim, &objects)).await;
            if let Err(error) = written.map_err(io::Error::other).flatten() {
                anstream::eprintln!("{}", self.problem(&format!("cannot be written: {error}")));
            }
            took = begin.elapsed();
        }
    }

    /// Writes the file for the last time.
    ///
    /// # Errors
    ///
    /// [`Failure::NotOk`] if it cannot be written.
    pub fn write_last(&self, sim: &Simulator, objects: &Objects) -> Result<(), Failure> {
        let failed = |error| Failure::NotOk(self.problem(&format!("cannot be written: {error}")));
        self.write(sim, objects).map_err(failed)
    }

    /// A file that takes the place of this one when it is complete.
    fn new_file(&self) -> io::Result<tempfile::NamedTempFile> {
        let folder = self.path.parent().filter(|it| !it.as_os_str().is_empty());
        tempfile::Builder::new()
            .prefix(".scalerctl-state-")
            .tempfile_in(folder.unwrap_or(Path::new(".")))
    }

    fn problem(&self, what: &str) -> String {
        format!("--state: {} {what}", self.path.display())
    }

    fn refused(&self, what: &str) -> Failure {
        Failure::Usage(self.problem(what))
    }
}

/// The first byte of an array of two in CBOR (RFC 8949, "Specification of the CBOR Encoding").
const PAIR: u8 = 0x82;

impl Stored {
    /// The world, with these settings, and its objects.
    ///
    /// # Errors
    ///
    /// The objects cannot be written to a temporary folder.
    pub fn restore(self, settings: Settings) -> io::Result<(Simulator, Objects)> {
        let sim = Simulator::of(self.world.restored(settings));
        let objects = Objects::new(sim.clone())?;
        self.objects.restore(&objects)?;
        Ok((sim, objects))
    }
}
