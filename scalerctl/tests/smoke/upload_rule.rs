//! The check `upload-rule`.

use serde_json::json;

use super::{run::smoke, setup};

#[tokio::test]
async fn no_rule_matches_the_key() {
    let mut deployment = setup::by_event_bridge();
    let pattern = deployment.rules[2].pattern.as_mut().unwrap();
    pattern["detail"]["object"]["key"] = json!([{ "prefix": "elsewhere/" }]);
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails(
        "upload-rule",
        &["no rule sends the upload of async/in/smoke-test.json to my-inputs", "InputPrefix"],
    );
}

#[tokio::test]
async fn the_rule_is_disabled() {
    let mut deployment = setup::by_event_bridge();
    deployment.rules[2].state = "DISABLED";
    let run = smoke(&deployment, &[]).await;
    let what_to_do = "aws events enable-rule --name my-stack-UploadRule-AbC123";
    run.assert_only_fails("upload-rule", &["its state is DISABLED", what_to_do]);
}

/// One enabled rule is enough. The text does not list the other rule as valid.
#[tokio::test]
async fn a_disabled_and_an_enabled_rule() {
    let mut deployment = setup::by_event_bridge();
    let mut old = deployment.rules[2].clone();
    (old.name, old.state) = ("old-uploads", "DISABLED");
    deployment.rules.push(old);
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    assert!(!run.text.contains("old-uploads"), "{}", run.text);
}

#[tokio::test]
async fn event_bridge_may_not_invoke_the_function() {
    let mut deployment = setup::by_event_bridge();
    deployment.policy = None;
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails(
        "upload-rule",
        &["does not allow EventBridge to invoke it", "--principal events.amazonaws.com"],
    );
}

#[tokio::test]
async fn a_pattern_that_event_bridge_refuses() {
    let mut deployment = setup::by_event_bridge();
    deployment.rules[2].pattern = Some(json!({ "source": [{ "sounds-like": "aws.s3" }] }));
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails(
        "upload-rule",
        &["events:TestEventPattern", "InvalidEventPatternException"],
    );
}

/// Unnecessary invocations are not a problem.
#[tokio::test]
async fn a_rule_for_every_bucket_is_noted() {
    let mut deployment = setup::by_event_bridge();
    let pattern = deployment.rules[2].pattern.as_mut().unwrap();
    pattern.as_object_mut().unwrap().remove("detail");
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    run.assert_says(&["note: rule my-stack-UploadRule-AbC123 matches uploads to any bucket"]);
}

#[tokio::test]
async fn the_queue_is_not_read() {
    let mut deployment = setup::by_queue();
    deployment.mappings[1].state = "Disabled";
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails(
        "upload-rule",
        &[
            "is Disabled, not Enabled",
            "aws lambda update-event-source-mapping --uuid 22222222-0000-4000-8000-000000000000 --enabled",
        ],
    );
}

#[tokio::test]
async fn failed_messages_that_are_not_returned_fail_the_check() {
    let mut deployment = setup::by_queue();
    deployment.mappings[1].response_types.clear();
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails(
        "upload-rule",
        &["has no ReportBatchItemFailures", "--function-response-types ReportBatchItemFailures"],
    );
}
