//! Settings that cannot be used: the process does not start, names the field, and shows a value
//! that works.

use serde_json::Value;

use crate::harness::{ROUTE, run_to_end};

/// What every refusal of `SCALER_ROUTES` shows.
const GOOD: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/","#;

/// `SCALER_ROUTES`, and what its refusal says.
const REFUSED: &[(&str, &[&str])] = &[
    ("", &["SCALER_ROUTES"]),
    ("my-endpoint", &["SCALER_ROUTES"]),
    (r#"{"endpoint":"e"}"#, &["SCALER_ROUTES"]),
    (r#"[{"endpoint":"e"}"#, &["SCALER_ROUTES"]),
    (r#"[{"endpoint":"e"}] []"#, &["SCALER_ROUTES"]),
    ("[]", &["at least one route"]),
    ("[{}]", &["[0]", "endpoint"]),
    (r#"[{"endpoint":"e","idle_minuets":5}]"#, &["[0]", "idle_minuets", "unknown field"]),
    (r#"[{"endpoint":""}]"#, &["[0].endpoint"]),
    (r#"[{"endpoint":"my_endpoint"}]"#, &["[0].endpoint", "hyphens"]),
    (r#"[{"endpoint":"-e"}]"#, &["[0].endpoint"]),
    (r#"[{"endpoint":"e-"}]"#, &["[0].endpoint"]),
    (r#"[{"endpoint":"é"}]"#, &["[0].endpoint"]),
    (
        r#"[{"endpoint":"a123456789b123456789c123456789d123456789e123456789f123456789g123"}]"#,
        &["[0].endpoint", "63"],
    ),
    (r#"[{"endpoint":7}]"#, &["[0].endpoint"]),
    (r#"[{"endpoint":"e"},{"endpoint":"f","variant":"a b"}]"#, &["[1].variant"]),
    (r#"[{"endpoint":"e","bucket":"s3://my-inputs"}]"#, &["[0].bucket", "s3://"]),
    (r#"[{"endpoint":"e","bucket":"ab"}]"#, &["[0].bucket"]),
    (r#"[{"endpoint":"e","wake_to":0}]"#, &["[0].wake_to", "at least 1"]),
    (r#"[{"endpoint":"e","wake_to":"1"}]"#, &["[0].wake_to"]),
    (r#"[{"endpoint":"e","idle_minutes":0}]"#, &["[0].idle_minutes", "1 to 1440"]),
    (r#"[{"endpoint":"e","idle_minutes":1441}]"#, &["[0].idle_minutes", "1 to 1440"]),
    (r#"[{"endpoint":"e","idle_minutes":1.5}]"#, &["[0].idle_minutes"]),
    (
        r#"[{"endpoint":"e","prefix":"a/"},{"endpoint":"e","prefix":"b/","idle_minutes":11}]"#,
        &["[1].idle_minutes", "agree", "[0]"],
    ),
    (
        r#"[{"endpoint":"e","prefix":"a/"},{"endpoint":"e","prefix":"b/","wake_to":2}]"#,
        &["[1].wake_to", "agree", "[0]"],
    ),
    (
        r#"[{"endpoint":"e","prefix":"a/"},{"endpoint":"f"},{"endpoint":"e","prefix":"a/"}]"#,
        &["[2]", "the same as", "[0]"],
    ),
];

/// `SCALER_ROUTES` that come close to a refusal.
const ACCEPTED: &[&str] = &[
    r#"[{"endpoint":"a123456789b123456789c123456789d123456789e123456789f123456789g12"}]"#,
    r#"[{"endpoint":"e","idle_minutes":1}]"#,
    r#"[{"endpoint":"e","idle_minutes":1440}]"#,
    r#"[{"endpoint":"e","wake_to":1,"bucket":"abc","variant":"v-1","suffix":".json"}]"#,
    r#"[{"endpoint":"e","prefix":"a/"},{"endpoint":"e","prefix":"b/"}]"#,
    r#"[{"endpoint":"e","variant":"a"},{"endpoint":"e","variant":"b","idle_minutes":11}]"#,
];

/// Why the process did not start, as it logged it.
async fn refusal(variables: &[(&str, &str)]) -> String {
    let mut all = vec![
        ("AWS_LAMBDA_RUNTIME_API", "{api}"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "a-secret"),
    ];
    all.extend(variables);
    let finished = run_to_end(&[], &all).await;
    assert!(finished.code.is_some_and(|code| code != 0), "exit code {:?}", finished.code);
    assert!(!finished.asked_for_work, "it asked for work with {variables:?}");
    let lines: Vec<Value> =
        finished.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [line] = lines.as_slice() else { panic!("not one line: {}", finished.stdout) };
    assert_eq!(line["level"], "ERROR");
    line["fields"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn routes_that_cannot_be_used_are_refused_with_the_field_and_a_good_example() {
    for (routes, said) in REFUSED {
        let refusal = refusal(&[("SCALER_ROUTES", routes)]).await;
        for text in said.iter().chain([&GOOD]) {
            assert!(refusal.contains(text), "{routes}: {text} is missing in: {refusal}");
        }
    }
}

#[tokio::test]
async fn routes_within_each_limit_are_accepted() {
    use crate::harness::{Function, TestWorld};
    let test_world = TestWorld::new(|_| ()).await;
    for routes in ACCEPTED {
        let mut function = Function::start(test_world.url(), routes).await;
        let invoked = function.invoke(&serde_json::json!({ "Records": [] })).await;
        assert_eq!(*invoked.answer(), serde_json::json!({ "decisions": [] }), "{routes}");
    }
}

#[tokio::test]
async fn routes_that_are_missing_are_refused_with_a_good_example() {
    let refusal = refusal(&[]).await;
    assert!(refusal.contains("SCALER_ROUTES is not set"), "{refusal}");
    assert!(refusal.contains(GOOD), "{refusal}");
}

#[tokio::test]
async fn a_mode_that_is_neither_of_the_two_is_refused_with_both() {
    for mode in ["dry-run", "Observe", "ACT"] {
        let refusal = refusal(&[("SCALER_ROUTES", ROUTE), ("SCALER_MODE", mode)]).await;
        for text in ["SCALER_MODE", mode, r#""act""#, r#""observe""#] {
            assert!(refusal.contains(text), "{text} is missing in: {refusal}");
        }
    }
}

#[tokio::test]
async fn results_without_a_table_and_a_wrong_table_name_are_refused() {
    let routes = ("SCALER_ROUTES", r#"[{"endpoint":"my-endpoint","results":true}]"#);
    let without = refusal(&[routes]).await;
    assert!(without.contains("[0].results") && without.contains("SCALER_LEDGER"), "{without}");
    let wrong = refusal(&[routes, ("SCALER_LEDGER", "no table")]).await;
    assert!(wrong.contains("SCALER_LEDGER") && wrong.contains("DynamoDB"), "{wrong}");
}
