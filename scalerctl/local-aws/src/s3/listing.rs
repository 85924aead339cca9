//! Lists of objects, a page at a time.

use std::{collections::BTreeMap, ops::Bound};

use s3s::{
    S3Request, S3Result,
    dto::{
        CommonPrefix, EncodingType, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
        ListObjectsV2Output, Object as Listed, ObjectStorageClass,
    },
    s3_error,
};
use simulator::Operation;

use super::{
    Api,
    download::{etag, seconds},
};
use crate::objects::Object;

/// The most items of a page.
const MAX: i32 = 1000;

/// What a page contains.
struct Query<'a> {
    prefix: &'a str,
    delimiter: &'a str,
    /// The last item of the page before: a key, or a common prefix.
    after: &'a str,
    max: usize,
}

/// A page: keys, and what the other keys have in common up to the delimiter.
#[derive(Default)]
struct Page {
    objects: Vec<(String, Object)>,
    prefixes: Vec<String>,
    /// The last item, if there are more.
    next: Option<String>,
}

impl Page {
    fn of(objects: &BTreeMap<String, Object>, query: &Query<'_>) -> Self {
        let mut page = Self::default();
        let mut last = String::new();
        let mut from = Bound::Excluded(query.after.to_owned());
        if query.after < query.prefix {
            from = Bound::Included(query.prefix.to_owned());
        } else if !query.delimiter.is_empty() && query.after.ends_with(query.delimiter) {
            from = Bound::Excluded(end_of(query.after));
        }
        while let Some((key, object)) = objects.range((from, Bound::Unbounded)).next() {
            let Some(rest) = key.strip_prefix(query.prefix) else { break };
            if query.max == 0 {
                break;
            }
            if page.objects.len() + page.prefixes.len() == query.max {
                page.next = Some(last);
                break;
            }
            let end = rest.find(query.delimiter).filter(|_| !query.delimiter.is_empty());
            match end {
                Some(end) => {
                    last = key[..query.prefix.len() + end + query.delimiter.len()].to_owned();
                    page.prefixes.push(last.clone());
                    from = Bound::Excluded(end_of(&last));
                }
                None => {
                    last.clone_from(key);
                    page.objects.push((key.clone(), object.clone()));
                    from = Bound::Excluded(key.clone());
                }
            }
        }
        page
    }
}

/// A string after all keys with this prefix.
fn end_of(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

impl Api {
    pub(super) async fn list_objects(
        &self,
        request: S3Request<ListObjectsInput>,
    ) -> S3Result<ListObjectsOutput> {
        let input = request.input;
        let encode = Encode::of(input.encoding_type.as_ref());
        let max = page_size(input.max_keys)?;
        let query = Query {
            prefix: input.prefix.as_deref().unwrap_or_default(),
            delimiter: input.delimiter.as_deref().unwrap_or_default(),
            after: input.marker.as_deref().unwrap_or_default(),
            max: usize::try_from(max).unwrap_or(0),
        };
        let page = self.page(Operation::ListObjects, &input.bucket, &query)?;
        // Without a delimiter, the next page begins after the last key.
        let next = page.next.clone().filter(|_| !query.delimiter.is_empty());
        Ok(ListObjectsOutput {
            is_truncated: Some(page.next.is_some()),
            next_marker: next.map(|it| encode.text(&it)),
            contents: Some(self.contents(&page, encode, true)),
            common_prefixes: Some(common_prefixes(&page, encode)),
            name: Some(input.bucket),
            prefix: Some(encode.text(query.prefix)),
            marker: Some(encode.text(query.after)),
            delimiter: input.delimiter.as_deref().map(|it| encode.text(it)),
            max_keys: Some(max),
            encoding_type: input.encoding_type,
            ..ListObjectsOutput::default()
        })
    }

    pub(super) async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<ListObjectsV2Output> {
        let input = request.input;
        let encode = Encode::of(input.encoding_type.as_ref());
        let max = page_size(input.max_keys)?;
        let token = input.continuation_token.as_deref().map(of_token).transpose()?;
        let start_after = input.start_after.as_deref().unwrap_or_default();
        let query = Query {
            prefix: input.prefix.as_deref().unwrap_or_default(),
            delimiter: input.delimiter.as_deref().unwrap_or_default(),
            after: token.as_deref().unwrap_or(start_after),
            max: usize::try_from(max).unwrap_or(0),
        };
        let page = self.page(Operation::ListObjectsV2, &input.bucket, &query)?;
        let count = page.objects.len() + page.prefixes.len();
        Ok(ListObjectsV2Output {
            is_truncated: Some(page.next.is_some()),
            next_continuation_token: page.next.as_deref().map(token_of),
            contents: Some(self.contents(&page, encode, input.fetch_owner == Some(true))),
            common_prefixes: Some(common_prefixes(&page, encode)),
            name: Some(input.bucket),
            prefix: Some(encode.text(query.prefix)),
            delimiter: input.delimiter.as_deref().map(|it| encode.text(it)),
            start_after: input.start_after.as_deref().map(|it| encode.text(it)),
            continuation_token: input.continuation_token,
            key_count: i32::try_from(count).ok(),
            max_keys: Some(max),
            encoding_type: input.encoding_type,
            ..ListObjectsV2Output::default()
        })
    }

    fn page(&self, operation: Operation, bucket: &str, query: &Query<'_>) -> S3Result<Page> {
        self.call(operation, bucket, "", |_| {
            let index = self.objects.index();
            Ok(index
                .buckets
                .get(bucket)
                .map(|objects| Page::of(objects, query))
                .unwrap_or_default())
        })
    }

    fn contents(&self, page: &Page, encode: Encode, owner: bool) -> Vec<Listed> {
        let owner = owner.then(|| self.owner());
        let listed = |(key, object): &(String, Object)| Listed {
            key: Some(encode.text(key)),
            e_tag: etag(object),
            last_modified: Some(seconds(object.modified)),
            size: i64::try_from(object.size).ok(),
            storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
            owner: owner.clone(),
            ..Listed::default()
        };
        page.objects.iter().map(listed).collect()
    }
}

fn common_prefixes(page: &Page, encode: Encode) -> Vec<CommonPrefix> {
    page.prefixes.iter().map(|it| CommonPrefix { prefix: Some(encode.text(it)) }).collect()
}

/// The number of items of a page, as the request limits it.
pub(super) fn page_size(max: Option<i32>) -> S3Result<i32> {
    match max {
        Some(max) if max < 0 => Err(s3_error!(
            InvalidArgument,
            "Argument maxKeys must be an integer between 0 and 2147483647"
        )),
        max => Ok(max.unwrap_or(MAX).min(MAX)),
    }
}

/// Whether keys are encoded as in a URL.
#[derive(Clone, Copy)]
pub(super) struct Encode(bool);

impl Encode {
    pub(super) fn of(encoding: Option<&EncodingType>) -> Self {
        Self(encoding.is_some_and(|it| it.as_str() == EncodingType::URL))
    }

    /// The text as in an answer: with `+` for a space, and with `/` as it is.
    pub(super) fn text(self, text: &str) -> String {
        match self.0 {
            false => text.to_owned(),
            true => {
                let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
                encoded.replace("%2F", "/")
            }
        }
    }
}

/// A token that is no key, so that nobody takes it for one.
fn token_of(last: &str) -> String {
    base64_simd::STANDARD.encode_to_string(last)
}

fn of_token(token: &str) -> S3Result<String> {
    let bytes = base64_simd::STANDARD.decode_to_vec(token).ok();
    let invalid = || s3_error!(InvalidArgument, "The continuation token provided is incorrect");
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(invalid)
}
