//! docs/reference.md and docs/operate.md match the behavior of doctor.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use simulator::{Operation, TargetTracking};

use super::{
    results::connected_to_a_queue,
    run::{doctor, doctor_on},
    schedule,
    world::{POLICY, but, healthy, id, seconds, tracking},
};

pub fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(name)).unwrap()
}

/// A section of docs/reference.md, without its heading.
pub fn section(heading: &str) -> String {
    let page = page("reference.md");
    let rest = page.split(&format!("## {heading}\n")).nth(1).unwrap();
    rest.split("\n## ").next().unwrap().to_owned()
}

#[tokio::test]
async fn the_transcript_is_equal_to_the_output() {
    let sim = but(|world| {
        world.set_bounds(&id(), 1, 4);
        let short = TargetTracking { scale_in_cooldown: seconds(60), ..tracking() };
        world.put_scaling_policy(&id(), POLICY, short).unwrap();
        world.put_bucket("my-inputs", simulator::Bucket::default());
    });
    let run = doctor(&sim, &[]).await;
    let wanted = format!("```text\n$ scalerctl doctor my-endpoint\n{}```\n", run.text);
    assert!(page("operate.md").contains(&wanted), "docs/operate.md lacks:\n{wanted}");
}

/// The policy on the page allows exactly the calls that doctor makes.
#[tokio::test]
async fn the_policy_allows_exactly_the_calls() {
    let section = section("Permissions of doctor");
    let block = section.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let policy: Value = serde_json::from_str(block).unwrap();
    let actions: BTreeSet<String> = policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap().to_owned())
        .collect();
    let sim = connected_to_a_queue();
    let mut called = doctor(&sim, &[]).await.called;
    called.extend(doctor_on(&sim, &["my-endpont"]).await.called);
    let sim = schedule::by_rule();
    called.extend(doctor(&sim, &[]).await.called);
    let called: BTreeSet<String> = called
        .into_iter()
        .map(|name| match name.as_str() {
            // The name of the action differs from the name of the call.
            "GetBucketNotificationConfiguration" => "s3:GetBucketNotification".to_owned(),
            _ => {
                let operation = Operation::from_name(&name).unwrap();
                format!("{}:{name}", operation.service().iam_prefix())
            }
        })
        .collect();
    assert_eq!(actions, called);
}

#[tokio::test]
async fn help_has_examples_and_exit_codes_and_json_is_json_by_either_name() {
    let sim = healthy();
    let aws = simulator::LoopbackAws::start(sim.clone()).await.unwrap();
    let run = |arguments: &'static [&'static str]| {
        let url = aws.url.clone();
        async move { super::run::scalerctl(&url, arguments).await }
    };
    let help = String::from_utf8(run(&["--help"]).await.stdout).unwrap();
    for part in ["Examples:", "Exit codes:", "--function", "--request-ttl", "--profile"] {
        assert!(help.contains(part), "no {part:?} in:\n{help}");
    }
    assert!(!help.contains("--now"), "{help}");
    let long = run(&["my-endpoint", "-o", "json"]).await.stdout;
    let short = run(&["my-endpoint", "--json"]).await.stdout;
    assert_eq!(long, short);
    assert!(serde_json::from_slice::<Value>(&long).is_ok());
}
