//! `scalerctl doctor`, as it is run: for each finding a world in which it is the only one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod activities;
mod agreement;
mod alarms;
mod case;
mod documented;
mod effects;
mod endpoint;
mod function;
mod healthy;
mod policies;
#[path = "../harness/program.rs"]
mod program;
mod remedies;
mod run;
mod target;
mod timing;
mod uploads;
mod world;

use std::collections::BTreeSet;

use case::Case;

/// Every case, whatever it is about.
fn cases() -> Vec<Case> {
    [
        endpoint::cases(),
        target::cases(),
        policies::cases(),
        alarms::cases(),
        effects::cases(),
        activities::cases(),
        timing::cases(),
        uploads::cases(),
        function::cases(),
        access::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Exactly that finding, its exit code, and what mends it; in text and in JSON.
#[tokio::test]
async fn each_case_has_its_finding_and_no_other() {
    let mut wrong = Vec::new();
    for case in cases() {
        let run = run::doctor(&case.sim, case.arguments).await;
        if run.findings() != [case.finding] {
            wrong.push(format!("{}: {:?}\n{}", case.title, run.findings(), run.text));
            continue;
        }
        for part in case.says {
            if !run.text.contains(part) {
                wrong.push(format!("{}: no {part:?} in:\n{}", case.title, run.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The page lists what the program can find (its own test says so); here, each has a case.
#[test]
fn each_finding_of_the_page_has_a_case() {
    let section = documented::section("Findings of doctor");
    let listed: BTreeSet<&str> =
        section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let cases = cases();
    let played: BTreeSet<&str> = cases.iter().map(|case| case.finding).collect();
    assert_eq!(listed, played);
    assert!(listed.len() >= 54, "{listed:?}");
}
