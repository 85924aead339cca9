//! The proof itself: many worlds, every rule.

use std::time::Instant;

use crate::{broken::Break, faults, generate, oracles::Verdict, play, run, shrink, story};

/// How many worlds a run plays unless `PROOF_WORLDS` says otherwise.
pub const WORLDS: u64 = 2000;

/// After so many that fail, no more are played.
const ENOUGH: usize = 10;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a whole number"))
}

/// Shrinks a failing world, and says all that one needs to see it again.
pub fn report(seed: u64, verdict: &Verdict, what: Break) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    let plan = shrink::shrink(&generate::plan(seed), what, verdict.rule);
    let (shrunk, _) = run::verdict(&plan, what, Some(verdict.rule).filter(|rule| *rule > 0));
    let shrunk = shrunk.unwrap_or_else(|| verdict.clone());
    let mut told = format!(
        "rule {} is broken by seed {seed}: {}\n\nThe smallest world that still breaks it:\n\
         {:?}\n{:#?}\n\n",
        verdict.rule, shrunk.what, plan.settings, plan.endpoints
    );
    if verdict.rule > 0 {
        told.push_str(&story::tell(&plan, &play::play(&plan, what)));
    }
    told.push_str(&format!(
        "\n{}\n\nPROOF_SEED={seed} cargo test --workspace --test proof worlds\n",
        shrunk.what
    ));
    told
}

#[test]
fn every_rule_holds_in_every_world() {
    let (first, worlds) = match setting("PROOF_SEED") {
        Some(seed) => (seed, 1),
        None => (0, setting("PROOF_WORLDS").unwrap_or(WORLDS)),
    };
    let began = Instant::now();
    let played = run::many(first, worlds, Break::Nothing, ENOUGH, None);
    let took = began.elapsed().as_secs_f64();
    println!(
        "{} worlds in {took:.1} s, {:.0} a second",
        played.worlds,
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
    if let Some((seed, verdict)) = played.failed.first().cloned() {
        panic!("{}", report(seed, &verdict, Break::Nothing));
    }
    if played.worlds >= WORLDS {
        let never = faults::ALL.iter().filter(|fault| !played.faults.contains_key(**fault));
        assert_eq!(never.collect::<Vec<_>>(), Vec::<&&str>::new(), "these faults never struck");
    }
}

/// A seed means the same world each time.
#[test]
fn a_seed_is_played_the_same_way_each_time() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    for seed in 0..10 {
        let plan = generate::plan(seed);
        let told = || story::tell(&plan, &play::play(&plan, Break::Nothing));
        assert_eq!(told(), told(), "seed {seed}");
    }
}
