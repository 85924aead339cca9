//! The table of the ledger in DynamoDB: UpdateItem, Query, and DeleteItem on the items of one endpoint.

use std::{collections::BTreeMap, ops::Bound};

use jiff::Timestamp;
use reactive_scaler::ledger::{Item, Location, RequestResult, Upload};
use reactive_scaler::port::ItemPage;

use crate::{CallResult, Operation};

use super::World;

/// The items of one endpoint, by sort key.
pub(super) type Partition = BTreeMap<String, Item>;

impl World {
    /// The items of an endpoint. This is no call.
    pub fn ledger(&self, endpoint: &str) -> impl Iterator<Item = &Item> {
        self.ledgers.get(endpoint).into_iter().flat_map(BTreeMap::values)
    }

    /// UpdateItem that adds an upload.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn ledger_add_upload(
        &mut self,
        endpoint: &str,
        location: &Location,
        upload: &Upload,
        at: Timestamp,
    ) -> CallResult<()> {
        self.call(Operation::UpdateItem, endpoint, format!("upload {location}"), |world| {
            world.item(endpoint, location).add_upload(upload, at);
            Ok(())
        })
    }

    /// UpdateItem that adds a result.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn ledger_add_result(
        &mut self,
        endpoint: &str,
        location: &Location,
        result: &RequestResult,
        at: Timestamp,
    ) -> CallResult<()> {
        self.call(Operation::UpdateItem, endpoint, format!("result {location}"), |world| {
            world.item(endpoint, location).add_result(result, at);
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
            let size = world.settings.ledger_page_size;
            let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
            let partition = world.ledgers.get(endpoint);
            let mut rest = partition
                .into_iter()
                .flat_map(|partition| partition.range::<str, _>((begin, Bound::Unbounded)));
            let page: Vec<_> = rest.by_ref().take(size).collect();
            // As in DynamoDB, a page that ends with the last item can name a next page. Here it does not.
            let next = rest.next().and(page.last().map(|(key, _)| (*key).clone()));
            Ok(ItemPage { items: page.into_iter().map(|(_, item)| item.clone()).collect(), next })
        })
    }

    /// DeleteItem, if the item is as it was read. Returns whether it is gone.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn ledger_delete_unchanged(&mut self, endpoint: &str, item: &Item) -> CallResult<bool> {
        self.call(Operation::DeleteItem, endpoint, item.location.to_string(), |world| {
            let partition = world.ledgers.entry(endpoint.to_owned()).or_default();
            let key = item.location.to_string();
            let changed = partition.get(&key).is_some_and(|now| !now.unchanged_since(item));
            if !changed {
                partition.remove(&key);
            }
            Ok(!changed)
        })
    }

    /// UpdateItem that forgets the uploads of an item, if it is as it was read. Returns whether it was.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn ledger_forget_unchanged(&mut self, endpoint: &str, item: &Item) -> CallResult<bool> {
        self.call(Operation::UpdateItem, endpoint, format!("forget {}", item.location), |world| {
            let partition = world.ledgers.entry(endpoint.to_owned()).or_default();
            let found = partition.get_mut(&item.location.to_string());
            let unchanged = found.filter(|now| now.unchanged_since(item));
            Ok(unchanged.map(Item::forget).is_some())
        })
    }

    fn item(&mut self, endpoint: &str, location: &Location) -> &mut Item {
        let partition = self.ledgers.entry(endpoint.to_owned()).or_default();
        partition.entry(location.to_string()).or_insert_with(|| Item::new(location.clone()))
    }
}
