//! Runs many worlds and checks every rule in each of them.

use std::time::{Duration, Instant};

use crate::{
    budget::{Budget, FLEET_WORLDS, RESULTS_WORLDS, WORLDS},
    faults,
    oracles::Violation,
    plan::Family,
    report, run,
    settings::RunSettings,
};

/// A run stops after this many failed worlds, unless `PROOF_FAILURES` is set.
const ENOUGH: usize = 10;

#[test]
fn every_rule_holds_in_every_world() {
    let settings = RunSettings::from_environment();
    if let Some(plan) = settings.kept() {
        assert_eq!(report::of_plan(&plan, settings.defect, settings.rule).unwrap_or_default(), "");
        return;
    }
    // Without any of these settings, a run contains worlds of all families.
    let single = settings.seed.is_some() || settings.minutes.is_some() || settings.worlds.is_some();
    match settings.family {
        Some(family) => play_family(&settings, family),
        None if single => play_family(&settings, Family::Small),
        None => {
            play_family(&settings, Family::Small);
            play_family(&settings, Family::Fleet);
            play_family(&settings, Family::Results);
        }
    }
}

fn play_family(settings: &RunSettings, family: Family) {
    let (worlds, faults) = match family {
        Family::Small => (WORLDS, &faults::SMALL[..]),
        Family::Fleet => (FLEET_WORLDS, &faults::FLEET[..]),
        Family::Results => (RESULTS_WORLDS, &faults::RESULTS[..]),
    };
    let budget = Budget {
        family,
        first: settings.seed.unwrap_or(0),
        worlds: settings.worlds.unwrap_or(match (settings.minutes, settings.seed) {
            (Some(_), _) => u64::MAX,
            (None, Some(_)) => 1,
            (None, None) => worlds,
        }),
        ends: settings.minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes)),
        enough: settings.failures.map_or(ENOUGH, |failures| usize::try_from(failures).unwrap()),
    };
    let began = Instant::now();
    let result = run::many(&budget, settings.defect, settings.rule);
    let took = began.elapsed().as_secs_f64();
    println!(
        "{} worlds of the family {family:?}, from seed {} on, in {took:.1} s: {:.0} a second",
        result.worlds,
        budget.first,
        result.worlds as f64 / took
    );
    println!("| fault | times |");
    println!("|---|---|");
    for fault in faults {
        println!("| {fault} | {} |", result.faults.get(fault).unwrap_or(&0));
    }
    for (seed, Violation { rule, what }) in &result.failed {
        println!("rule {rule}, seed {seed}: {what}");
    }
    if let Some((seed, violation)) = result.failed.first() {
        panic!("{}", report::of_seed(family, *seed, violation, settings.defect));
    }
    let unlisted = result.faults.keys().filter(|fault| !faults.contains(fault));
    assert_eq!(unlisted.collect::<Vec<_>>(), Vec::<&&str>::new(), "missing in the table of faults");
    if result.worlds >= worlds {
        let never = faults.iter().filter(|fault| !result.faults.contains_key(**fault));
        assert_eq!(never.collect::<Vec<_>>(), Vec::<&&str>::new(), "these faults never struck");
    }
}

/// The same seed results in the same world in each run.
#[test]
fn a_seed_is_played_the_same_way_each_time() {
    for family in [Family::Small, Family::Fleet, Family::Results] {
        for seed in 0..10 {
            let timeline = || report::timeline_of(family, seed);
            assert_eq!(timeline(), timeline(), "{family:?}, seed {seed}");
        }
    }
}
