//! What S3 keeps with the bytes of an object: the headers of an upload, which are headers of the answers.
//!
//! Macros, because s3s has a type of its own for each operation, with the same members.

/// An object with the headers of a request that uploads it.
macro_rules! with_headers {
    ($object:expr, $input:ident) => {
        $crate::objects::Object {
            content_type: $input.content_type.or_else(|| Some("binary/octet-stream".into())),
            metadata: $input.metadata.unwrap_or_default(),
            headers: $crate::objects::Headers {
                cache_control: $input.cache_control,
                content_disposition: $input.content_disposition,
                content_encoding: $crate::s3::metadata::content_encoding($input.content_encoding),
                content_language: $input.content_language,
                expires: $input.expires,
            },
            ..$object
        }
    };
}

/// The answer of HeadObject, or that of GetObject without the bytes.
macro_rules! answer {
    ($Output:ident, $object:ident, $slice:ident, $checksum:ident) => {
        $Output {
            accept_ranges: Some("bytes".into()),
            cache_control: $object.headers.cache_control.clone(),
            checksum_crc32: $checksum.checksum_crc32,
            checksum_crc32c: $checksum.checksum_crc32c,
            checksum_crc64nvme: $checksum.checksum_crc64nvme,
            checksum_sha1: $checksum.checksum_sha1,
            checksum_sha256: $checksum.checksum_sha256,
            checksum_type: $checksum.checksum_type,
            content_disposition: $object.headers.content_disposition.clone(),
            content_encoding: $object.headers.content_encoding.clone(),
            content_language: $object.headers.content_language.clone(),
            content_length: i64::try_from($slice.bytes.end - $slice.bytes.start).ok(),
            content_range: $slice.content_range,
            content_type: $object.content_type.clone(),
            e_tag: $crate::s3::download::etag(&$object),
            expires: $object.headers.expires.clone(),
            last_modified: Some($crate::s3::download::seconds($object.modified)),
            metadata: Some($object.metadata.clone()),
            parts_count: $slice.parts_count,
            ..$Output::default()
        }
    };
}

pub(super) use {answer, with_headers};

/// The encoding of the object. `aws-chunked` is the encoding of the upload only.
pub(super) fn content_encoding(header: Option<String>) -> Option<String> {
    let header = header?;
    let of_object = header.split(',').map(str::trim).filter(|it| *it != "aws-chunked");
    Some(of_object.collect::<Vec<_>>().join(",")).filter(|it| !it.is_empty())
}
