//! Objects: put, copied and deleted.

use axum::http::Method;
use s3s::{
    S3Request, S3Result,
    dto::{
        CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, DeleteObjectInput,
        DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject,
        GetObjectTaggingInput, GetObjectTaggingOutput, MetadataDirective, PutObjectInput,
        PutObjectOutput,
    },
    s3_error,
};
use simulator::{ObjectChange, Operation};

use super::{
    Api,
    download::{Conditions, etag, seconds},
    metadata::with_headers,
    upload::Announced,
};
use crate::objects::Object;

/// The most keys of DeleteObjects.
const MAX_DELETED: usize = 1000;

impl Api {
    pub(super) async fn put_object(
        &self,
        mut request: S3Request<PutObjectInput>,
    ) -> S3Result<PutObjectOutput> {
        // The form of a browser also arrives here.
        let form = request.method == Method::POST;
        let (operation, change) = match form {
            true => (Operation::PostObject, ObjectChange::Post),
            false => (Operation::PutObject, ObjectChange::Put),
        };
        let announced = Announced::of(&mut request);
        // The headers are those of the form, not of the file in it.
        let announced = if form { Announced::default() } else { announced };
        let input = request.input;
        let received = self.receive(input.body, &announced).await?;
        let object = with_headers!(received, input);
        let conditions = Conditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            ..Conditions::default()
        };
        self.call(operation, &input.bucket, &input.key, |world| {
            conditions.check_write(self.objects.head(&input.bucket, &input.key).as_ref())?;
            self.objects.insert(world, &input.bucket, &input.key, object.clone(), change);
            Ok(())
        })?;
        Ok(PutObjectOutput {
            e_tag: etag(&object),
            checksum_crc32: object.checksum.checksum_crc32,
            checksum_crc32c: object.checksum.checksum_crc32c,
            checksum_crc64nvme: object.checksum.checksum_crc64nvme,
            checksum_sha1: object.checksum.checksum_sha1,
            checksum_sha256: object.checksum.checksum_sha256,
            ..PutObjectOutput::default()
        })
    }

    pub(super) async fn copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<CopyObjectOutput> {
        let input = request.input;
        let replace = input.metadata_directive.as_ref().map(MetadataDirective::as_str)
            == Some(MetadataDirective::REPLACE);
        let (bucket, key) = (&input.bucket, &input.key);
        let object = self.call(Operation::CopyObject, bucket, key, |world| {
            let source = self.source(&input.copy_source)?;
            let conditions = Conditions {
                if_match: input.copy_source_if_match,
                if_none_match: input.copy_source_if_none_match,
                if_modified_since: input.copy_source_if_modified_since,
                if_unmodified_since: input.copy_source_if_unmodified_since,
            };
            conditions.check(&source).map_err(|_| {
                s3_error!(
                    PreconditionFailed,
                    "At least one of the pre-conditions you specified did not hold"
                )
            })?;
            let itself = place(&input.copy_source)? == (bucket.as_str(), key.as_str());
            if itself && !replace {
                return Err(s3_error!(
                    InvalidRequest,
                    "This copy request is illegal because it is trying to copy an object to itself \
                     without changing the object's metadata, storage class, website redirect \
                     location or encryption attributes."
                ));
            }
            let object = match replace {
                false => source,
                true => with_headers!(source, input),
            };
            let object = Object { modified: world.now(), ..object };
            self.objects.insert(world, bucket, key, object.clone(), ObjectChange::Copy);
            Ok(object)
        })?;
        let result = CopyObjectResult {
            e_tag: etag(&object),
            last_modified: Some(seconds(object.modified)),
            ..CopyObjectResult::default()
        };
        Ok(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() })
    }

    /// The object that is copied.
    pub(super) fn source(&self, source: &CopySource) -> S3Result<Object> {
        let (bucket, key) = place(source)?;
        let none = || s3_error!(NoSuchKey, "The specified key does not exist.");
        self.objects.head(bucket, key).ok_or_else(none)
    }

    pub(super) async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<DeleteObjectOutput> {
        let DeleteObjectInput { bucket, key, .. } = request.input;
        self.call(Operation::DeleteObject, &bucket, &key, |world| {
            self.objects.remove(world, &bucket, &key);
            Ok(())
        })?;
        Ok(DeleteObjectOutput::default())
    }

    pub(super) async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<DeleteObjectsOutput> {
        let DeleteObjectsInput { bucket, delete, .. } = request.input;
        self.call(Operation::DeleteObjects, &bucket, "", |world| {
            if delete.objects.is_empty() || delete.objects.len() > MAX_DELETED {
                return Err(s3_error!(
                    MalformedXML,
                    "The XML you provided was not well-formed or did not validate against our \
                     published schema"
                ));
            }
            for object in &delete.objects {
                self.objects.remove(world, &bucket, &object.key);
            }
            Ok(())
        })?;
        let deleted = delete.objects.into_iter();
        let deleted = deleted.map(|it| DeletedObject { key: Some(it.key), ..Default::default() });
        let quiet = delete.quiet == Some(true);
        Ok(DeleteObjectsOutput {
            deleted: (!quiet).then(|| deleted.collect()),
            ..DeleteObjectsOutput::default()
        })
    }

    /// No object has tags. The AWS CLI asks for them when it copies an object in parts.
    pub(super) async fn get_object_tagging(
        &self,
        request: S3Request<GetObjectTaggingInput>,
    ) -> S3Result<GetObjectTaggingOutput> {
        let GetObjectTaggingInput { bucket, key, .. } = request.input;
        self.call(Operation::GetObjectTagging, &bucket, &key, |_| {
            let none = || s3_error!(NoSuchKey, "The specified key does not exist.");
            self.objects.head(&bucket, &key).ok_or_else(none)
        })?;
        Ok(GetObjectTaggingOutput::default())
    }
}

/// The bucket and the key of the object that is copied.
fn place(source: &CopySource) -> S3Result<(&str, &str)> {
    match source {
        CopySource::Bucket { bucket, key, .. } => Ok((bucket, key)),
        _ => Err(s3_error!(NotImplemented, "Only objects of buckets can be copied.")),
    }
}
