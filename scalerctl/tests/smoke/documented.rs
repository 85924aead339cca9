//! `--help`, docs/operate.md and docs/reference.md match the behavior of smoke.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use super::{run::scalerctl, run::smoke, setup};

fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(name)).unwrap()
}

/// The text of the code blocks with this language on the page.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let begin = format!("```{language}\n");
    page.split(begin.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[tokio::test]
async fn the_pages_examples_are_equal_to_the_output() {
    let page = page("operate.md");
    let examples = blocks(&page, "text");
    let good = smoke(&setup::by_event_bridge(), &[]).await;
    let mut faulty = setup::by_event_bridge();
    faulty.buckets.get_mut(setup::BUCKET).unwrap().event_bridge = false;
    faulty.statements[0].actions.pop();
    let bad = smoke(&faulty, &[]).await;
    for run in [good, bad] {
        assert!(examples.contains(&run.text.as_str()), "docs/operate.md lacks:\n{}", run.text);
    }
}

/// The policy on the page allows all calls that smoke makes.
#[tokio::test]
async fn the_pages_policy_has_every_call_and_no_more() {
    let page = page("reference.md");
    let section = page.split("### Permissions of smoke\n").nth(1).unwrap();
    let policy: Value = serde_json::from_str(blocks(section, "json")[0]).unwrap();
    let actions: BTreeSet<&str> = policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap())
        .collect();
    let run = smoke(&setup::by_queue(), &[]).await;
    let of_sdk = smoke(&super::subjects::with_sdk_keys(), &["--endpoint", setup::ENDPOINT]).await;
    let called: BTreeSet<&str> = run
        .requests
        .iter()
        .chain(&of_sdk.requests)
        .map(|request| match request.operation {
            "GetFunctionConfiguration" => "lambda:GetFunctionConfiguration",
            "DescribeEndpoint" => "sagemaker:DescribeEndpoint",
            "DescribeEndpointConfig" => "sagemaker:DescribeEndpointConfig",
            "GetPolicy" => "lambda:GetPolicy",
            "ListEventSourceMappings" => "lambda:ListEventSourceMappings",
            "Invoke" => "lambda:InvokeFunction",
            "GetBucketNotificationConfiguration" => "s3:GetBucketNotification",
            "ListRuleNamesByTarget" => "events:ListRuleNamesByTarget",
            "DescribeRule" => "events:DescribeRule",
            "TestEventPattern" => "events:TestEventPattern",
            "SimulatePrincipalPolicy" => "iam:SimulatePrincipalPolicy",
            other => panic!("{other} is in no policy"),
        })
        .collect();
    assert_eq!(actions, called);
}

#[tokio::test]
async fn help_names_checks_and_exit_codes() {
    let output = scalerctl("http://127.0.0.1:1", &["--help"]).await;
    let help = String::from_utf8(output.stdout).unwrap();
    let run = smoke(&setup::by_event_bridge(), &[]).await;
    let reference = page("reference.md");
    let checks = reference.split("## Checks of smoke\n").nth(1).unwrap();
    let checks = checks.split("\n## ").next().unwrap();
    for id in run.having("passed") {
        assert!(help.contains(id), "{id}: {help}");
        assert!(checks.contains(&format!("| `{id}` |")), "{id}");
    }
    for part in ["--function", "--json", "Examples:", "Exit codes:"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}
