//! Every broken scaler must be detected by the rule that it violates, within the budget of a normal
//! run.

use crate::{
    broken_list::{BROKEN, OF_LEDGER, PUT_BACK},
    budget::{Budget, FLEET_WORLDS, RESULTS_WORLDS, WORLDS},
    plan::Family,
    run,
};

#[test]
fn every_broken_scaler_is_caught_by_its_rule() {
    let families = [
        (Family::Small, BROKEN, WORLDS),
        (Family::Fleet, PUT_BACK, FLEET_WORLDS),
        (Family::Results, OF_LEDGER, RESULTS_WORLDS),
    ];
    println!("| rule | broken scaler | worlds of | caught after |");
    println!("|---|---|---|---|");
    let mut missed = Vec::new();
    for (family, broken, worlds) in families {
        let all = Budget { family, first: 0, worlds, ends: None, enough: 1 };
        for (rule, defect, meaning, caught) in broken {
            assert!(*caught <= worlds, "{meaning}");
            // The world that caught it last comes first: to play all of them takes minutes.
            let last = Budget { first: caught - 1, worlds: 1, ..all };
            let played = |budget| run::many(budget, *defect, Some(*rule)).failed;
            let failed = played(&last).into_iter().next();
            match failed.or_else(|| played(&all).into_iter().next()) {
                Some((seed, _)) => println!("| {rule} | {meaning} | {family:?} | {} |", seed + 1),
                None => missed.push((rule, defect)),
            }
        }
    }
    assert!(missed.is_empty(), "not caught: {missed:?}");
}
