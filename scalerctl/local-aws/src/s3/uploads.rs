//! Multipart uploads that are not complete.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use md5::{Digest, Md5};
use s3s::{S3Result, dto::CompletedPart, s3_error};

use crate::objects::{Content, Headers, hex};

/// The smallest part, except the last, in bytes.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

/// A part that was uploaded.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) content: Content,
    /// The entity tag, without quotes.
    pub(super) etag: String,
    pub(super) modified: Timestamp,
}

/// An upload.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) headers: Headers,
    pub(super) began: Timestamp,
    pub(super) parts: BTreeMap<i32, Part>,
}

/// All uploads, by ID.
#[derive(Debug, Clone, Default)]
pub(super) struct Uploads(Arc<Mutex<(u64, BTreeMap<String, Upload>)>>);

impl Uploads {
    /// Begins an upload. Returns its ID.
    pub(super) fn begin(&self, upload: Upload) -> String {
        let mut uploads = self.locked();
        uploads.0 += 1;
        let id = format!("upload-{:016x}", uploads.0);
        uploads.1.insert(id.clone(), upload);
        id
    }

    /// An upload of this key.
    ///
    /// # Errors
    ///
    /// `NoSuchUpload`.
    pub(super) fn get(&self, id: &str, bucket: &str, key: &str) -> S3Result<Upload> {
        let uploads = self.locked();
        let found = uploads.1.get(id).filter(|it| it.bucket == bucket && it.key == key);
        found.cloned().ok_or_else(|| s3_error!(NoSuchUpload))
    }

    /// Adds a part. Replaces a part with the same number.
    pub(super) fn add(&self, id: &str, number: i32, part: Part) -> S3Result<()> {
        match self.locked().1.get_mut(id) {
            Some(upload) => {
                upload.parts.insert(number, part);
                Ok(())
            }
            None => Err(s3_error!(NoSuchUpload)),
        }
    }

    /// Removes an upload that is complete or aborted.
    pub(super) fn end(&self, id: &str) {
        self.locked().1.remove(id);
    }

    /// The uploads of a bucket whose keys have this prefix, by key.
    pub(super) fn of(&self, bucket: &str, prefix: &str) -> Vec<(String, Upload)> {
        let uploads = self.locked();
        let of =
            uploads.1.iter().filter(|(_, it)| it.bucket == bucket && it.key.starts_with(prefix));
        let mut of: Vec<_> = of.map(|(id, it)| (id.clone(), it.clone())).collect();
        of.sort_by(|(_, one), (_, other)| one.key.cmp(&other.key));
        of
    }

    fn locked(&self) -> MutexGuard<'_, (u64, BTreeMap<String, Upload>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upload {
    /// The parts of the object, in order, and its entity tag.
    ///
    /// # Errors
    ///
    /// `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, `MalformedXML`.
    pub(super) fn completed(&self, wanted: &[CompletedPart]) -> S3Result<(Vec<&Part>, String)> {
        if wanted.is_empty() {
            return Err(s3_error!(MalformedXML));
        }
        let mut parts: Vec<&Part> = Vec::new();
        let mut last = 0;
        let mut tags = Md5::new();
        for it in wanted {
            let number = it.part_number.unwrap_or_default();
            if number <= last {
                return Err(s3_error!(InvalidPartOrder));
            }
            last = number;
            let part = self.parts.get(&number);
            let same = |part: &&Part| it.e_tag.as_ref().is_none_or(|tag| tag.value() == part.etag);
            let part = part.filter(same).ok_or_else(|| s3_error!(InvalidPart))?;
            tags.update(bytes_of_hex(&part.etag));
            parts.push(part);
        }
        let (_, before) = parts.split_last().unwrap_or((&parts[0], &[]));
        if before.iter().any(|part| part.content.size < SMALLEST_PART) {
            return Err(s3_error!(EntityTooSmall));
        }
        Ok((parts, format!("{}-{}", hex(&tags.finalize()), wanted.len())))
    }
}

fn bytes_of_hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
