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

/// How many worlds of the first family a normal run plays.
pub const WORLDS: u64 = 2000;

/// And how many of the second.
pub const FLEET_WORLDS: u64 = 300;

/// After so many that fail, no more are played, unless more are asked for.
const ENOUGH: usize = 10;

#[test]
fn every_rule_holds_in_every_world() {
    let asked = Asked::from_environment();
    if let Some(plan) = asked.kept() {
        assert_eq!(report::of_plan(&plan, asked.broken).unwrap_or_default(), "");
        return;
    }
    // Asked for nothing else, a run plays worlds of both families.
    let single = asked.seed.is_some() || asked.minutes.is_some() || asked.worlds.is_some();
    match asked.family {
        Some(family) => play_family(&asked, family),
        None if single => play_family(&asked, Family::Small),
        None => {
            play_family(&asked, Family::Small);
            play_family(&asked, Family::Fleet);
        }
    }
}

fn play_family(asked: &Asked, family: Family) {
    let (worlds, faults) = match family {
        Family::Small => (WORLDS, &faults::SMALL[..]),
        Family::Fleet => (FLEET_WORLDS, &faults::FLEET[..]),
    };
    let budget = Budget {
        family,
        first: asked.seed.unwrap_or(0),
        worlds: asked.worlds.unwrap_or(match (asked.minutes, asked.seed) {
            (Some(_), _) => u64::MAX,
            (None, Some(_)) => 1,
            (None, None) => worlds,
        }),
        ends: asked.minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes)),
        enough: asked.failures.map_or(ENOUGH, |failures| usize::try_from(failures).unwrap()),
    };
    let began = Instant::now();
    let played = run::many(&budget, asked.broken, None);
    let took = began.elapsed().as_secs_f64();
    println!(
        "{} worlds of the family {family:?}, from seed {} on, in {took:.1} s: {:.0} a second",
        played.worlds,
        budget.first,
        played.worlds as f64 / took
    );
    println!("| fault | times |");
    println!("|---|---|");
    for fault in faults {
        println!("| {fault} | {} |", played.faults.get(fault).unwrap_or(&0));
    }
    for (seed, Verdict { rule, what }) in &played.failed {
        println!("rule {rule}, seed {seed}: {what}");
    }
    if let Some((seed, verdict)) = played.failed.first() {
        panic!("{}", report::of_seed(family, *seed, verdict, asked.broken));
    }
    if played.worlds >= worlds {
        let never = faults.iter().filter(|fault| !played.faults.contains_key(**fault));
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
    for (family, listed) in
        [(Family::Small, &faults::SMALL[..]), (Family::Fleet, &faults::FLEET[..])]
    {
        let budget = Budget { family, first: 0, worlds: 100, ends: None, enough: ENOUGH };
        let played = run::many(&budget, Break::Nothing, Some(3));
        let unlisted = played.faults.keys().filter(|fault| !listed.contains(fault));
        assert_eq!(unlisted.collect::<Vec<_>>(), Vec::<&&str>::new(), "{family:?}");
    }
}
