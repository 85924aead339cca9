//! What is told of a world that fails: its seed, the smallest world that still fails, its story call
//! by call, and the commands that play it again.

use crate::{
    broken::Break,
    generate,
    oracles::Verdict,
    plan::{Family, Plan},
    play, run, shrink, story,
};

/// The test that plays worlds, alone.
const REPLAY: &str = "cargo test --workspace --test proof -- --exact \
                      worlds::every_rule_holds_in_every_world";

/// Shrinks the failing world of a seed, and tells of it.
pub fn of_seed(family: Family, seed: u64, verdict: &Verdict, what: Break) -> String {
    let whole = generate::plan(family, seed);
    let plan = shrink::shrink(&whole, what, verdict.rule);
    let (shrunk, _) = run::verdict(&plan, what, Some(verdict.rule).filter(|rule| *rule > 0));
    told(&plan, whole.happenings.len(), &shrunk.unwrap_or_else(|| verdict.clone()), what)
}

/// Tells of this very world, if it fails.
pub fn of_plan(plan: &Plan, what: Break) -> Option<String> {
    let verdict = run::verdict(plan, what, None).0?;
    Some(told(plan, plan.happenings.len(), &verdict, what))
}

/// The story of a seed's world, whether it fails or not.
pub fn story_of(family: Family, seed: u64) -> String {
    let plan = generate::plan(family, seed);
    story::tell(&plan, &play::play(&plan, Break::Nothing))
}

fn told(plan: &Plan, of: usize, verdict: &Verdict, what: Break) -> String {
    let Verdict { rule, what: problem } = verdict;
    let mut told = format!(
        "rule {rule} is broken by seed {}: {problem}\n\n\
         The smallest world that still breaks it, with {} of {of} happenings:\n{:?}\n{:#?}\n\n",
        plan.seed,
        plan.happenings.len(),
        plan.settings,
        plan.endpoints
    );
    // What panics can tell no story.
    if *rule > 0 {
        told.push_str(&story::tell(plan, &play::play(plan, what)));
    }
    let numbers: Vec<String> = plan.happenings.iter().map(|one| one.number.to_string()).collect();
    let seed = plan.seed;
    let mut with = String::new();
    if what != Break::Nothing {
        with += &format!("PROOF_BREAK={what:?} ");
    }
    if plan.family == Family::Fleet {
        with += "PROOF_FAMILY=fleet ";
    }
    told + &format!(
        "\n{problem}\n\nThis world again, and the whole one of its seed:\n\
         {with}PROOF_SEED={seed} PROOF_KEEP={} {REPLAY}\n{with}PROOF_SEED={seed} {REPLAY}\n",
        // No happening at all: a number that none has.
        if numbers.is_empty() { "0".to_owned() } else { numbers.join(",") },
    )
}

/// Whoever meets a failure must be able to see it again with what it prints.
#[test]
fn a_failure_tells_its_seed_a_short_story_and_the_commands_that_replay_it() {
    let budget =
        run::Budget { family: Family::Small, first: 0, worlds: 600, ends: None, enough: 1 };
    let what = Break::LeaseNotWritten;
    let played = run::many(&budget, what, Some(1));
    let (seed, verdict) = played.failed.first().expect("this scaler is broken");
    let told = of_seed(Family::Small, *seed, verdict, what);

    assert!(told.starts_with(&format!("rule 1 is broken by seed {seed}: ")), "{told}");
    let (_, command) = told.rsplit_once("of its seed:\n").expect("the commands come last");
    let (first, second) = command.trim_end().split_once('\n').expect("two commands");
    assert_eq!(second, format!("PROOF_BREAK=LeaseNotWritten PROOF_SEED={seed} {REPLAY}"));
    let kept = first.split_once("PROOF_KEEP=").and_then(|(_, rest)| rest.split_once(' '));
    let kept: Vec<u64> =
        kept.expect("what is kept").0.split(',').map(|n| n.parse().unwrap()).collect();

    // What it says is kept is all that it takes, and each bit of it is needed.
    let mut plan = generate::plan(Family::Small, *seed);
    assert!(kept.len() < plan.happenings.len() / 2, "{} of {}", kept.len(), plan.happenings.len());
    plan.happenings.retain(|happening| kept.contains(&happening.number));
    let again = of_plan(&plan, what).expect("the shrunk world fails as well");
    assert!(again.starts_with(&format!("rule 1 is broken by seed {seed}: ")), "{again}");
    for left_out in kept {
        let mut less = plan.clone();
        less.happenings.retain(|happening| happening.number != left_out);
        assert_eq!(run::verdict(&less, what, Some(1)).0, None, "without {left_out}");
    }
    // Nothing fails of itself.
    assert_eq!(of_plan(&plan, Break::Nothing), None);
}
