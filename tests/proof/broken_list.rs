//! The broken scalers, and the rule that must notice each.

use crate::broken_scalers::Defect;

/// The rule that must fail, the defect, its meaning, and after how many worlds it was caught last, which
/// `sensitivity.rs` prints. For worlds of the family `small`.
pub const BROKEN: &[(u8, Defect, &str, u64)] = &[
    (1, Defect::LeaseNotWritten, "the lease is never written", 12),
    (1, Defect::WakeNotAskedFor, "capacity is never asked for", 18),
    (1, Defect::RenewalNotSeen, "a tick extends a lease by what it saw at its beginning", 29),
    (2, Defect::CapacitySeenAsZero, "any endpoint is taken for one at zero", 3),
    (2, Defect::WakesAboveMax, "a wake asks for more than MaxCapacity", 9),
    (2, Defect::WakesToOne, "a wake asks for one instance, whatever wake_to says", 1),
    (2, Defect::BoundsInvented, "bounds that cannot be read are made up", 10),
    (3, Defect::LastLookRemembers, "the last look is answered from memory", 30),
    (3, Defect::LastLookLeftOut, "the last look is left out", 18),
    (3, Defect::BacklogSeenAsZero, "any backlog is taken for none", 1),
    (3, Defect::StatusSeenAsInService, "any status is taken for InService", 12),
    (3, Defect::SuspensionNotSeen, "suspended scaling is not seen", 101),
    (3, Defect::UsersMinNotSeen, "the user's MinCapacity is not seen", 315),
    (3, Defect::LeaseTooShort, "a lease ends two minutes before it should", 2),
    (4, Defect::BacklogNeverSeen, "the metric is never readable to the function", 1),
    (4, Defect::SleepNotAskedFor, "zero is never asked for", 1),
    (4, Defect::FloorNotLowered, "the floor is never put back", 1),
    (4, Defect::LeaseTooLong, "a lease ends nine hours later than it should", 1),
    (4, Defect::LeaseOnlySaid, "the floor is raised with no record that drops it", 1),
    (4, Defect::BacklogImagined, "any backlog is taken for one item at least", 1),
    (4, Defect::ScheduledSuspensionNotSeen, "suspended scheduled scaling is not seen", 798),
    (
        4,
        Defect::LeaseTakenForWritten,
        "a lease that could not be written is taken for written",
        621,
    ),
    (5, Defect::RecordsNotSeen, "records are not read: each event writes again", 21),
    (6, Defect::MetricReadEachTime, "the metric is read with each look", 1),
    (6, Defect::NothingRemembered, "a warm container remembers nothing", 1),
    (7, Defect::SecondFailureSwallowed, "of several failures, only the first is reported", 21),
    (7, Defect::BusyTakenForDone, "a capacity call that is refused as busy is taken for done", 51),
    (7, Defect::WriteFailuresSwallowed, "writes that fail are taken for done", 10),
    (7, Defect::ReadFailuresSwallowed, "an endpoint that cannot be read is taken for none", 2),
];

/// The same for worlds of the family `fleet`: defects that earlier versions had.
pub const PUT_BACK: &[(u8, Defect, &str, u64)] = &[
    (1, Defect::ModelsNotRead, "keys with a model's name wake nothing", 4),
    (1, Defect::FailedListingTakenForEmpty, "what cannot be listed is taken for not registered", 4),
    (1, Defect::OneReadAfterAnother, "an endpoint that does not answer stalls the others", 45),
    (1, Defect::EndOfListNotLookedAt, "the last endpoints of a tick are never looked at", 6),
    (
        1,
        Defect::PastScheduleStands,
        "a past at() with a time zone counts as a schedule for ever",
        3,
    ),
    (1, Defect::TargetWaitedFor, "a wake waits for DescribeScalableTargets", 52),
    (
        2,
        Defect::FirstMaxWritten,
        "a record keeps the MaxCapacity that was seen first, and runs",
        15,
    ),
    (
        3,
        Defect::RecordMakesMinOurs,
        "any record makes a MinCapacity of 1 ours, and drops it at R",
        8,
    ),
    (3, Defect::NoFloorNotPut, "a sleep does not cancel the record of the floor that it lowers", 8),
    (4, Defect::RefusedCapacityTakenForDone, "a floor is raised where the capacity was refused", 1),
    (6, Defect::NothingRemembered, "while DescribeEndpoint fails, calls grow with uploads", 18),
    (7, Defect::NothingRemembered, "a wait without a bound is not reported", 11),
];

/// The same for worlds of the family `results`: each part of the rules of `docs/internals/ledger.md`.
pub const OF_LEDGER: &[(u8, Defect, &str, u64)] = &[
    (1, Defect::LedgerWaitedFor, "a wake waits for the ledger", 52),
    (
        3,
        Defect::LedgerWriteTakenForDone,
        "an upload that could not be written is taken for written",
        92,
    ),
    (3, Defect::LastLookWithoutLedger, "the last look does not read the ledger", 1),
    (3, Defect::NoLookAfter, "nothing is read after capacity 0", 1),
    (3, Defect::OutstandingNotSeen, "outstanding uploads are not seen", 1),
    (3, Defect::UnreadableTakenForDone, "a ledger that cannot be read is taken for done", 20),
    (
        3,
        Defect::EarlierResultCounts,
        "a result counts for an object that is newer than its request",
        159,
    ),
    (3, Defect::ResultsCounted, "as many results as uploads are taken for done", 1),
    (3, Defect::LeaseDoesNotBlock, "the ledger ends a lease and a hold", 1),
    (3, Defect::ResultWithoutUploadNotSeen, "a result without an upload is not seen", 8),
    (3, Defect::ShortWindow, "the metric counts for 6 minutes only, however long jobs are", 2),
    (1, Defect::EverythingExplains, "any upload explains any invocation", 17),
    (4, Defect::InvocationNotExplained, "no upload explains an invocation", 2),
    (3, Defect::ForcedOverYoung, "a forced sleep does not see outstanding uploads", 265),
    (4, Defect::ForcedForgetsNothing, "a forced sleep forgets nothing", 278),
    (3, Defect::YoungForgotten, "a sleep by the metric also forgets uploads that are young", 110),
    (3, Defect::WorkNotEnded, "the work record is not ended", 1),
    (4, Defect::OldDatapointsCount, "at zero, datapoints from before the newest result count", 1),
    (4, Defect::ForgottenUnconditionally, "an item is forgotten whatever was added to it", 64),
    (4, Defect::DeletedUnconditionally, "an item is deleted whatever was added to it", 1),
    (4, Defect::NeverForgotten, "a sleep by the metric forgets nothing", 1),
    (4, Defect::InputWritesLease, "an input that the ledger has writes a lease", 1),
    (4, Defect::TickWritesLease, "a tick writes a lease beside a work record", 1),
    (
        3,
        Defect::SlowLookTakenAsGood,
        "a last look that took more than three seconds is taken as good",
        71,
    ),
    (
        3,
        Defect::IdleMinutesAsWindow,
        "the metric counts for `idle_minutes`, however long jobs are",
        2,
    ),
    (4, Defect::AlarmWritesLease, "an alarm writes a lease beside a live record", 42),
    (4, Defect::DeletedAtOnce, "an item is deleted as soon as it has its result", 1),
    (4, Defect::ScaleInNotSeen, "the scale in of one variant extends the record of another", 49),
    (4, Defect::LedgerNotReadAtZero, "at zero, the ledger is not read", 1),
    (1, Defect::RecordNotKept, "at zero, no record is kept while the ledger cannot be read", 83),
    (7, Defect::LedgerWriteTakenForDone, "a failed write to the ledger is not reported", 1),
    (7, Defect::UnreadableTakenForDone, "a ledger that cannot be read is not reported", 5),
];

/// The defect of this name.
pub fn named(name: &str) -> Option<Defect> {
    BROKEN
        .iter()
        .chain(PUT_BACK)
        .chain(OF_LEDGER)
        .map(|(_, defect, ..)| *defect)
        .find(|defect| format!("{defect:?}") == name)
}
