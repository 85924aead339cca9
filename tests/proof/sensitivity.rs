//! Scalers that are broken on purpose: each must be caught, by the rule that it breaks, within the
//! budget of a normal run.

use crate::{
    broken::Break,
    plan::Family,
    run::{self, Budget},
};

/// Worlds that each may take: as many as a normal run plays.
const WORLDS: u64 = 2_000;

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

/// A broken scaler by its name in `broken.rs`.
pub fn named(name: &str) -> Option<Break> {
    BROKEN.iter().map(|(_, what, _)| *what).find(|what| format!("{what:?}") == name)
}

#[test]
fn every_broken_scaler_is_caught_by_its_rule() {
    println!("| rule | broken scaler | caught after worlds |");
    println!("|---|---|---|");
    let budget = Budget { family: Family::Small, first: 0, worlds: WORLDS, ends: None, enough: 1 };
    let mut missed = Vec::new();
    for (rule, what, meaning) in BROKEN {
        let played = run::many(&budget, *what, Some(*rule));
        match played.failed.first() {
            Some((seed, _)) => println!("| {rule} | {meaning} | {} |", seed + 1),
            None => missed.push((rule, what)),
        }
    }
    assert!(missed.is_empty(), "not caught: {missed:?}");
}
