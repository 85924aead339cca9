//! If the process cannot run, it reports that.

use crate::harness::{ROUTE, run_to_end};

#[tokio::test]
async fn without_a_runtime_api_it_describes_itself_on_stderr_and_exits_with_2() {
    let finished = run_to_end(&[], &[("SCALER_ROUTES", ROUTE)]).await;
    assert_eq!(finished.code, Some(2));
    for text in ["AWS Lambda function", "AWS_LAMBDA_RUNTIME_API", "SCALER_ROUTES", "scalerctl"] {
        assert!(finished.stderr.contains(text), "{text} is missing in: {}", finished.stderr);
    }
    assert_eq!(finished.stdout, "");
}

#[tokio::test]
async fn with_an_argument_it_does_the_same_and_asks_for_no_work() {
    let variables = [("AWS_LAMBDA_RUNTIME_API", "{api}"), ("SCALER_ROUTES", ROUTE)];
    let finished = run_to_end(&["--help"], &variables).await;
    assert_eq!(finished.code, Some(2));
    assert!(finished.stderr.contains("AWS Lambda function"), "{}", finished.stderr);
    assert!(!finished.asked_for_work);
}
