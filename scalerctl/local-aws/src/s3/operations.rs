//! The operations of S3.

use std::{
    collections::BTreeMap,
    io::SeekFrom,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{Stream, stream};
use s3s::{S3, S3Request, S3Response, S3Result, dto::*, s3_error};
use simulator::{Bucket as Configuration, CallError, ObjectChange, ObjectEvent, Simulator};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use crate::objects::{Headers, Object as Stored, Objects};

use super::{
    listing::{Page, Wanted},
    notifications,
    receive::{Announced, internal, receive},
    time::timestamp,
    uploads::{Part as UploadedPart, Upload, Uploads},
};

/// The largest piece of an object that is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// The buckets of the model, and their objects.
#[derive(Debug, Clone)]
pub(super) struct Buckets {
    sim: Simulator,
    objects: Objects,
    uploads: Uploads,
    /// The time of this value, at which the other buckets were created.
    began: jiff::Timestamp,
    /// The times of CreateBucket.
    created: Arc<Mutex<BTreeMap<String, jiff::Timestamp>>>,
}

impl Buckets {
    pub(super) fn new(sim: Simulator, objects: Objects) -> Self {
        let began = sim.now();
        Self { sim, objects, uploads: Uploads::default(), began, created: Arc::default() }
    }

    fn creation_times(&self) -> MutexGuard<'_, BTreeMap<String, jiff::Timestamp>> {
        self.created.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    ///
    /// `NoSuchBucket`; `AccessDenied` if the bucket has another owner than the request expects.
    fn check(&self, bucket: &str, owner: Option<&AccountId>) -> S3Result<()> {
        let (known, account) =
            self.sim.with(|world| (world.has_bucket(bucket), world.settings.account.clone()));
        match (known, owner.is_none_or(|owner| *owner == account)) {
            (false, _) => Err(s3_error!(NoSuchBucket, "The specified bucket does not exist")),
            (true, false) => Err(s3_error!(AccessDenied, "Access Denied")),
            (true, true) => Ok(()),
        }
    }

    fn object(&self, bucket: &str, key: &str) -> S3Result<Stored> {
        let found = self.objects.get(bucket, key);
        found.ok_or_else(|| s3_error!(NoSuchKey, "The specified key does not exist."))
    }

    fn created(&self, change: ObjectChange, bucket: &str, key: &str, object: Stored) {
        let event = ObjectEvent {
            change,
            key: key.to_owned(),
            size: object.content.size,
            etag: object.etag.clone(),
        };
        self.objects.insert(bucket, key, object);
        self.sim.with(|world| world.object_changed(bucket, &event));
    }

    /// Deleting an object that does not exist succeeds and has no event.
    fn delete(&self, bucket: &str, key: &str) {
        if self.objects.remove(bucket, key).is_some() {
            let (key, etag) = (key.to_owned(), String::new());
            let event = ObjectEvent { change: ObjectChange::Delete, key, size: 0, etag };
            self.sim.with(|world| world.object_changed(bucket, &event));
        }
    }

    fn region(&self) -> String {
        self.sim.with(|world| world.settings.region.clone())
    }
}

/// Whether the conditions of a write or of a copy are met by what is there.
fn precondition(
    existing: Option<&Stored>,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> S3Result<()> {
    let is = |condition: &ETagCondition| match (condition, existing) {
        (_, None) => false,
        (ETagCondition::Any, Some(_)) => true,
        (ETagCondition::ETag(tag), Some(object)) => tag.value() == object.etag,
    };
    match if_match.is_none_or(is) && !if_none_match.is_some_and(is) {
        true => Ok(()),
        false => Err(s3_error!(PreconditionFailed)),
    }
}

/// The conditions of a read (RFC 9110, section 13.2.2).
fn read_condition(
    object: &Stored,
    (if_match, if_none_match): (Option<&ETagCondition>, Option<&ETagCondition>),
    (since, until): (Option<&Timestamp>, Option<&Timestamp>),
) -> S3Result<()> {
    let is = |condition: &ETagCondition| match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(tag) => tag.value() == object.etag,
    };
    // HTTP dates have whole seconds.
    let whole = jiff::Timestamp::from_second(object.modified.as_second()).unwrap_or_default();
    let modified = timestamp(whole);
    match (if_match, until) {
        (Some(condition), _) if !is(condition) => return Err(s3_error!(PreconditionFailed)),
        (None, Some(until)) if modified > *until => return Err(s3_error!(PreconditionFailed)),
        _ => {}
    }
    match (if_none_match, since) {
        (Some(condition), _) if is(condition) => Err(s3_error!(NotModified)),
        (None, Some(since)) if modified <= *since => Err(s3_error!(NotModified)),
        _ => Ok(()),
    }
}

/// The bytes of a file from an offset, in pieces.
fn pieces(
    file: tokio::fs::File,
    length: u64,
) -> impl Stream<Item = std::io::Result<bytes::Bytes>> + Send + Sync + 'static {
    stream::try_unfold((file, length), |(mut file, left)| async move {
        let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        if most == 0 {
            return Ok(None);
        }
        let mut piece = vec![0; most];
        let read = file.read(&mut piece).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        piece.truncate(read);
        Ok(Some((piece.into(), (file, left - read as u64))))
    })
}

/// S3 stores this type for an upload without one (API reference, PutObject).
fn content_type(given: Option<String>) -> Option<String> {
    Some(given.unwrap_or_else(|| "binary/octet-stream".to_owned()))
}

fn metadata(headers: &Headers) -> Option<Metadata> {
    let metadata = headers.metadata.iter().map(|(name, value)| (name.clone(), value.clone()));
    (!headers.metadata.is_empty()).then(|| metadata.collect())
}

/// The page for a number of keys and prefixes.
fn most_keys(wanted: &Wanted) -> Option<i32> {
    i32::try_from(wanted.most()).ok()
}

#[async_trait::async_trait]
impl S3 for Buckets {
    async fn list_buckets(
        &self,
        request: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
        let ListBucketsInput { prefix, .. } = request.input;
        let region = self.region();
        let (names, account) =
            self.sim.with(|world| (world.bucket_names(), world.settings.account.clone()));
        let times = self.creation_times().clone();
        let starts = |name: &String| prefix.as_ref().is_none_or(|prefix| name.starts_with(prefix));
        let buckets = names.into_iter().filter(starts).map(|name| Bucket {
            bucket_region: Some(region.clone()),
            creation_date: Some(timestamp(times.get(&name).copied().unwrap_or(self.began))),
            name: Some(name),
        });
        let owner = Some(Owner { display_name: None, id: Some(account) });
        let buckets = Some(buckets.collect());
        Ok(S3Response::new(ListBucketsOutput { buckets, owner, prefix, ..Default::default() }))
    }

    async fn create_bucket(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        let bucket = request.input.bucket;
        let is_new = self.sim.with(|world| {
            let is_new = !world.has_bucket(&bucket);
            if is_new {
                world.put_bucket(&bucket, Configuration::default());
            }
            is_new
        });
        match is_new {
            true => {
                let now = self.sim.now();
                self.creation_times().insert(bucket.clone(), now);
                let location = Some(format!("/{bucket}"));
                Ok(S3Response::new(CreateBucketOutput { location }))
            }
            false => Err(s3_error!(
                BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it."
            )),
        }
    }

    async fn delete_bucket(
        &self,
        request: S3Request<DeleteBucketInput>,
    ) -> S3Result<S3Response<DeleteBucketOutput>> {
        let DeleteBucketInput { bucket, expected_bucket_owner, .. } = request.input;
        self.check(&bucket, expected_bucket_owner.as_ref())?;
        if !self.objects.is_empty(&bucket) {
            return Err(s3_error!(BucketNotEmpty, "The bucket you tried to delete is not empty"));
        }
        self.sim.with(|world| world.remove_bucket(&bucket));
        Ok(S3Response::new(DeleteBucketOutput::default()))
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        let HeadBucketInput { bucket, expected_bucket_owner, .. } = request.input;
        self.check(&bucket, expected_bucket_owner.as_ref())?;
        let bucket_region = Some(self.region());
        Ok(S3Response::new(HeadBucketOutput { bucket_region, ..Default::default() }))
    }

    async fn get_bucket_location(
        &self,
        request: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        let GetBucketLocationInput { bucket, expected_bucket_owner, .. } = request.input;
        self.check(&bucket, expected_bucket_owner.as_ref())?;
        // us-east-1 has no name here (API reference, GetBucketLocation).
        let region = self.region();
        let location = (region != "us-east-1").then(|| BucketLocationConstraint::from(region));
        Ok(S3Response::new(GetBucketLocationOutput { location_constraint: location }))
    }

    async fn get_bucket_notification_configuration(
        &self,
        request: S3Request<GetBucketNotificationConfigurationInput>,
    ) -> S3Result<S3Response<GetBucketNotificationConfigurationOutput>> {
        let GetBucketNotificationConfigurationInput { bucket, expected_bucket_owner, .. } =
            request.input;
        self.check(&bucket, expected_bucket_owner.as_ref())?;
        let found = self.sim.with(|world| world.get_bucket_notification_configuration(&bucket));
        Ok(S3Response::new(notifications::described(&found.map_err(refused)?)))
    }

    async fn put_bucket_notification_configuration(
        &self,
        request: S3Request<PutBucketNotificationConfigurationInput>,
    ) -> S3Result<S3Response<PutBucketNotificationConfigurationOutput>> {
        let PutBucketNotificationConfigurationInput {
            bucket,
            expected_bucket_owner,
            notification_configuration,
            ..
        } = request.input;
        self.check(&bucket, expected_bucket_owner.as_ref())?;
        let wanted = notifications::read(notification_configuration)?;
        let put =
            self.sim.with(|world| world.put_bucket_notification_configuration(&bucket, &wanted));
        put.map_err(refused)?;
        Ok(S3Response::new(PutBucketNotificationConfigurationOutput::default()))
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let S3Request { input, trailing_headers, .. } = request;
        let PutObjectInput { bucket, key, .. } = &input;
        self.check(bucket, input.expected_bucket_owner.as_ref())?;
        let (bucket, key) = (bucket.clone(), key.clone());
        let headers = Headers {
            content_type: content_type(input.content_type),
            content_encoding: input.content_encoding,
            content_disposition: input.content_disposition,
            cache_control: input.cache_control,
            metadata: input.metadata.unwrap_or_default().into_iter().collect(),
        };
        let announced = Announced {
            length: input.content_length,
            md5: input.content_md5,
            checksum: Checksum {
                checksum_crc32: input.checksum_crc32,
                checksum_crc32c: input.checksum_crc32c,
                checksum_crc64nvme: input.checksum_crc64nvme,
                checksum_sha1: input.checksum_sha1,
                checksum_sha256: input.checksum_sha256,
                ..Default::default()
            },
            trailing: trailing_headers,
        };
        let received = receive(&self.objects, input.body, announced).await?;
        let existing = self.objects.get(&bucket, &key);
        precondition(existing.as_ref(), input.if_match.as_ref(), input.if_none_match.as_ref())?;
        let etag = received.etag;
        let object = Stored {
            content: received.content,
            etag: etag.clone(),
            modified: self.sim.now(),
            headers,
        };
        self.created(ObjectChange::Put, &bucket, &key, object);
        let checksum = received.checksum;
        Ok(S3Response::new(PutObjectOutput {
            e_tag: Some(ETag::Strong(etag)),
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
            ..Default::default()
        }))
    }

    async fn copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        let input = request.input;
        let CopySource::Bucket { bucket: from, key: source, .. } = &input.copy_source else {
            return Err(s3_error!(NotImplemented, "The local AWS has no access points."));
        };
        self.check(from, input.expected_source_bucket_owner.as_ref())?;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        let found = self.object(from, source)?;
        let conditions = (&input.copy_source_if_match, &input.copy_source_if_none_match);
        precondition(Some(&found), conditions.0.as_ref(), conditions.1.as_ref())?;
        let replaces = input.metadata_directive.as_ref().is_some_and(|it| it.as_str() == "REPLACE");
        let headers = match replaces {
            true => Headers {
                content_type: content_type(input.content_type),
                content_encoding: input.content_encoding,
                content_disposition: input.content_disposition,
                cache_control: input.cache_control,
                metadata: input.metadata.unwrap_or_default().into_iter().collect(),
            },
            false => found.headers,
        };
        let modified = self.sim.now();
        let copy = Stored { modified, headers, ..found };
        let result = CopyObjectResult {
            e_tag: Some(ETag::Strong(copy.etag.clone())),
            last_modified: Some(timestamp(modified)),
            ..Default::default()
        };
        self.created(ObjectChange::Copy, &input.bucket, &input.key, copy);
        let copy_object_result = Some(result);
        Ok(S3Response::new(CopyObjectOutput { copy_object_result, ..Default::default() }))
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        let object = self.object(&input.bucket, &input.key)?;
        read_condition(
            &object,
            (input.if_match.as_ref(), input.if_none_match.as_ref()),
            (input.if_modified_since.as_ref(), input.if_unmodified_since.as_ref()),
        )?;
        let size = object.content.size;
        let part = match &input.range {
            Some(range) => range.check(size)?,
            None => 0..size,
        };
        let shown = input.range.map(|_| format!("bytes {}-{}/{size}", part.start, part.end - 1));
        let file = tokio::fs::File::open(object.content.path()).await;
        let mut file = file.map_err(|error| internal(&error))?;
        let at = SeekFrom::Start(part.start);
        file.seek(at).await.map_err(|error| internal(&error))?;
        let length = part.end - part.start;
        let headers = &object.headers;
        Ok(S3Response::new(GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            // The file is deleted with the object, which can happen while this answer is sent. It is open until then.
            body: Some(StreamingBlob::wrap(pieces(file, length))),
            content_length: i64::try_from(length).ok(),
            content_range: shown,
            content_type: input.response_content_type.or_else(|| headers.content_type.clone()),
            content_encoding: headers.content_encoding.clone(),
            content_disposition: headers.content_disposition.clone(),
            cache_control: headers.cache_control.clone(),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(timestamp(object.modified)),
            metadata: metadata(headers),
            ..Default::default()
        }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        let object = self.object(&input.bucket, &input.key)?;
        read_condition(
            &object,
            (input.if_match.as_ref(), input.if_none_match.as_ref()),
            (input.if_modified_since.as_ref(), input.if_unmodified_since.as_ref()),
        )?;
        let headers = &object.headers;
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(object.content.size).ok(),
            content_type: headers.content_type.clone(),
            content_encoding: headers.content_encoding.clone(),
            content_disposition: headers.content_disposition.clone(),
            cache_control: headers.cache_control.clone(),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(timestamp(object.modified)),
            metadata: metadata(headers),
            ..Default::default()
        }))
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let DeleteObjectInput { bucket, key, expected_bucket_owner, .. } = request.input;
        self.check(&bucket, expected_bucket_owner.as_ref())?;
        self.delete(&bucket, &key);
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let DeleteObjectsInput { bucket, delete, expected_bucket_owner, .. } = request.input;
        self.check(&bucket, expected_bucket_owner.as_ref())?;
        if delete.objects.len() > 1000 {
            return Err(s3_error!(MalformedXML));
        }
        let mut deleted = Vec::new();
        for ObjectIdentifier { key, .. } in delete.objects {
            self.delete(&bucket, &key);
            deleted.push(DeletedObject { key: Some(key), ..Default::default() });
        }
        let deleted = (!delete.quiet.unwrap_or_default()).then_some(deleted);
        Ok(S3Response::new(DeleteObjectsOutput { deleted, ..Default::default() }))
    }

    async fn list_objects(
        &self,
        request: S3Request<ListObjectsInput>,
    ) -> S3Result<S3Response<ListObjectsOutput>> {
        let input = request.input;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        let wanted = Wanted {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone().unwrap_or_default(),
            after: input.marker.clone().unwrap_or_default(),
            most: input.max_keys,
            encoded: input.encoding_type.is_some(),
        };
        let Page { objects, prefixes, next } = wanted.page(&self.objects, &input.bucket);
        let shown = |text: Option<String>| text.map(|text| wanted.shown(&text));
        Ok(S3Response::new(ListObjectsOutput {
            name: Some(input.bucket),
            prefix: shown(input.prefix),
            marker: shown(Some(input.marker.unwrap_or_default())),
            delimiter: shown(input.delimiter),
            max_keys: most_keys(&wanted),
            is_truncated: Some(next.is_some()),
            next_marker: next.map(|next| wanted.shown(&next)),
            contents: Some(objects),
            common_prefixes: Some(prefixes),
            encoding_type: input.encoding_type,
            ..Default::default()
        }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        let after = input.continuation_token.clone().or_else(|| input.start_after.clone());
        let wanted = Wanted {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone().unwrap_or_default(),
            after: after.unwrap_or_default(),
            most: input.max_keys,
            encoded: input.encoding_type.is_some(),
        };
        let page = wanted.page(&self.objects, &input.bucket);
        let shown = |text: Option<String>| text.map(|text| wanted.shown(&text));
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: shown(input.prefix),
            delimiter: shown(input.delimiter),
            max_keys: most_keys(&wanted),
            key_count: Some(page.count()),
            continuation_token: input.continuation_token,
            start_after: shown(input.start_after),
            is_truncated: Some(page.next.is_some()),
            next_continuation_token: page.next,
            contents: Some(page.objects),
            common_prefixes: Some(page.prefixes),
            encoding_type: input.encoding_type,
            ..Default::default()
        }))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = request.input;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        let headers = Headers {
            content_type: content_type(input.content_type),
            content_encoding: input.content_encoding,
            content_disposition: input.content_disposition,
            cache_control: input.cache_control,
            metadata: input.metadata.unwrap_or_default().into_iter().collect(),
        };
        let id = self.uploads.begin(Upload {
            bucket: input.bucket.clone(),
            key: input.key.clone(),
            headers,
            began: self.sim.now(),
            parts: Default::default(),
        });
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            checksum_algorithm: input.checksum_algorithm,
            checksum_type: input.checksum_type,
            ..Default::default()
        }))
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let S3Request { input, trailing_headers, .. } = request;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        self.uploads.get(&input.upload_id, &input.bucket, &input.key)?;
        if !(1..=10_000).contains(&input.part_number) {
            return Err(s3_error!(
                InvalidArgument,
                "Part number must be an integer between 1 and 10000, inclusive"
            ));
        }
        let announced = Announced {
            length: input.content_length,
            md5: input.content_md5,
            checksum: Checksum {
                checksum_crc32: input.checksum_crc32,
                checksum_crc32c: input.checksum_crc32c,
                checksum_crc64nvme: input.checksum_crc64nvme,
                checksum_sha1: input.checksum_sha1,
                checksum_sha256: input.checksum_sha256,
                ..Default::default()
            },
            trailing: trailing_headers,
        };
        let received = receive(&self.objects, input.body, announced).await?;
        let etag = received.etag.clone();
        let modified = self.sim.now();
        let part = UploadedPart { content: received.content, etag: received.etag, modified };
        self.uploads.add(&input.upload_id, input.part_number, part)?;
        let checksum = received.checksum;
        Ok(S3Response::new(UploadPartOutput {
            e_tag: Some(ETag::Strong(etag)),
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
            ..Default::default()
        }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = request.input;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        let upload = self.uploads.get(&input.upload_id, &input.bucket, &input.key)?;
        let wanted = input.multipart_upload.and_then(|it| it.parts).unwrap_or_default();
        let (parts, etag) = upload.completed(&wanted)?;
        let existing = self.objects.get(&input.bucket, &input.key);
        precondition(existing.as_ref(), input.if_match.as_ref(), input.if_none_match.as_ref())?;
        let (mut file, mut content) =
            self.objects.file().await.map_err(|error| internal(&error))?;
        for part in parts {
            let source = tokio::fs::File::open(part.content.path()).await;
            let mut source = source.map_err(|error| internal(&error))?;
            let copied = tokio::io::copy(&mut source, &mut file).await;
            content.size += copied.map_err(|error| internal(&error))?;
        }
        file.flush().await.map_err(|error| internal(&error))?;
        let object = Stored {
            content,
            etag: etag.clone(),
            modified: self.sim.now(),
            headers: upload.headers.clone(),
        };
        self.uploads.end(&input.upload_id);
        let change = ObjectChange::CompleteMultipartUpload;
        self.created(change, &input.bucket, &input.key, object);
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            location: Some(format!("/{}/{}", input.bucket, input.key)),
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(etag)),
            ..Default::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let input = request.input;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        self.uploads.get(&input.upload_id, &input.bucket, &input.key)?;
        self.uploads.end(&input.upload_id);
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    async fn list_parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> S3Result<S3Response<ListPartsOutput>> {
        let input = request.input;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        let upload = self.uploads.get(&input.upload_id, &input.bucket, &input.key)?;
        let after = input.part_number_marker.unwrap_or_default();
        let most = input.max_parts.unwrap_or(1000).clamp(1, 1000);
        let mut parts = upload.parts.range(after + 1..);
        let page: Vec<_> = parts.by_ref().take(usize::try_from(most).unwrap_or(1000)).collect();
        let more = parts.next().is_some();
        let last = page.last().map(|(number, _)| **number);
        let page = page.into_iter().map(|(number, part)| Part {
            part_number: Some(*number),
            e_tag: Some(ETag::Strong(part.etag.clone())),
            last_modified: Some(timestamp(part.modified)),
            size: i64::try_from(part.content.size).ok(),
            ..Default::default()
        });
        Ok(S3Response::new(ListPartsOutput {
            parts: Some(page.collect()),
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            max_parts: Some(most),
            part_number_marker: Some(after),
            is_truncated: Some(more),
            next_part_number_marker: last.filter(|_| more),
            ..Default::default()
        }))
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let input = request.input;
        self.check(&input.bucket, input.expected_bucket_owner.as_ref())?;
        let uploads = self.uploads.of(&input.bucket, input.prefix.as_deref().unwrap_or_default());
        let uploads = uploads.into_iter().map(|(id, upload)| MultipartUpload {
            key: Some(upload.key),
            upload_id: Some(id),
            initiated: Some(timestamp(upload.began)),
            ..Default::default()
        });
        Ok(S3Response::new(ListMultipartUploadsOutput {
            uploads: Some(uploads.collect()),
            bucket: Some(input.bucket),
            prefix: input.prefix,
            is_truncated: Some(false),
            ..Default::default()
        }))
    }
}

/// A refusal of the model as an error of S3.
fn refused(error: CallError) -> s3s::S3Error {
    match error {
        CallError::Refused(refusal) => {
            // The model has the error codes of other services for this one.
            let code = match refusal.code.as_str() {
                "AccessDeniedException" => "AccessDenied",
                code => code,
            };
            let code = s3s::S3ErrorCode::from_bytes(code.as_bytes());
            let code = code.unwrap_or(s3s::S3ErrorCode::InternalError);
            s3s::S3Error::with_message(code, refusal.message)
        }
        CallError::NoAnswer => s3_error!(InternalError),
    }
}
