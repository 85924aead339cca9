//! Records that are kept: extended before they expire.

use jiff::{SignedDuration, Timestamp};

use crate::{
    decide::{
        decision::{Action, Decision, RecordWrite, TICK},
        observed::Observed,
    },
    lease::{Kept, Records},
    reason::Reason,
};

/// Extension of the lease of a busy endpoint.
pub const EXTENSION: SignedDuration = SignedDuration::from_mins(3);

/// Whether a record with this R can expire before the next ticks renew it.
pub(crate) fn runs_out(release: Option<Timestamp>, now: Timestamp) -> bool {
    release.is_none_or(|release| release.duration_since(now) <= EXTENSION)
}

/// The write that extends a record until this time: the work record while the ledger has outstanding work.
pub(super) fn extension(seen: &Observed, records: &Records, end: Timestamp) -> RecordWrite {
    let kept = if seen.ledger.is_outstanding() { Kept::Work } else { records.to_extend() };
    RecordWrite::Extend(kept, end)
}

pub(super) fn kept(seen: &Observed, records: &Records, now: Timestamp, reason: Reason) -> Decision {
    let mut decision = Decision::of(Action::Extend, reason);
    decision.records.push(extension(seen, records, now));
    decision.recheck(TICK)
}
