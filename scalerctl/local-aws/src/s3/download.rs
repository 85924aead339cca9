//! Reading objects: conditions, ranges and bytes.

use std::{
    io,
    ops::Range,
    time::{Duration, SystemTime},
};

use axum::body::Bytes;
use futures_util::{Stream, stream};
use jiff::Timestamp;
use s3s::{
    S3Error, S3ErrorCode, S3Request, S3Result,
    dto::{
        self, ChecksumMode, ETag, ETagCondition, GetObjectInput, GetObjectOutput, HeadObjectInput,
        HeadObjectOutput, StreamingBlob,
    },
    s3_error,
};
use simulator::{CallError, Operation, World};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, SeekFrom},
};

use super::{Api, errors::error, metadata::answer};
use crate::objects::Object;

/// The most bytes in memory at a time.
const CHUNK: u64 = 256 * 1024;

/// When an object is read or written.
#[derive(Default)]
pub(super) struct Conditions {
    pub if_match: Option<ETagCondition>,
    pub if_none_match: Option<ETagCondition>,
    pub if_modified_since: Option<dto::Timestamp>,
    pub if_unmodified_since: Option<dto::Timestamp>,
}

impl Conditions {
    /// Refuses to read an object, in the order of RFC 9110.
    pub(super) fn check(&self, object: &Object) -> S3Result<()> {
        let modified = seconds(object.modified);
        match &self.if_match {
            Some(condition) if !matches(condition, object) => return Err(failed()),
            None if self.if_unmodified_since.as_ref().is_some_and(|it| modified > *it) => {
                return Err(failed());
            }
            _ => {}
        }
        let unchanged = match &self.if_none_match {
            Some(condition) => matches(condition, object),
            None => self.if_modified_since.as_ref().is_some_and(|it| modified <= *it),
        };
        match unchanged {
            true => Err(S3Error::new(S3ErrorCode::NotModified)),
            false => Ok(()),
        }
    }

    /// Refuses to write in place of an object.
    pub(super) fn check_write(&self, found: Option<&Object>) -> S3Result<()> {
        match (&self.if_match, &self.if_none_match, found) {
            (Some(_), _, None) => Err(s3_error!(NoSuchKey, "The specified key does not exist.")),
            (Some(condition), _, Some(object)) if !matches(condition, object) => Err(failed()),
            (_, Some(condition), Some(object)) if matches(condition, object) => Err(failed()),
            _ => Ok(()),
        }
    }
}

fn matches(condition: &ETagCondition, object: &Object) -> bool {
    condition.as_etag().is_none_or(|etag| etag.value() == object.etag)
}

fn failed() -> S3Error {
    s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
}

/// A time in whole seconds, as in the headers of S3.
pub(super) fn seconds(at: Timestamp) -> dto::Timestamp {
    let since = Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0));
    (SystemTime::UNIX_EPOCH + since).into()
}

/// The entity tag in answers.
pub(super) fn etag(object: &Object) -> Option<ETag> {
    Some(ETag::Strong(object.etag.clone()))
}

/// The bytes of an answer.
struct Slice {
    bytes: Range<u64>,
    /// The header, if these are not all bytes.
    content_range: Option<String>,
    parts_count: Option<i32>,
}

impl Slice {
    fn of(object: &Object, range: Option<dto::Range>, part: Option<i32>) -> S3Result<Self> {
        let unsatisfiable = || s3_error!(InvalidRange, "The requested range is not satisfiable");
        let bytes = match (range, part) {
            (Some(range), _) => range.check(object.size).map_err(|_| unsatisfiable())?,
            (None, Some(part)) if object.parts.is_empty() => match part {
                1 => 0..object.size,
                _ => return Err(unsatisfiable()),
            },
            (None, Some(part)) => {
                let index = usize::try_from(part - 1).map_err(|_| unsatisfiable())?;
                let size = object.parts.get(index).ok_or_else(unsatisfiable)?;
                let start = object.parts[..index].iter().sum();
                start..start + size
            }
            (None, None) => 0..object.size,
        };
        let partial = range.is_some() || (part.is_some() && !object.parts.is_empty());
        let content_range = partial.then(|| {
            format!("bytes {}-{}/{}", bytes.start, bytes.end.saturating_sub(1), object.size)
        });
        let parts_count =
            part.and_then(|_| i32::try_from(object.parts.len()).ok()).filter(|it| *it > 0);
        Ok(Self { bytes, content_range, parts_count })
    }
}

/// The bytes of a part of an object.
pub(super) async fn chunks(
    object: &Object,
    bytes: Range<u64>,
) -> io::Result<std::pin::Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send + Sync>>> {
    let mut file = File::open(&*object.path).await?;
    file.seek(SeekFrom::Start(bytes.start)).await?;
    let left = bytes.end - bytes.start;
    // The path is held until the end: the file would be deleted with it.
    let state = (file, left, object.path.clone());
    Ok(Box::pin(stream::try_unfold(state, |(mut file, left, path)| async move {
        if left == 0 {
            return Ok(None);
        }
        let mut buffer = vec![0; usize::try_from(left.min(CHUNK)).unwrap_or(0)];
        file.read_exact(&mut buffer).await?;
        let left = left - buffer.len() as u64;
        Ok(Some((Bytes::from(buffer), (file, left, path))))
    })))
}

impl Api {
    pub(super) async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<GetObjectOutput> {
        let input = request.input;
        let object = match self.objects.head(&input.bucket, &input.key) {
            Some(object) => self.read(Operation::GetObject, &input.bucket, &input.key, object)?,
            None => {
                let get = |world: &mut World| world.get_object(&input.bucket, &input.key);
                let text = self.of_model(&input.bucket, get)?;
                self.objects.unlisted(text.as_bytes()).await.map_err(S3Error::internal_error)?
            }
        };
        let conditions = Conditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        conditions.check(&object)?;
        let slice = Slice::of(&object, input.range, input.part_number)?;
        let whole = slice.content_range.is_none();
        let checksum = match wants_checksum(input.checksum_mode.as_ref()) && whole {
            true => object.checksum.clone(),
            false => dto::Checksum::default(),
        };
        let body = chunks(&object, slice.bytes.clone()).await.map_err(S3Error::internal_error)?;
        let body = Some(StreamingBlob::wrap(body));
        Ok(GetObjectOutput { body, ..answer!(GetObjectOutput, object, slice, checksum) })
    }

    pub(super) async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<HeadObjectOutput> {
        let input = request.input;
        let object = match self.objects.head(&input.bucket, &input.key) {
            Some(object) => self.read(Operation::HeadObject, &input.bucket, &input.key, object)?,
            None => {
                let head = |world: &mut World| world.head_object(&input.bucket, &input.key);
                self.of_model(&input.bucket, head)?;
                self.objects.unlisted(&[]).await.map_err(S3Error::internal_error)?
            }
        };
        let conditions = Conditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        conditions.check(&object)?;
        let slice = Slice::of(&object, input.range, input.part_number)?;
        let checksum = match wants_checksum(input.checksum_mode.as_ref()) {
            true => object.checksum.clone(),
            false => dto::Checksum::default(),
        };
        Ok(answer!(HeadObjectOutput, object, slice, checksum))
    }

    /// A call that reads this object.
    pub(super) fn read(
        &self,
        operation: Operation,
        bucket: &str,
        key: &str,
        object: Object,
    ) -> S3Result<Object> {
        self.call(operation, bucket, key, |_| Ok(object))
    }

    /// What the model has in S3 itself: texts of the laboratory, and results of requests.
    fn of_model<T>(
        &self,
        bucket: &str,
        get: impl FnOnce(&mut World) -> Result<T, CallError>,
    ) -> S3Result<T> {
        let (answer, exists) =
            self.objects.sim.with(|world| (get(world), world.has_bucket(bucket)));
        match answer {
            Err(CallError::Refused(refusal)) if refusal.code == "NoSuchKey" && !exists => {
                Err(s3_error!(NoSuchBucket, "The specified bucket does not exist"))
            }
            answer => answer.map_err(error),
        }
    }
}

fn wants_checksum(mode: Option<&ChecksumMode>) -> bool {
    mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
}
