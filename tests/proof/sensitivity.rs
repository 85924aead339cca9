//! Scalers that are broken on purpose: each must be caught, by the rule that it breaks, within the
//! budget of a normal run.

use crate::{
    broken::Break,
    plan::Family,
    run::{self, Budget},
    worlds::{FLEET_WORLDS, WORLDS},
};

/// Rule, what is broken, and what that means.
const BROKEN: &[(u8, Break, &str)] = &[
    (1, Break::LeaseNotWritten, "the lease is never written"),
    (1, Break::WakeNotAskedFor, "capacity is never asked for"),
    (1, Break::RenewalNotSeen, "a tick extends a lease by what it saw at its beginning"),
    (2, Break::CapacitySeenAsZero, "any endpoint is taken for one at zero"),
    (2, Break::WakesAboveMax, "a wake asks for more than MaxCapacity"),
    (2, Break::WakesToOne, "a wake asks for one instance, whatever wake_to says"),
    (2, Break::BoundsInvented, "bounds that cannot be read are made up"),
    (3, Break::LastLookRemembers, "the last look is answered from memory"),
    (3, Break::LastLookLeftOut, "the last look is left out"),
    (3, Break::BacklogSeenAsZero, "any backlog is taken for none"),
    (3, Break::StatusSeenAsInService, "any status is taken for InService"),
    (3, Break::SuspensionNotSeen, "suspended scaling is not seen"),
    (3, Break::UsersMinNotSeen, "the user's MinCapacity is not seen"),
    (3, Break::LeaseTooShort, "a lease ends two minutes before it should"),
    (4, Break::BacklogNeverSeen, "the metric is never readable to the function"),
    (4, Break::SleepNotAskedFor, "zero is never asked for"),
    (4, Break::FloorNotLowered, "the floor is never put back"),
    (4, Break::LeaseTooLong, "a lease ends nine hours later than it should"),
    (4, Break::LeaseOnlySaid, "the floor is raised with no record that drops it"),
    (4, Break::BacklogImagined, "any backlog is taken for one item at least"),
    (4, Break::ScheduledSuspensionNotSeen, "suspended scheduled scaling is not seen"),
    (4, Break::LeaseTakenForWritten, "a lease that could not be written is taken for written"),
    (5, Break::RecordsNotSeen, "records are not read: each event writes again"),
    (6, Break::MetricReadEachTime, "the metric is read with each look"),
    (6, Break::NothingRemembered, "a warm container remembers nothing"),
    (7, Break::SecondFailureSwallowed, "of several failures only the first is told of"),
    (7, Break::BusyTakenForDone, "a capacity call that is refused as busy is taken for done"),
    (7, Break::WriteFailuresSwallowed, "writes that fail are taken for done"),
    (7, Break::ReadFailuresSwallowed, "an endpoint that cannot be read is taken for none"),
];

/// The same in worlds of the second family: faults that were found in the field, put back.
const PUT_BACK: &[(u8, Break, &str)] = &[
    (1, Break::ModelsNotRead, "keys with a model's name wake nothing"),
    (1, Break::FailedListingTakenForEmpty, "what cannot be listed is taken for not registered"),
    (1, Break::OneReadAfterAnother, "an endpoint that does not answer stalls the others"),
    (1, Break::EndOfListNotLookedAt, "a tick never comes to the end of its list"),
    (1, Break::PastScheduleStands, "a past at() with a time zone counts as a schedule for ever"),
    (1, Break::TargetWaitedFor, "a wake waits for DescribeScalableTargets"),
    (2, Break::FirstMaxWritten, "a record keeps the MaxCapacity that was seen first, and runs"),
    (3, Break::RecordMakesMinOurs, "any record makes a MinCapacity of 1 ours, and drops it at R"),
    (4, Break::RefusedCapacityTakenForDone, "a floor is raised where the capacity was refused"),
    (6, Break::NothingRemembered, "while DescribeEndpoint fails, calls grow with uploads"),
    (7, Break::NothingRemembered, "a wait without a bound is told to nobody"),
];

/// A broken scaler by its name in `broken.rs`.
pub fn named(name: &str) -> Option<Break> {
    BROKEN.iter().chain(PUT_BACK).map(|(_, what, _)| *what).find(|what| format!("{what:?}") == name)
}

#[test]
fn every_broken_scaler_is_caught_by_its_rule() {
    let families = [(Family::Small, BROKEN, WORLDS), (Family::Fleet, PUT_BACK, FLEET_WORLDS)];
    println!("| rule | broken scaler | worlds of | caught after |");
    println!("|---|---|---|---|");
    let mut missed = Vec::new();
    for (family, broken, worlds) in families {
        let budget = Budget { family, first: 0, worlds, ends: None, enough: 1 };
        for (rule, what, meaning) in broken {
            let played = run::many(&budget, *what, Some(*rule));
            match played.failed.first() {
                Some((seed, _)) => println!("| {rule} | {meaning} | {family:?} | {} |", seed + 1),
                None => missed.push((rule, what)),
            }
        }
    }
    assert!(missed.is_empty(), "not caught: {missed:?}");
}
