//! Which items are deleted, and which are forgotten.

use jiff::{SignedDuration, Timestamp};

use super::{Item, Standing};

/// An item without outstanding work is kept this long after its newest event. A duplicate of an upload's event that
/// comes after the item was deleted would look like a new upload. And the newest result's time would be lost.
pub const KEEP: SignedDuration = SignedDuration::from_hours(1);

/// An item expires this long after its newest event: DynamoDB deletes it if no tick does. A request waits for 6 hours
/// at most.
pub const EXPIRES: SignedDuration = SignedDuration::from_hours(24);

/// A tick deletes at most this many items.
pub const DELETED_PER_TICK: usize = 200;

impl Item {
    /// Whether the item has expired. DynamoDB deletes expired items hours later, so until then they are ignored.
    pub fn expired(&self, now: Timestamp) -> bool {
        self.newest_event().is_some_and(|newest| newest + EXPIRES <= now)
    }
}

/// The items that a tick at `now` deletes. Each is deleted only if it is unchanged by then.
pub fn to_delete(items: &[Item], now: Timestamp) -> impl Iterator<Item = &Item> {
    let over = move |item: &&Item| {
        item.standing() != Standing::Outstanding
            && item.newest_event().is_none_or(|newest| newest + KEEP <= now)
    };
    items.iter().filter(over).take(DELETED_PER_TICK)
}

/// The outstanding items that a sleep by the metric forgets: those that were touched before `before`.
pub fn to_forget(items: &[Item], before: Timestamp) -> impl Iterator<Item = &Item> {
    items.iter().filter(move |item| {
        item.standing() == Standing::Outstanding && item.touched_at.is_some_and(|at| at < before)
    })
}
