//! S3 over HTTP. The crate s3s has the protocol and the signatures. The objects are in [`Objects`], the buckets and
//! their events in the model.

mod buckets;
mod download;
mod errors;
mod listing;
mod metadata;
mod multipart;
mod notification;
mod objects;
mod service;
mod upload;

use s3s::{S3, S3Request, S3Response, S3Result, dto};
use simulator::{Operation, World};

use crate::objects::Objects;

pub use service::in_front_of;

/// The most bytes of an upload: what InvokeEndpointAsync accepts.
pub const LIMIT: u64 = 1024 * 1024 * 1024;

/// The operations. Each module of this folder adds its own.
struct Api {
    objects: Objects,
    /// The most bytes of an upload.
    limit: u64,
}

impl Api {
    /// A call for a bucket, or for an object in it, if there is a key.
    fn call<T>(
        &self,
        operation: Operation,
        bucket: &str,
        key: &str,
        effect: impl FnOnce(&mut World) -> S3Result<T>,
    ) -> S3Result<T> {
        let effect = |world: &mut World| effect(world).map_err(|error| errors::refusal(&error));
        let call = |world: &mut World| world.call_bucket(operation, bucket, key, effect);
        self.objects.sim.with(call).map_err(errors::error)
    }

    /// The owner of all buckets and objects.
    fn owner(&self) -> dto::Owner {
        let account = self.objects.sim.with(|world| world.settings.account.clone());
        dto::Owner { display_name: None, id: Some(format!("{account:0>64}")) }
    }
}

macro_rules! served {
    ($($name:ident: $input:ident => $output:ident;)+) => {
        #[async_trait::async_trait]
        impl S3 for Api {
            $(
                async fn $name(
                    &self,
                    request: S3Request<dto::$input>,
                ) -> S3Result<S3Response<dto::$output>> {
                    Api::$name(self, request).await.map(S3Response::new)
                }
            )+
        }
    };
}

served! {
    abort_multipart_upload: AbortMultipartUploadInput => AbortMultipartUploadOutput;
    complete_multipart_upload: CompleteMultipartUploadInput => CompleteMultipartUploadOutput;
    copy_object: CopyObjectInput => CopyObjectOutput;
    create_bucket: CreateBucketInput => CreateBucketOutput;
    create_multipart_upload: CreateMultipartUploadInput => CreateMultipartUploadOutput;
    delete_bucket: DeleteBucketInput => DeleteBucketOutput;
    delete_object: DeleteObjectInput => DeleteObjectOutput;
    delete_objects: DeleteObjectsInput => DeleteObjectsOutput;
    get_bucket_location: GetBucketLocationInput => GetBucketLocationOutput;
    get_bucket_notification_configuration: GetBucketNotificationConfigurationInput => GetBucketNotificationConfigurationOutput;
    get_object: GetObjectInput => GetObjectOutput;
    get_object_tagging: GetObjectTaggingInput => GetObjectTaggingOutput;
    head_bucket: HeadBucketInput => HeadBucketOutput;
    head_object: HeadObjectInput => HeadObjectOutput;
    list_buckets: ListBucketsInput => ListBucketsOutput;
    list_multipart_uploads: ListMultipartUploadsInput => ListMultipartUploadsOutput;
    list_objects: ListObjectsInput => ListObjectsOutput;
    list_objects_v2: ListObjectsV2Input => ListObjectsV2Output;
    list_parts: ListPartsInput => ListPartsOutput;
    put_bucket_notification_configuration: PutBucketNotificationConfigurationInput => PutBucketNotificationConfigurationOutput;
    put_object: PutObjectInput => PutObjectOutput;
    upload_part: UploadPartInput => UploadPartOutput;
    upload_part_copy: UploadPartCopyInput => UploadPartCopyOutput;
}
