//! What the newest datapoint of the backlog says.

use jiff::Timestamp;

use crate::decide::observed::Observed;

/// Whether the newest result is newer than all datapoints of the metric. Then they show work that is finished.
pub(super) fn shows_finished_work(seen: &Observed, now: Timestamp) -> bool {
    let newest = seen.backlog.newest_at(now);
    newest.is_some_and(|newest| Some(newest) <= seen.ledger.newest_result())
}

/// The value of a datapoint as a number of items.
pub(super) fn items(datapoint: Option<f64>) -> usize {
    // The conversion saturates and turns NaN into 0.
    datapoint.map_or(0, |value| value.ceil() as usize)
}
