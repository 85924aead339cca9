//! The decisions of a function that only observes.
//!
//! It writes no records. So an endpoint that is up always looks as if something else had woken it, and each tick would
//! adopt it. If the results are connected, the ledger is written. It shows what the work record would have been.

use jiff::Timestamp;

use super::{
    decision::{Action, Decision, RecordWrite},
    observed::{Observed, Read},
    tick::{is_done, on_the_way_up, work_done},
};
use crate::{config::Policy, lease::Kept, reason::Reason};

/// The decision of a tick, as if the inputs that the ledger has had written their work record. That is assumed of an
/// endpoint without a record only: a lease or a hold that exists prevents the sleep after the last result.
pub fn with_work_record(
    decision: Decision,
    seen: &Observed,
    policy: &Policy,
    now: Timestamp,
) -> Decision {
    let (Reason::Adopted, Read::Known(Some(target)), Read::Known(records), Some(desired)) =
        (decision.reason, &seen.target, &seen.records, seen.variant.desired)
    else {
        return decision;
    };
    if on_the_way_up(seen, desired) {
        return decision;
    }
    if is_done(seen, target, records, policy, now) {
        return work_done();
    }
    if seen.ledger.is_outstanding() {
        let records = vec![RecordWrite::Extend(Kept::Work, now + policy.idle)];
        return Decision { records, ..Decision::of(Action::Extend, Reason::WorkOutstanding) };
    }
    decision
}
