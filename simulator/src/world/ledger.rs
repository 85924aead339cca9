//! The table of the ledger in DynamoDB: UpdateItem, Query, and DeleteItem on the items of one endpoint, with
//! DynamoDB's limits.

use std::{collections::BTreeMap, ops::Bound};

use jiff::Timestamp;
use reactive_scaler::ledger::{Item, Location, RequestResult, Upload};
use reactive_scaler::port::ItemPage;

use crate::{CallResult, Operation, RateLimit, Refusal};

use super::World;

/// The items of one endpoint, by sort key.
pub(super) type Partition = BTreeMap<String, Item>;

/// The most bytes that a page of a Query reads (API: `Query`).
const PAGE_BYTES: usize = 1024 * 1024;

/// The most bytes of an item (DynamoDB Developer Guide, "Quotas").
const ITEM_BYTES: usize = 400 * 1024;

/// The bytes that one write unit covers.
const UNIT_BYTES: usize = 1024;

/// The names of an item's attributes, its sort key, and its numbers, in bytes.
const FIXED_BYTES: usize = 250;

impl World {
    /// The items of an endpoint. This is no call.
    pub fn ledger(&self, endpoint: &str) -> impl Iterator<Item = &Item> {
        self.ledgers.get(endpoint).into_iter().flat_map(BTreeMap::values)
    }

    /// UpdateItem that adds an upload.
    ///
    /// # Errors
    ///
    /// Planned faults, and DynamoDB's limits.
    pub fn ledger_add_upload(
        &mut self,
        endpoint: &str,
        location: &Location,
        upload: &Upload,
        at: Timestamp,
    ) -> CallResult<()> {
        let (operation, what) = (Operation::UpdateItem, format!("upload {location}"));
        self.ledger_write(operation, endpoint, &location.sort_key(), what, |item| {
            item.get_or_insert_with(|| Item::new(location.clone())).add_upload(upload, at);
            Ok(())
        })
    }

    /// UpdateItem that adds a result.
    ///
    /// # Errors
    ///
    /// Planned faults, and DynamoDB's limits.
    pub fn ledger_add_result(
        &mut self,
        endpoint: &str,
        location: &Location,
        result: &RequestResult,
        at: Timestamp,
    ) -> CallResult<()> {
        let (operation, what) = (Operation::UpdateItem, format!("result {location}"));
        self.ledger_write(operation, endpoint, &location.sort_key(), what, |item| {
            item.get_or_insert_with(|| Item::new(location.clone())).add_result(result, at);
            Ok(())
        })
    }

    /// Query of one page, which begins after the sort key `after`.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn ledger_items(&mut self, endpoint: &str, after: Option<&str>) -> CallResult<ItemPage> {
        let arguments = after.map(|after| format!("after {after}")).unwrap_or_default();
        self.call(Operation::Query, endpoint, arguments, |world| {
            let most = world.settings.ledger_page_size;
            let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
            let partition = world.ledgers.get(endpoint);
            let rest = partition
                .into_iter()
                .flat_map(|partition| partition.range::<str, _>((begin, Bound::Unbounded)));
            let mut page = ItemPage { items: Vec::new(), next: None };
            let (mut bytes, mut last) = (0, None);
            for (key, item) in rest {
                // As in DynamoDB, a page that ends with the last item can name a next page. Here it does not.
                bytes += bytes_of(endpoint, item);
                if page.items.len() == most || bytes > PAGE_BYTES {
                    page.next = last;
                    break;
                }
                page.items.push(item.clone());
                last = Some(key.clone());
            }
            Ok(page)
        })
    }

    /// Query of one item, by its sort key.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn ledger_item(&mut self, endpoint: &str, key: &str) -> CallResult<Option<Item>> {
        self.call(Operation::Query, endpoint, format!("only {key}"), |world| {
            Ok(world.ledgers.get(endpoint).and_then(|partition| partition.get(key)).cloned())
        })
    }

    /// DeleteItem, if the item is as it was read. Returns whether it is gone.
    ///
    /// # Errors
    ///
    /// Planned faults, and DynamoDB's limits.
    pub fn ledger_delete_unchanged(&mut self, endpoint: &str, item: &Item) -> CallResult<bool> {
        let (key, what) = (item.location.sort_key(), item.location.to_string());
        self.ledger_write(Operation::DeleteItem, endpoint, &key, what, |found| {
            if found.as_ref().is_none_or(|now| now.unchanged_since(item)) {
                *found = None;
            }
            Ok(found.is_none())
        })
    }

    /// UpdateItem that forgets the uploads of an item, if it is as it was read. Returns whether it was.
    ///
    /// # Errors
    ///
    /// Planned faults, and DynamoDB's limits.
    pub fn ledger_forget_unchanged(&mut self, endpoint: &str, item: &Item) -> CallResult<bool> {
        let (key, what) = (item.location.sort_key(), format!("forget {}", item.location));
        self.ledger_write(Operation::UpdateItem, endpoint, &key, what, |found| {
            let unchanged = found.as_mut().filter(|now| now.unchanged_since(item));
            Ok(unchanged.map(Item::forget).is_some())
        })
    }

    /// A write of one item. `write` changes what is there. Its condition is part of it, so a write whose condition is
    /// not met uses write units too.
    ///
    /// # Errors
    ///
    /// Planned faults, DynamoDB's limits, and those of `write`.
    pub(crate) fn ledger_write<T>(
        &mut self,
        operation: Operation,
        endpoint: &str,
        key: &str,
        arguments: String,
        write: impl FnOnce(&mut Option<Item>) -> Result<T, Refusal>,
    ) -> CallResult<T> {
        self.call(operation, endpoint, arguments, |world| {
            let partition = world.ledgers.entry(endpoint.to_owned()).or_default();
            let mut item = partition.get(key).cloned();
            let before = item.as_ref().map_or(0, |item| bytes_of(endpoint, item));
            let answer = write(&mut item);
            let after = item.as_ref().map_or(0, |item| bytes_of(endpoint, item));
            let units = before.max(after).div_ceil(UNIT_BYTES).max(1);
            let per_second = world.settings.ledger_writes_per_second;
            let limit = world.ledger_writes.entry(endpoint.to_owned());
            let limit = limit.or_insert_with(|| RateLimit::new(per_second, per_second, world.now));
            if !limit.take(u32::try_from(units).unwrap_or(u32::MAX), world.now) {
                return Err(Refusal::new(
                    "ProvisionedThroughputExceededException",
                    "The level of configured provisioned throughput for the table was exceeded. \
                     Consider increasing your provisioning level with the UpdateTable API.",
                ));
            }
            let answer = answer?;
            if after > ITEM_BYTES {
                return Err(Refusal::validation(
                    "Item size to update has exceeded the maximum allowed size",
                ));
            }
            match item {
                Some(item) => partition.insert(key.to_owned(), item),
                None => partition.remove(key),
            };
            Ok(answer)
        })
    }
}

/// About as many bytes as DynamoDB counts for an item.
fn bytes_of(endpoint: &str, item: &Item) -> usize {
    let ids = item.uploads.iter().chain(&item.results).map(String::len).sum::<usize>();
    let location = "s3:///".len() + item.location.bucket().len() + item.location.key().len();
    FIXED_BYTES + endpoint.len() + location + ids
}
