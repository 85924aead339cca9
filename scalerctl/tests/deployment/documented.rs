//! The pages match what the commands do.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
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

/// The table of permissions has each call, with the names of IAM actions.
#[tokio::test]
async fn the_table_of_permissions_has_every_call() {
    let reference = page("reference.md");
    let section = "### Permissions of preflight, register, unregister, and connect-bucket\n";
    let section = reference.split(section).nth(1).unwrap().split("\n## ").next().unwrap();
    let actions: BTreeSet<&str> = section.split('`').skip(1).step_by(2).collect();
    let sim = account_with(r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true}]"#);
    sim.with(|world| {
        let topic = world.topic_arn("mine");
        world.put_topic(&topic, Vec::new());
        let topics = &mut world.endpoint_mut(ENDPOINT).topics;
        (topics.success, topics.error) = (Some(topic.clone()), Some(topic));
    });
    for command in ["preflight", "register", "unregister"] {
        scalerctl(&sim, &[command, ENDPOINT]).await.assert(0, &[]);
        sim.with(|world| {
            for call in world.journal.calls() {
                let service = call.operation.service().iam_prefix();
                let action = format!("{service}:{}", call.operation.as_str());
                assert!(actions.contains(action.as_str()), "{command} calls {action}");
            }
        });
    }
}
