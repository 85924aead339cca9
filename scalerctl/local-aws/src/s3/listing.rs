//! A page of a list of objects: keys, and prefixes up to a delimiter.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{CommonPrefix, ETag, Object as Listed};

use crate::objects::{Object, Objects};

use super::time::timestamp;

/// The largest page, in keys and prefixes.
const LARGEST_PAGE: usize = 1000;

/// What `encoding-type=url` leaves as it is.
const UNRESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// What a list asks for.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) prefix: String,
    pub(super) delimiter: String,
    /// The list begins after this key or prefix.
    pub(super) after: String,
    pub(super) most: Option<i32>,
    /// `encoding-type=url`.
    pub(super) encoded: bool,
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) objects: Vec<Listed>,
    pub(super) prefixes: Vec<CommonPrefix>,
    /// The last key or prefix, if there are more. Not encoded.
    pub(super) next: Option<String>,
}

impl Page {
    /// The number of keys and prefixes.
    pub(super) fn count(&self) -> i32 {
        i32::try_from(self.objects.len() + self.prefixes.len()).unwrap_or(i32::MAX)
    }
}

impl Wanted {
    /// A name of a key as the list shows it.
    pub(super) fn shown(&self, key: &str) -> String {
        match self.encoded {
            true => utf8_percent_encode(key, UNRESERVED).to_string(),
            false => key.to_owned(),
        }
    }

    /// The largest number of keys and prefixes of the page.
    pub(super) fn most(&self) -> usize {
        let most = self.most.and_then(|most| usize::try_from(most).ok());
        most.map_or(LARGEST_PAGE, |most| most.min(LARGEST_PAGE))
    }

    /// The page.
    pub(super) fn page(&self, objects: &Objects, bucket: &str) -> Page {
        let mut page = Page::default();
        let mut last = String::new();
        let mut shared: Option<String> = None;
        for (key, object) in objects.listed(bucket, &self.prefix, &self.after) {
            let prefix = self.prefix_of(&key);
            // The prefix of the last page, or one that this page has already.
            let is_listed =
                |prefix: &String| *prefix <= self.after || shared.as_ref() == Some(prefix);
            if prefix.as_ref().is_some_and(is_listed) {
                continue;
            }
            if usize::try_from(page.count()).is_ok_and(|count| count >= self.most()) {
                page.next = (self.most() > 0).then_some(last);
                return page;
            }
            match prefix {
                Some(prefix) => {
                    page.prefixes.push(CommonPrefix { prefix: Some(self.shown(&prefix)) });
                    last.clone_from(&prefix);
                    shared = Some(prefix);
                }
                None => {
                    page.objects.push(self.listed(&key, &object));
                    last = key;
                }
            }
        }
        page
    }

    /// The prefix that stands for a key, up to the delimiter.
    fn prefix_of(&self, key: &str) -> Option<String> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = key.get(self.prefix.len()..)?;
        let end = rest.find(&self.delimiter)? + self.delimiter.len();
        key.get(..self.prefix.len() + end).map(str::to_owned)
    }

    fn listed(&self, key: &str, object: &Object) -> Listed {
        Listed {
            key: Some(self.shown(key)),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(timestamp(object.modified)),
            size: i64::try_from(object.content.size).ok(),
            storage_class: Some("STANDARD".to_owned().into()),
            ..Listed::default()
        }
    }
}
