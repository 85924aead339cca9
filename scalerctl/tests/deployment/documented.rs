//! The pages match what the commands do.

use std::{collections::BTreeSet, fs, path::Path};

use simulator::{Call, Simulator};

use super::{
    local_aws::LocalAws,
    run::scalerctl,
    setup::{ENDPOINT, account, account_with},
};

fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(name)).unwrap()
}

#[tokio::test]
async fn the_pages_transcript_is_equal_to_the_output() {
    let run = scalerctl(&account(), &["register", ENDPOINT]).await;
    let transcript = format!("```text\n$ scalerctl register my-endpoint\n{}```\n", run.text);
    assert!(page("operate.md").contains(&transcript), "docs/operate.md lacks:\n{transcript}");
}

/// The rows of the table of permissions: the commands, and the actions. `GetCallerIdentity` needs no permission.
fn permissions() -> Vec<(String, BTreeSet<String>)> {
    let reference = page("reference.md");
    let section = "### Permissions of preflight, register, unregister, and connect-bucket\n";
    let section = reference.split(section).nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let actions = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    rows.map(|(commands, cell)| (commands.to_owned(), actions(cell))).collect()
}

/// What a command calls on an account, with the names of IAM actions.
async fn called(sim: &Simulator, arguments: &[&str]) -> BTreeSet<String> {
    scalerctl(sim, arguments).await.assert(0, &[]);
    let action = |call: &Call| {
        format!("{}:{}", call.operation.service().iam_prefix(), call.operation.as_str())
    };
    sim.with(|world| world.journal.calls().map(action).collect())
}

/// An account with a route with results, whose endpoint has topics.
fn account_with_results() -> Simulator {
    let sim = account_with(r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true}]"#);
    sim.with(|world| {
        let topic = world.topic_arn("mine");
        world.put_topic(&topic, Vec::new());
        let topics = &mut world.endpoint_mut(ENDPOINT).topics;
        (topics.success, topics.error) = (Some(topic.clone()), Some(topic));
    });
    sim
}

/// The table of permissions has exactly the calls of each command.
#[tokio::test]
async fn the_table_of_permissions_has_exactly_the_calls() {
    let table = permissions();
    let row = |commands: &str| {
        let row = table.iter().find(|(of, _)| of == commands);
        row.unwrap_or_else(|| panic!("no {commands} in {table:?}")).1.clone()
    };
    let sim = account_with_results();
    let mut preflight = called(&sim, &["preflight", ENDPOINT]).await;
    let reading = row("register, unregister: reading");
    let mut registering = called(&sim, &["register", ENDPOINT]).await;
    preflight.extend(called(&sim, &["preflight", ENDPOINT]).await);
    assert_eq!(preflight, row("preflight"));
    let unregistering = called(&sim, &["unregister", ENDPOINT]).await;
    registering.extend(called(&sim, &["register", "my-*"]).await);
    assert_eq!(registering, &reading | &row("register"));
    let unregistering = &unregistering | &called(&sim, &["unregister", "my-*"]).await;
    assert_eq!(unregistering, &reading | &row("unregister"));

    let mut aws = LocalAws::start(&[]);
    let (code, text, operations) =
        aws.operations("/nonexistent", &["connect-bucket", "my-inputs"]).await;
    assert_eq!(code, Some(0), "{text}");
    let operations: BTreeSet<String> = operations
        .iter()
        .filter(|it| it.contains("Bucket"))
        .map(|it| format!("s3:{}", it.trim_end_matches("Configuration")))
        .collect();
    assert_eq!(operations, row("connect-bucket"));
}
