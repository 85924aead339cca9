//! Uploads in parts.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use s3s::{
    S3Error, S3Request, S3Result,
    checksum::ChecksumHasher,
    crypto::{Checksum as _, Md5},
    dto::{
        AbortMultipartUploadInput, AbortMultipartUploadOutput, Checksum, ChecksumAlgorithm,
        ChecksumType, CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart,
        CopyPartResult, CreateMultipartUploadInput, CreateMultipartUploadOutput,
        ListMultipartUploadsInput, ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput,
        MultipartUpload, Part, UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput,
        UploadPartOutput,
    },
    s3_error,
};
use simulator::{ObjectChange, Operation};

use super::{
    Api,
    download::{Conditions, etag, seconds},
    listing::{Encode, page_size},
    metadata::with_headers,
    upload::{Announced, start, values},
};
use crate::objects::{Object, Upload, hex};

/// The fewest bytes of a part that is not the last one.
const MIN_PART: u64 = 5 * 1024 * 1024;

/// The most parts of an upload.
const MAX_PARTS: i32 = 10_000;

/// The number of the last upload of this process.
static LAST: AtomicU64 = AtomicU64::new(0);

impl Api {
    pub(super) async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<CreateMultipartUploadOutput> {
        let input = request.input;
        let empty = self.objects.unlisted(&[]).await.map_err(S3Error::internal_error)?;
        let object = with_headers!(empty, input);
        let upload = Upload {
            object,
            checksum_algorithm: input.checksum_algorithm.clone(),
            checksum_type: input.checksum_type.clone(),
            parts: BTreeMap::new(),
        };
        let id = format!("{:032x}", LAST.fetch_add(1, Ordering::Relaxed) + 1);
        let place = (input.bucket.clone(), input.key.clone(), id.clone());
        self.call(Operation::CreateMultipartUpload, &input.bucket, &input.key, |_| {
            self.objects.index().uploads.insert(place, upload);
            Ok(())
        })?;
        Ok(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            checksum_algorithm: input.checksum_algorithm,
            checksum_type: input.checksum_type,
            ..CreateMultipartUploadOutput::default()
        })
    }

    pub(super) async fn upload_part(
        &self,
        mut request: S3Request<UploadPartInput>,
    ) -> S3Result<UploadPartOutput> {
        let announced = Announced::of(&mut request);
        let input = request.input;
        check_number(input.part_number)?;
        let part = self.receive(input.body, &announced).await?;
        let place = (input.bucket, input.key, input.upload_id);
        self.keep_part(Operation::UploadPart, &place, input.part_number, &part)?;
        Ok(UploadPartOutput {
            e_tag: etag(&part),
            checksum_crc32: part.checksum.checksum_crc32,
            checksum_crc32c: part.checksum.checksum_crc32c,
            checksum_crc64nvme: part.checksum.checksum_crc64nvme,
            checksum_sha1: part.checksum.checksum_sha1,
            checksum_sha256: part.checksum.checksum_sha256,
            ..UploadPartOutput::default()
        })
    }

    pub(super) async fn upload_part_copy(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<UploadPartCopyOutput> {
        let input = request.input;
        check_number(input.part_number)?;
        let source = self.source(&input.copy_source)?;
        let bytes = match input.copy_source_range.as_deref() {
            None => 0..source.size,
            Some(header) => {
                let range = s3s::dto::Range::parse(header).ok();
                let bytes = range.and_then(|range| range.check(source.size).ok());
                bytes.ok_or_else(|| {
                    s3_error!(InvalidArgument, "The x-amz-copy-source-range value is not valid")
                })?
            }
        };
        let chunks = super::download::chunks(&source, bytes).await;
        let body = s3s::dto::StreamingBlob::wrap(chunks.map_err(S3Error::internal_error)?);
        let part = self.receive(Some(body), &Announced::default()).await?;
        let place = (input.bucket, input.key, input.upload_id);
        self.keep_part(Operation::UploadPartCopy, &place, input.part_number, &part)?;
        let result = CopyPartResult {
            e_tag: etag(&part),
            last_modified: Some(seconds(part.modified)),
            ..CopyPartResult::default()
        };
        Ok(UploadPartCopyOutput { copy_part_result: Some(result), ..Default::default() })
    }

    fn keep_part(
        &self,
        operation: Operation,
        place: &(String, String, String),
        number: i32,
        part: &Object,
    ) -> S3Result<()> {
        self.call(operation, &place.0, &place.1, |_| {
            let mut index = self.objects.index();
            let upload = index.uploads.get_mut(place).ok_or_else(no_such_upload)?;
            upload.parts.insert(number, part.clone());
            Ok(())
        })
    }

    pub(super) async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<CompleteMultipartUploadOutput> {
        let input = request.input;
        let place = (input.bucket.clone(), input.key.clone(), input.upload_id.clone());
        let upload = self.objects.index().uploads.get(&place).cloned();
        let listed = input.multipart_upload.and_then(|it| it.parts).unwrap_or_default();
        // The file is written before the call, so that the model is not locked for so long.
        let joined = match upload {
            None => Err(no_such_upload()),
            Some(upload) => self.joined(upload, &listed).await,
        };
        let conditions = Conditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            ..Conditions::default()
        };
        let (bucket, key) = (&input.bucket, &input.key);
        let object = self.call(Operation::CompleteMultipartUpload, bucket, key, |world| {
            let object = joined?;
            let given = Checksum {
                checksum_crc32: input.checksum_crc32,
                checksum_crc32c: input.checksum_crc32c,
                checksum_crc64nvme: input.checksum_crc64nvme,
                checksum_sha1: input.checksum_sha1,
                checksum_sha256: input.checksum_sha256,
                ..Checksum::default()
            };
            let calculated = values(&object.checksum);
            for (name, value) in values(&given) {
                if calculated.get(name).is_some_and(|it| *it != value) {
                    let name = name.to_ascii_uppercase();
                    return Err(s3_error!(
                        BadDigest,
                        "The {name} you specified did not match the calculated checksum."
                    ));
                }
            }
            conditions.check_write(self.objects.head(bucket, key).as_ref())?;
            self.objects.index().uploads.remove(&place).ok_or_else(no_such_upload)?;
            let change = ObjectChange::CompleteMultipartUpload;
            self.objects.insert(world, bucket, key, object.clone(), change);
            Ok(object)
        })?;
        Ok(CompleteMultipartUploadOutput {
            location: Some(format!("/{bucket}/{key}")),
            e_tag: etag(&object),
            bucket: Some(input.bucket),
            key: Some(input.key),
            checksum_crc32: object.checksum.checksum_crc32,
            checksum_crc32c: object.checksum.checksum_crc32c,
            checksum_crc64nvme: object.checksum.checksum_crc64nvme,
            checksum_sha1: object.checksum.checksum_sha1,
            checksum_sha256: object.checksum.checksum_sha256,
            checksum_type: object.checksum.checksum_type,
            ..CompleteMultipartUploadOutput::default()
        })
    }

    /// The object of the parts that the client lists.
    async fn joined(&self, upload: Upload, listed: &[CompletedPart]) -> S3Result<Object> {
        if listed.is_empty() {
            return Err(s3_error!(
                MalformedXML,
                "The XML you provided was not well-formed or did not validate against our \
                 published schema"
            ));
        }
        let number = |it: &CompletedPart| it.part_number.unwrap_or_default();
        if !listed.is_sorted_by(|one, next| number(one) < number(next)) {
            return Err(s3_error!(
                InvalidPartOrder,
                "The list of parts was not in ascending order. Parts must be ordered by part number."
            ));
        }
        let mut parts: Vec<Object> = Vec::new();
        for (place, it) in listed.iter().enumerate() {
            let tag = it.e_tag.as_ref().map(|tag| tag.value());
            let part = upload.parts.get(&number(it)).filter(|part| Some(part.etag.as_str()) == tag);
            let part = part.ok_or_else(|| {
                s3_error!(
                    InvalidPart,
                    "One or more of the specified parts could not be found.  The part may not have \
                     been uploaded, or the specified entity tag may not match the part's entity tag."
                )
            })?;
            if part.size < MIN_PART && place + 1 < listed.len() {
                return Err(s3_error!(
                    EntityTooSmall,
                    "Your proposed upload is smaller than the minimum allowed size"
                ));
            }
            parts.push(part.clone());
        }
        let size: u64 = parts.iter().map(|part| part.size).sum();
        if size > self.limit {
            return Err(super::upload::too_large());
        }
        let algorithm = upload.checksum_algorithm.as_ref().map(ChecksumAlgorithm::as_str);
        let algorithm = algorithm.unwrap_or("crc64nvme").to_ascii_lowercase();
        let whole = self.join(&parts, &algorithm).await;
        let (path, checksum) = whole.map_err(S3Error::internal_error)?;
        // The checksum of an upload whose client chose an algorithm but no type is made of those of its parts.
        let full = ChecksumType::from_static(ChecksumType::FULL_OBJECT);
        let of_whole = algorithm == "crc64nvme" || upload.checksum_type.as_ref() == Some(&full);
        let checksum = match of_whole {
            true => Checksum { checksum_type: Some(full), ..checksum },
            false => composite(&parts, &algorithm),
        };
        let mut md5 = Md5::new();
        for part in &parts {
            md5.update(&of_hex(&part.etag));
        }
        Ok(Object {
            size,
            etag: format!("{}-{}", hex(&md5.finalize()), parts.len()),
            checksum,
            parts: parts.iter().map(|part| part.size).collect(),
            path,
            ..upload.object
        })
    }

    pub(super) async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<AbortMultipartUploadOutput> {
        let AbortMultipartUploadInput { bucket, key, upload_id, .. } = request.input;
        self.call(Operation::AbortMultipartUpload, &bucket, &key, |_| {
            let place = (bucket.clone(), key.clone(), upload_id);
            self.objects.index().uploads.remove(&place).ok_or_else(no_such_upload)
        })?;
        Ok(AbortMultipartUploadOutput::default())
    }

    pub(super) async fn list_parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> S3Result<ListPartsOutput> {
        let input = request.input;
        let max = page_size(input.max_parts)?;
        let place = (input.bucket.clone(), input.key.clone(), input.upload_id.clone());
        let upload = self.call(Operation::ListParts, &input.bucket, &input.key, |_| {
            self.objects.index().uploads.get(&place).cloned().ok_or_else(no_such_upload)
        })?;
        let after = input.part_number_marker.unwrap_or(0);
        let mut found = upload.parts.iter().filter(|(number, _)| **number > after);
        let take = usize::try_from(max).unwrap_or(0);
        let parts: Vec<Part> =
            found.by_ref().take(take).map(|(number, it)| part(*number, it)).collect();
        let truncated = found.next().is_some();
        Ok(ListPartsOutput {
            next_part_number_marker: parts.last().and_then(|part| part.part_number),
            parts: Some(parts),
            is_truncated: Some(truncated),
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            part_number_marker: Some(after),
            max_parts: Some(max),
            owner: Some(self.owner()),
            checksum_algorithm: upload.checksum_algorithm,
            checksum_type: upload.checksum_type,
            ..ListPartsOutput::default()
        })
    }

    pub(super) async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<ListMultipartUploadsOutput> {
        let input = request.input;
        let encode = Encode::of(input.encoding_type.as_ref());
        let max = page_size(input.max_uploads)?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let after_key = input.key_marker.clone().unwrap_or_default();
        // Without an ID, all uploads of the marker's key come before.
        let after_id = input.upload_id_marker.clone().unwrap_or_else(|| char::MAX.to_string());
        let owner = self.owner();
        let found: Vec<MultipartUpload> =
            self.call(Operation::ListMultipartUploads, &input.bucket, "", |_| {
                let index = self.objects.index();
                let of_bucket = index.uploads.iter().filter(|((bucket, key, id), _)| {
                    *bucket == input.bucket
                        && key.starts_with(&prefix)
                        && (key, id) > (&after_key, &after_id)
                });
                let uploads = of_bucket.map(|((_, key, id), upload)| MultipartUpload {
                    key: Some(encode.text(key)),
                    upload_id: Some(id.clone()),
                    initiated: Some(seconds(upload.object.modified)),
                    owner: Some(owner.clone()),
                    checksum_algorithm: upload.checksum_algorithm.clone(),
                    checksum_type: upload.checksum_type.clone(),
                    ..MultipartUpload::default()
                });
                Ok(uploads.collect())
            })?;
        let take = usize::try_from(max).unwrap_or(0);
        let truncated = found.len() > take;
        let uploads: Vec<MultipartUpload> = found.into_iter().take(take).collect();
        let last = uploads.last().filter(|_| truncated);
        Ok(ListMultipartUploadsOutput {
            next_key_marker: last.and_then(|it| it.key.clone()),
            next_upload_id_marker: last.and_then(|it| it.upload_id.clone()),
            uploads: Some(uploads),
            is_truncated: Some(truncated),
            bucket: Some(input.bucket),
            prefix: Some(encode.text(&prefix)),
            key_marker: Some(encode.text(&after_key)),
            upload_id_marker: input.upload_id_marker,
            max_uploads: Some(max),
            encoding_type: input.encoding_type,
            ..ListMultipartUploadsOutput::default()
        })
    }
}

fn check_number(number: i32) -> S3Result<()> {
    match (1..=MAX_PARTS).contains(&number) {
        true => Ok(()),
        false => Err(s3_error!(
            InvalidArgument,
            "Part number must be an integer between 1 and 10000, inclusive"
        )),
    }
}

fn part(number: i32, part: &Object) -> Part {
    Part {
        part_number: Some(number),
        e_tag: etag(part),
        size: i64::try_from(part.size).ok(),
        last_modified: Some(seconds(part.modified)),
        checksum_crc32: part.checksum.checksum_crc32.clone(),
        checksum_crc32c: part.checksum.checksum_crc32c.clone(),
        checksum_crc64nvme: part.checksum.checksum_crc64nvme.clone(),
        checksum_sha1: part.checksum.checksum_sha1.clone(),
        checksum_sha256: part.checksum.checksum_sha256.clone(),
    }
}

/// The checksum of the checksums of the parts. None if a part does not have this one.
fn composite(parts: &[Object], algorithm: &str) -> Checksum {
    let mut hasher = ChecksumHasher::default();
    start(&mut hasher, algorithm);
    for part in parts {
        let value = values(&part.checksum).get(algorithm).copied().map(str::to_owned);
        let bytes = value.and_then(|value| base64_simd::STANDARD.decode_to_vec(value).ok());
        let Some(bytes) = bytes else { return Checksum::default() };
        hasher.update(&bytes);
    }
    let count = |value: String| format!("{value}-{}", parts.len());
    let whole = hasher.finalize();
    Checksum {
        checksum_crc32: whole.checksum_crc32.map(count),
        checksum_crc32c: whole.checksum_crc32c.map(count),
        checksum_sha1: whole.checksum_sha1.map(count),
        checksum_sha256: whole.checksum_sha256.map(count),
        checksum_crc64nvme: None,
        checksum_type: Some(ChecksumType::from_static(ChecksumType::COMPOSITE)),
    }
}

fn of_hex(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2);
    pairs.filter_map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

fn no_such_upload() -> S3Error {
    s3_error!(
        NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have \
         been aborted or completed."
    )
}
