//! Pages of a listing.

use std::{collections::BTreeMap, ops::Bound};

use crate::Refusal;

/// The page of a listing that a request asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// `MaxResults`.
    pub max_results: Option<usize>,
    /// `NextToken` of the previous page.
    pub next_token: Option<String>,
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The page's items.
    pub items: Vec<T>,
    /// Present if there are more items.
    pub next_token: Option<String>,
}

impl<T> Page<T> {
    /// Maps the items of the page. A listing is split into pages before its items are copied:
    /// copying all items for each page would take quadratic time.
    pub(crate) fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(to).collect(), next_token: self.next_token }
    }
}

impl Paging {
    /// Returns one page of the listing. No page is larger than `page_size`.
    pub(crate) fn cut<T>(
        &self,
        all: impl Iterator<Item = T>,
        page_size: usize,
    ) -> Result<Page<T>, Refusal> {
        let (size, start) = (self.size(page_size)?, self.offset()?);
        let mut rest = all.skip(start);
        let items = rest.by_ref().take(size).collect();
        let next_token = rest.next().map(|_| offset_token(start + size));
        Ok(Page { items, next_token })
    }

    /// The place at which the page begins.
    pub(crate) fn offset(&self) -> Result<usize, Refusal> {
        match self.next_token.as_deref() {
            None => Ok(0),
            Some(token) => token
                .strip_prefix("offset-")
                .and_then(|offset| offset.parse().ok())
                .ok_or_else(invalid_token),
        }
    }

    /// Returns one page of a listing that is ordered by key. It continues after the key in the
    /// token, so earlier items are not visited.
    pub(crate) fn cut_behind<'a, K: Ord, V>(
        &self,
        all: &'a BTreeMap<K, V>,
        page_size: usize,
        name: impl Fn(&K) -> String,
        named: impl Fn(&str) -> Option<K>,
    ) -> Result<Page<&'a V>, Refusal> {
        let size = self.size(page_size)?;
        let behind = match self.next_token.as_deref() {
            None => Bound::Unbounded,
            Some(token) => {
                let key = token.strip_prefix("behind-").and_then(named);
                Bound::Excluded(key.ok_or_else(invalid_token)?)
            }
        };
        let mut rest = all.range((behind, Bound::Unbounded));
        let (keys, items): (Vec<_>, Vec<_>) = rest.by_ref().take(size).unzip();
        let last = rest.next().and(keys.last());
        let next_token = last.map(|key| format!("behind-{}", name(key)));
        Ok(Page { items, next_token })
    }

    /// The number of items of the page.
    pub(crate) fn size(&self, page_size: usize) -> Result<usize, Refusal> {
        match self.max_results {
            Some(0) => Err(Refusal::validation("MaxResults must be at least 1")),
            asked => Ok(asked.unwrap_or(page_size).min(page_size).max(1)),
        }
    }
}

/// The token of a page that begins at this place.
pub(crate) fn offset_token(place: usize) -> String {
    format!("offset-{place}")
}

fn invalid_token() -> Refusal {
    Refusal::new("InvalidNextTokenException", "Invalid token")
}
