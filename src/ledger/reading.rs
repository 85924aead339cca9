//! What was read of an endpoint's items, page by page.

use jiff::{SignedDuration, Timestamp};

use super::{Item, Summary, Verdict};

/// A ledger with more pages than this is not read to its end. A page has 1 MB.
pub const MAX_PAGES: usize = 20;

/// What was read of an endpoint's items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The items, without expired ones.
    pub items: Vec<Item>,
    /// Whether these are all items.
    pub complete: bool,
    /// When the first page was requested. What was added later can be missing.
    pub since: Timestamp,
    pages: usize,
}

impl Reading {
    /// Nothing was read yet. The first page is requested at `now`.
    pub fn begun(now: Timestamp) -> Self {
        Self { items: Vec::new(), complete: false, since: now, pages: 0 }
    }

    /// Adds a page. Returns whether the next page must be read. It need not if one outstanding item was touched at
    /// `young` or later: nothing else matters then.
    pub fn add_page(&mut self, page: Vec<Item>, is_last: bool, young: Timestamp) -> bool {
        let enough = Summary::of(&page, self.since).young_outstanding(young);
        let since = self.since;
        self.items.extend(page.into_iter().filter(|item| !item.expired(since)));
        self.complete = is_last;
        self.pages += 1;
        !is_last && !enough && self.pages < MAX_PAGES
    }

    /// What the items say. `None` if the rest of the items can change it. One young item is enough to know that there
    /// is work. That there is none is known only from all items.
    pub fn summary(&self) -> Option<Summary> {
        let summary = Summary::of(&self.items, self.since);
        (self.complete || summary.outstanding > 0).then_some(summary)
    }

    /// The verdict at `now`. `idle` is the route's `idle_minutes`.
    pub fn verdict(&self, now: Timestamp, idle: SignedDuration) -> Verdict {
        Verdict::of(self.summary().as_ref(), now, idle)
    }
}
