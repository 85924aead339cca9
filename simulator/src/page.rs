//! Pages of a listing.

use crate::Refusal;

/// Which page of a listing is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// `MaxResults`.
    pub max_results: Option<usize>,
    /// `NextToken` of the page before.
    pub next_token: Option<String>,
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The page's items.
    pub items: Vec<T>,
    /// Present when there are more.
    pub next_token: Option<String>,
}

impl<T> Page<T> {
    /// The same page of other items. A listing is cut before its items are copied: copying all of
    /// them for each page would cost their number squared.
    pub(crate) fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(to).collect(), next_token: self.next_token }
    }
}

impl Paging {
    /// Cuts the page out of the whole listing. No page is larger than `page_size`.
    pub(crate) fn cut<T>(
        &self,
        all: impl Iterator<Item = T>,
        page_size: usize,
    ) -> Result<Page<T>, Refusal> {
        if self.max_results == Some(0) {
            return Err(Refusal::validation("MaxResults must be at least 1"));
        }
        let start = match self.next_token.as_deref() {
            None => 0,
            Some(token) => token
                .strip_prefix("offset-")
                .and_then(|offset| offset.parse().ok())
                .ok_or_else(|| Refusal::new("InvalidNextTokenException", "Invalid token"))?,
        };
        let size = self.max_results.unwrap_or(page_size).min(page_size).max(1);
        let mut rest = all.skip(start);
        let items = rest.by_ref().take(size).collect();
        let next_token = rest.next().map(|_| format!("offset-{}", start + size));
        Ok(Page { items, next_token })
    }
}
