//! Buckets.

use s3s::{
    S3Request, S3Result,
    dto::{
        self, BucketLocationConstraint, CreateBucketInput, CreateBucketOutput, DeleteBucketInput,
        DeleteBucketOutput, GetBucketLocationInput, GetBucketLocationOutput, HeadBucketInput,
        HeadBucketOutput, ListBucketsInput, ListBucketsOutput,
    },
};
use simulator::Operation;

use super::{Api, download::seconds, errors::error};

impl Api {
    pub(super) async fn list_buckets(
        &self,
        request: S3Request<ListBucketsInput>,
    ) -> S3Result<ListBucketsOutput> {
        let input = request.input;
        let region = self.region();
        let all = self.objects.sim.with(|world| world.list_buckets()).map_err(error)?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let after = input.continuation_token.unwrap_or_default();
        let max = usize::try_from(input.max_buckets.unwrap_or(i32::MAX)).unwrap_or(0);
        let mut found =
            all.into_iter().filter(|(name, _)| name.starts_with(&prefix) && *name > after);
        let page: Vec<dto::Bucket> = found
            .by_ref()
            .take(max)
            .map(|(name, bucket)| dto::Bucket {
                bucket_region: Some(region.clone()),
                creation_date: Some(seconds(bucket.created)),
                name: Some(name),
            })
            .collect();
        let more = found.next().is_some();
        let last = page.last().and_then(|bucket| bucket.name.clone());
        Ok(ListBucketsOutput {
            continuation_token: last.filter(|_| more),
            buckets: Some(page),
            owner: Some(self.owner()),
            prefix: input.prefix,
        })
    }

    pub(super) async fn create_bucket(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<CreateBucketOutput> {
        let CreateBucketInput { bucket, create_bucket_configuration, .. } = request.input;
        let location = create_bucket_configuration.and_then(|it| it.location_constraint);
        let location = location.as_ref().map(BucketLocationConstraint::as_str);
        let created = self.objects.sim.with(|world| world.create_bucket(&bucket, location));
        created.map_err(error)?;
        Ok(CreateBucketOutput { location: Some(format!("/{bucket}")) })
    }

    pub(super) async fn delete_bucket(
        &self,
        request: S3Request<DeleteBucketInput>,
    ) -> S3Result<DeleteBucketOutput> {
        let bucket = request.input.bucket;
        let empty = || self.objects.index().buckets.get(&bucket).is_none_or(|it| it.is_empty());
        let deleted = self.objects.sim.with(|world| world.delete_bucket(&bucket, empty));
        deleted.map_err(error)?;
        self.objects.index().uploads.retain(|(of, ..), _| *of != bucket);
        Ok(DeleteBucketOutput::default())
    }

    pub(super) async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<HeadBucketOutput> {
        self.call(Operation::HeadBucket, &request.input.bucket, "", |_| Ok(()))?;
        Ok(HeadBucketOutput { bucket_region: Some(self.region()), ..Default::default() })
    }

    pub(super) async fn get_bucket_location(
        &self,
        request: S3Request<GetBucketLocationInput>,
    ) -> S3Result<GetBucketLocationOutput> {
        self.call(Operation::GetBucketLocation, &request.input.bucket, "", |_| Ok(()))?;
        let region = Some(self.region()).filter(|region| region != "us-east-1");
        Ok(GetBucketLocationOutput {
            location_constraint: region.map(BucketLocationConstraint::from),
        })
    }

    fn region(&self) -> String {
        self.objects.sim.with(|world| world.settings.region.clone())
    }
}
