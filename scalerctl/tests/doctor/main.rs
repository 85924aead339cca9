//! `scalerctl doctor`, as it is run: for each finding a world in which it is the only one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod activities;
mod alarms;
mod documented;
mod endpoint;
mod function;
mod healthy;
mod policies;
#[path = "../harness/program.rs"]
mod program;
mod run;
mod scene;
mod target;
mod timing;
mod uploads;
mod world;

use std::collections::BTreeSet;

use scene::Scene;

/// Every scene, whatever it is about.
fn scenes() -> Vec<Scene> {
    [
        endpoint::scenes(),
        target::scenes(),
        policies::scenes(),
        alarms::scenes(),
        activities::scenes(),
        timing::scenes(),
        uploads::scenes(),
        function::scenes(),
        access::scenes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Exactly that finding, its exit code, and what mends it; in text and in JSON.
#[tokio::test]
async fn each_scene_has_its_finding_and_no_other() {
    let mut wrong = Vec::new();
    for scene in scenes() {
        let run = run::doctor(&scene.sim, scene.arguments).await;
        if run.findings() != [scene.finding] {
            wrong.push(format!("{}: {:?}\n{}", scene.title, run.findings(), run.text));
            continue;
        }
        for part in scene.says {
            if !run.text.contains(part) {
                wrong.push(format!("{}: no {part:?} in:\n{}", scene.title, run.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The page lists what the program can find (its own test says so); here, each has a scene.
#[test]
fn each_finding_of_the_page_has_a_scene() {
    let section = documented::section("Findings of doctor");
    let listed: BTreeSet<&str> =
        section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let scenes = scenes();
    let played: BTreeSet<&str> = scenes.iter().map(|scene| scene.finding).collect();
    assert_eq!(listed, played);
    assert!(listed.len() >= 44, "{listed:?}");
}
