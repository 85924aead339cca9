//! `scalerctl doctor`: for each finding, a world in which it is the only finding.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod activities;
mod agreement;
mod alarms;
mod case;
mod decisions;
mod documented;
mod effects;
mod endpoint;
mod function;
mod healthy;
mod policies;
// Other tests use the rest of this module.
#[allow(dead_code)]
#[path = "../harness/pasted.rs"]
mod pasted;
#[path = "../harness/program.rs"]
mod program;
mod remedies;
mod removal;
mod results;
mod run;
mod same_reasons;
mod schedule;
mod several;
mod target;
mod timing;
mod uploads;
mod world;

use std::collections::BTreeSet;

use case::Case;
use run::Run;
use tokio::sync::OnceCell;

/// All cases.
fn cases() -> Vec<Case> {
    [
        endpoint::cases(),
        target::cases(),
        policies::cases(),
        removal::cases(),
        alarms::cases(),
        effects::cases(),
        activities::cases(),
        decisions::cases(),
        timing::cases(),
        uploads::cases(),
        results::cases(),
        function::cases(),
        schedule::cases(),
        access::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// All cases, each with what doctor prints. They are run once for all tests, because this takes long.
async fn runs() -> &'static [(Case, Run)] {
    static RUNS: OnceCell<Vec<(Case, Run)>> = OnceCell::const_new();
    let run_all = async || {
        let mut runs = Vec::new();
        for case in cases() {
            let run = run::doctor(&case.sim, case.arguments).await;
            runs.push((case, run));
        }
        runs
    };
    RUNS.get_or_init(run_all).await
}

/// Each case has exactly its finding and exit code, and the output states how to fix it, in text and in JSON.
#[tokio::test]
async fn each_case_has_exactly_its_finding() {
    let mut wrong = Vec::new();
    for (case, run) in runs().await {
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

/// Each finding that the page lists has a case. Another test checks that the page lists all findings.
#[test]
fn each_finding_of_the_page_has_a_case() {
    let section = documented::section("Findings of doctor");
    let listed: BTreeSet<&str> =
        section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let cases = cases();
    let covered: BTreeSet<&str> = cases.iter().map(|case| case.finding).collect();
    assert_eq!(listed, covered);
    assert!(listed.len() >= 64, "{listed:?}");
}
