//! The DynamoDB operations on the ledger.

use std::future::Future;

use jiff::Timestamp;

use super::AwsResult;
use crate::ledger::{Item, Location, Reading, RequestResult, Upload};

/// One page of the items of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPage {
    /// The items.
    pub items: Vec<Item>,
    /// Where the next page begins. `None`: this is the last one.
    pub next: Option<String>,
}

/// The operations on the ledger's table. The partition key is the endpoint's name.
pub trait Ledger: Send + Sync {
    /// UpdateItem: adds an upload to the item of its location, and sets the time of its newest event. Repeating the call
    /// changes nothing but the time.
    fn add_upload(
        &self,
        endpoint: &str,
        location: &Location,
        upload: &Upload,
        at: Timestamp,
    ) -> impl Future<Output = AwsResult<()>> + Send;

    /// UpdateItem: adds a result to the item of its location, and sets the time of its newest result. Repeating the call
    /// changes nothing.
    fn add_result(
        &self,
        endpoint: &str,
        location: &Location,
        result: &RequestResult,
        at: Timestamp,
    ) -> impl Future<Output = AwsResult<()>> + Send;

    /// Query of the items of an endpoint, strongly consistent. One page, which begins after `after`.
    fn items(
        &self,
        endpoint: &str,
        after: Option<&str>,
    ) -> impl Future<Output = AwsResult<ItemPage>> + Send;

    /// Query of the items of an endpoint as of `now`, page by page, until an outstanding item is found that was touched
    /// at `young` or later.
    fn reading(
        &self,
        endpoint: &str,
        now: Timestamp,
        young: Timestamp,
    ) -> impl Future<Output = AwsResult<Reading>> + Send {
        async move {
            let mut reading = Reading::begun(now);
            let mut after = None;
            loop {
                let page = self.items(endpoint, after.as_deref()).await?;
                after = page.next;
                if !reading.add_page(page.items, after.is_none(), young) {
                    return Ok(reading);
                }
            }
        }
    }

    /// DeleteItem, if nothing was added to the item since it was read. Returns whether it is gone.
    fn delete_unchanged(
        &self,
        endpoint: &str,
        item: &Item,
    ) -> impl Future<Output = AwsResult<bool>> + Send;

    /// UpdateItem: forgets the uploads of the item, if nothing was added to it since it was read. Returns whether that
    /// was so.
    fn forget_unchanged(
        &self,
        endpoint: &str,
        item: &Item,
    ) -> impl Future<Output = AwsResult<bool>> + Send;
}

/// A client of AWS with the ledger.
pub trait WithLedger {
    /// The ledger.
    type Ledger: Ledger;

    /// The ledger. It is used only if a route says that its results are connected.
    fn ledger(&self) -> &Self::Ledger;
}
