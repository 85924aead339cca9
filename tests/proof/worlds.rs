//! The proof itself: many worlds, every rule.

use std::time::{Duration, Instant};

use crate::{
    asked::Asked,
    broken::Break,
    faults,
    oracles::Verdict,
    plan::Family,
    report,
    run::{self, Budget},
};

/// How many worlds a normal run plays.
pub const WORLDS: u64 = 2000;

/// After so many that fail, no more are played, unless more are asked for.
const ENOUGH: usize = 10;

#[test]
fn every_rule_holds_in_every_world() {
    let asked = Asked::from_environment();
    if let Some(plan) = asked.kept() {
        assert_eq!(report::of_plan(&plan, asked.broken).unwrap_or_default(), "");
        return;
    }
    let family = asked.family.unwrap_or(Family::Small);
    let budget = Budget {
        family,
        first: asked.seed.unwrap_or(0),
        worlds: asked.worlds.unwrap_or(match (asked.minutes, asked.seed) {
            (Some(_), _) => u64::MAX,
            (None, Some(_)) => 1,
            (None, None) => WORLDS,
        }),
        ends: asked.minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes)),
        enough: asked.failures.map_or(ENOUGH, |failures| usize::try_from(failures).unwrap()),
    };
    let began = Instant::now();
    let played = run::many(&budget, asked.broken, None);
    let took = began.elapsed().as_secs_f64();
    println!(
        "{} worlds, from seed {} on, in {took:.1} s: {:.0} a second",
        played.worlds,
        budget.first,
        played.worlds as f64 / took
    );
    println!("| fault | times |");
    println!("|---|---|");
    for fault in faults::ALL {
        println!("| {fault} | {} |", played.faults.get(fault).unwrap_or(&0));
    }
    for (seed, Verdict { rule, what }) in &played.failed {
        println!("rule {rule}, seed {seed}: {what}");
    }
    if let Some((seed, verdict)) = played.failed.first() {
        panic!("{}", report::of_seed(family, *seed, verdict, asked.broken));
    }
    if family == Family::Small && played.worlds >= WORLDS {
        let never = faults::ALL.iter().filter(|fault| !played.faults.contains_key(**fault));
        assert_eq!(never.collect::<Vec<_>>(), Vec::<&&str>::new(), "these faults never struck");
    }
}

/// A seed means the same world each time.
#[test]
fn a_seed_is_played_the_same_way_each_time() {
    for family in [Family::Small, Family::Fleet] {
        for seed in 0..10 {
            let told = || report::story_of(family, seed);
            assert_eq!(told(), told(), "{family:?}, seed {seed}");
        }
    }
}

/// Every fault that is counted has its line in the table.
#[test]
fn every_fault_that_strikes_is_in_the_table() {
    let budget =
        Budget { family: Family::Small, first: 0, worlds: 100, ends: None, enough: ENOUGH };
    let played = run::many(&budget, Break::Nothing, Some(3));
    let unlisted = played.faults.keys().filter(|fault| !faults::ALL.contains(fault));
    assert_eq!(unlisted.collect::<Vec<_>>(), Vec::<&&str>::new());
}
