//! What is logged beside decisions, and at which level.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Function, Invoked, ROUTE, TestWorld};

const MINUTE: Duration = Duration::from_secs(60);

/// The first invocation of a function at this level.
async fn invoke_at(level: &str, body: String) -> Invoked {
    let test_world = TestWorld::at_zero().await;
    let variables = [("AWS_LAMBDA_LOG_LEVEL", level)];
    let mut function = Function::start_with(test_world.url(), ROUTE, &variables).await;
    function.invoke_bytes(body, MINUTE).await
}

/// Level and request of each line.
fn levels(invoked: &Invoked) -> Vec<(&Value, &Value)> {
    invoked.log.iter().map(|line| (&line["level"], &line["span"]["requestId"])).collect()
}

#[tokio::test]
async fn messages_of_the_runtime_crate_are_logged_at_every_level() {
    for level in ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", ""] {
        let invoked = invoke_at(level, "{".to_owned()).await;
        assert!(invoked.result.is_err(), "{level}");
        let errors = invoked.log.iter().filter(|line| line["level"] == "ERROR");
        let said: Vec<_> = errors.map(|line| line["fields"]["message"].as_str().unwrap()).collect();
        assert!(said.iter().any(|text| text.contains("deserialization")), "{level}: {said:?}");
    }
}

#[tokio::test]
async fn an_event_without_decisions_is_logged_only_at_debug_with_the_request_id() {
    let nothing = json!({ "Records": [] }).to_string();
    let invoked = invoke_at("DEBUG", nothing.clone()).await;
    let lines = levels(&invoked);
    assert!(lines.contains(&(&json!("DEBUG"), &json!("1"))), "{lines:?}");
    for level in ["INFO", "WARN", "ERROR"] {
        assert_eq!(levels(&invoke_at(level, nothing.clone()).await), [], "{level}");
    }
}
