//! What all items of an endpoint say together.

use jiff::Timestamp;

use super::{Item, KEEP, Standing};

/// What the items of one endpoint say. The order of the items does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// The number of outstanding items.
    pub outstanding: usize,
    /// When the youngest of them was touched. An item without a time counts as touched when it was read.
    pub youngest_outstanding: Option<Timestamp>,
    /// Since when the oldest of them waits: when its object was created, or its event was handled if that is not known.
    pub oldest_outstanding: Option<Timestamp>,
    /// When the newest result was handled.
    pub newest_result: Option<Timestamp>,
    /// The newest result without an upload.
    pub result_without_upload: Option<Timestamp>,
}

impl Summary {
    /// Reads the items as of `now`. Expired items are ignored.
    pub fn of<'a>(items: impl IntoIterator<Item = &'a Item>, now: Timestamp) -> Self {
        items.into_iter().filter(|item| !item.expired(now)).fold(Self::default(), |sum, item| {
            let outstanding = item.standing() == Standing::Outstanding;
            let alone = item.standing() == Standing::ResultOnly;
            let touched = Some(item.touched_at.unwrap_or(now)).filter(|_| outstanding);
            let waits_since = item.created_at.or(touched).filter(|_| outstanding);
            Self {
                outstanding: sum.outstanding + usize::from(outstanding),
                youngest_outstanding: sum.youngest_outstanding.max(touched),
                oldest_outstanding: earlier(sum.oldest_outstanding, waits_since),
                newest_result: sum.newest_result.max(item.result_at),
                result_without_upload: sum
                    .result_without_upload
                    .max(item.result_at.filter(|_| alone)),
            }
        })
    }

    /// Whether an outstanding item was touched at `since` or later. Only such an item keeps an endpoint awake when the
    /// metric shows no backlog.
    pub fn young_outstanding(&self, since: Timestamp) -> bool {
        self.youngest_outstanding.is_some_and(|at| at >= since)
    }

    /// When a result without an upload stops to count, if there is one that counts at `now`.
    pub fn waits_for_upload_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.result_without_upload.map(|at| at + KEEP).filter(|until| now < *until)
    }
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
