//! The report of a failed world: its seed, the smallest world that still fails, its timeline of
//! calls, and the commands to replay it.

use crate::{
    broken_scalers::Defect,
    budget::Budget,
    generate,
    oracles::Violation,
    plan::{Family, Plan},
    run, runner, shrink, timeline,
};

/// The command that runs only the test of random worlds.
const REPLAY: &str = "cargo test --workspace --test proof -- --exact \
                      all_worlds::every_rule_holds_in_every_world";

/// Shrinks the failed world of a seed, and reports it.
pub fn of_seed(family: Family, seed: u64, violation: &Violation, defect: Defect) -> String {
    let whole = generate::plan(family, seed);
    let plan = shrink::shrink(&whole, defect, violation.rule);
    let (shrunk, _) = run::check(&plan, defect, Some(violation.rule).filter(|rule| *rule > 0));
    report(&plan, whole.events.len(), &shrunk.unwrap_or_else(|| violation.clone()), defect)
}

/// Reports this plan, if it fails.
pub fn of_plan(plan: &Plan, defect: Defect, rule: Option<u8>) -> Option<String> {
    let violation = run::check(plan, defect, rule).0?;
    Some(report(plan, plan.events.len(), &violation, defect))
}

/// The timeline of a seed's world, whether it fails or not.
pub fn timeline_of(family: Family, seed: u64) -> String {
    let plan = generate::plan(family, seed);
    timeline::timeline(&plan, &runner::run(&plan, Defect::Nothing))
}

fn report(plan: &Plan, of: usize, violation: &Violation, defect: Defect) -> String {
    let Violation { rule, what: problem } = violation;
    let mut text = format!(
        "rule {rule} is broken by seed {}: {problem}\n\n\
         The smallest world that still breaks it, with {} of {of} events:\n{:?}\n{:#?}\n\n",
        plan.seed,
        plan.events.len(),
        plan.settings,
        plan.endpoints
    );
    // A world that panics has no timeline.
    if *rule > 0 {
        text.push_str(&timeline::timeline(plan, &runner::run(plan, defect)));
    }
    let numbers: Vec<String> = plan.events.iter().map(|one| one.number.to_string()).collect();
    let seed = plan.seed;
    let mut with = String::new();
    if defect != Defect::Nothing {
        with += &format!("PROOF_BREAK={defect:?} ");
    }
    match plan.family {
        Family::Small => {}
        Family::Fleet => with += "PROOF_FAMILY=fleet ",
        Family::Results => with += "PROOF_FAMILY=results ",
    }
    text + &format!(
        "\n{problem}\n\nThis world again, and the whole one of its seed:\n\
         {with}PROOF_SEED={seed} PROOF_KEEP={} {REPLAY}\n{with}PROOF_SEED={seed} {REPLAY}\n",
        // A number that no event has, if no event remains.
        if numbers.is_empty() { "0".to_owned() } else { numbers.join(",") },
    )
}

/// A failure can be replayed with the commands in its report.
#[test]
fn a_report_has_the_seed_a_small_world_and_the_commands_to_replay_it() {
    let budget = Budget { family: Family::Small, first: 0, worlds: 600, ends: None, enough: 1 };
    let defect = Defect::LeaseNotWritten;
    let played = run::many(&budget, defect, Some(1));
    let (seed, violation) = played.failed.first().expect("this scaler is broken");
    let text = of_seed(Family::Small, *seed, violation, defect);

    assert!(text.starts_with(&format!("rule 1 is broken by seed {seed}: ")), "{text}");
    let (_, command) = text.rsplit_once("of its seed:\n").expect("the commands come last");
    let (first, second) = command.trim_end().split_once('\n').expect("two commands");
    assert_eq!(second, format!("PROOF_BREAK=LeaseNotWritten PROOF_SEED={seed} {REPLAY}"));
    let kept = first.split_once("PROOF_KEEP=").and_then(|(_, rest)| rest.split_once(' '));
    let kept: Vec<u64> =
        kept.expect("what is kept").0.split(',').map(|n| n.parse().unwrap()).collect();

    // The events in the command are sufficient, and each of them is necessary.
    let mut plan = generate::plan(Family::Small, *seed);
    assert!(kept.len() < plan.events.len() / 2, "{} of {}", kept.len(), plan.events.len());
    plan.events.retain(|event| kept.contains(&event.number));
    assert!(run::check(&plan, defect, Some(1)).0.is_some(), "the shrunk world breaks it as well");
    for left_out in kept {
        let mut less = plan.clone();
        less.events.retain(|event| event.number != left_out);
        assert_eq!(run::check(&less, defect, Some(1)).0, None, "without {left_out}");
    }
    // The world does not fail without the defect.
    assert_eq!(of_plan(&plan, Defect::Nothing, None), None);
}
