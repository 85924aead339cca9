//! The listings of SageMaker: their filters, their order and their pages.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::{Page, Paging, Refusal};

/// The number of items on a page of a request without `MaxResults`. The API reference has it for ListEndpoints. For
/// ListModels and ListEndpointConfigs it is an assumption.
const PAGE: usize = 10;

/// The maximum of `MaxResults`.
const MOST: usize = 100;

/// What a List call of SageMaker asks for. The default is all items, the newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// `NameContains`.
    pub name_contains: String,
    /// `StatusEquals`.
    pub status: Option<String>,
    /// `CreationTimeAfter`: not before this time.
    pub created_after: Option<Timestamp>,
    /// `CreationTimeBefore`.
    pub created_before: Option<Timestamp>,
    /// `LastModifiedTimeAfter`.
    pub modified_after: Option<Timestamp>,
    /// `LastModifiedTimeBefore`.
    pub modified_before: Option<Timestamp>,
    /// `SortBy`.
    pub sort_by: SortBy,
    /// `SortOrder`.
    pub ascending: bool,
    /// `MaxResults` and `NextToken`.
    pub paging: Paging,
}

/// `SortBy` of a List call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// By the time of creation, and at the same time by name.
    #[default]
    CreationTime,
    /// By name.
    Name,
    /// By status, and with the same status by name.
    Status,
}

/// An item of a listing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed<'a, T> {
    pub(crate) name: &'a str,
    pub(crate) status: &'a str,
    pub(crate) created_at: Timestamp,
    pub(crate) modified_at: Timestamp,
    pub(crate) item: &'a T,
}

impl Listing {
    /// The items of the page.
    pub(crate) fn page<'a, T: Clone + 'a>(
        &self,
        all: impl Iterator<Item = Listed<'a, T>>,
    ) -> Result<Page<T>, Refusal> {
        let mut found = all.filter(|it| self.wants(it)).collect::<Vec<_>>();
        found.sort_by(|a, b| match self.ascending {
            true => self.order(a, b),
            false => self.order(b, a),
        });
        let asked = self.paging.max_results.unwrap_or(PAGE);
        let paging = Paging { max_results: Some(asked), ..self.paging.clone() };
        Ok(paging.cut(found.into_iter(), MOST)?.map(|it| it.item.clone()))
    }

    fn wants<T>(&self, it: &Listed<'_, T>) -> bool {
        it.name.contains(&self.name_contains)
            && self.status.as_deref().is_none_or(|wanted| wanted == it.status)
            && self.created_after.is_none_or(|at| it.created_at >= at)
            && self.created_before.is_none_or(|at| it.created_at < at)
            && self.modified_after.is_none_or(|at| it.modified_at > at)
            && self.modified_before.is_none_or(|at| it.modified_at < at)
    }

    fn order<T>(&self, a: &Listed<'_, T>, b: &Listed<'_, T>) -> Ordering {
        let by_name = a.name.cmp(b.name);
        match self.sort_by {
            SortBy::CreationTime => a.created_at.cmp(&b.created_at).then(by_name),
            SortBy::Name => by_name,
            SortBy::Status => a.status.cmp(b.status).then(by_name),
        }
    }
}
