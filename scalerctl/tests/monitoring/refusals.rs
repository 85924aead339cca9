//! Calls that fail, and resources that do not exist.

use simulator::{Fault, Refusal};

use super::{
    run::{scalerctl, scalerctl_with},
    setup::{ENDPOINT, fresh},
};

const COMMANDS: [&str; 3] = ["status", "plot", "report"];

#[tokio::test]
async fn an_unknown_endpoint_is_reported_with_similar_names() {
    let sim = fresh();
    for command in COMMANDS {
        let run = scalerctl(&sim, &[command, "my-endpiont"]).await;
        run.assert_refused(2, &["no endpoint my-endpiont", "did you mean my-endpoint?"]);
        assert_eq!(run.text, "");
        let run = scalerctl(&sim, &[command, "zzz"]).await;
        let list = "\n  aws sagemaker list-endpoints --query 'Endpoints[].EndpointName'\n";
        run.assert_refused(2, &["no endpoint zzz", "--region", list]);
    }
    let run = scalerctl(&sim, &["report", ENDPOINT, "--since", "0d"]).await;
    run.assert_refused(2, &["time range is empty", "\nwhat to do: use an earlier start, such as"]);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let sim = fresh();
    for command in COMMANDS {
        for (operation, action) in [
            ("DescribeScalableTargets", "application-autoscaling:DescribeScalableTargets"),
            ("DescribeEndpoint", "sagemaker:DescribeEndpoint"),
        ] {
            sim.with(|world| world.faults.fail_next(operation, Fault::AccessDenied, 1));
            let run = scalerctl(&sim, &[command, ENDPOINT]).await;
            run.assert_refused(2, &[&format!("allow your own credentials {action}")]);
        }
    }
}

#[tokio::test]
async fn expired_credentials_throttling_and_no_answer_have_different_messages() {
    let sim = fresh();
    let expired = Refusal::new("ExpiredTokenException", "The security token is expired");
    for (fault, said) in [
        (Fault::Refused(expired), "your credentials have expired"),
        (Fault::Throttled, "ThrottlingException"),
        (Fault::NoAnswer, "the connection was closed before the answer was complete"),
    ] {
        for command in COMMANDS {
            sim.with(|world| world.faults.fail_next("DescribeScalableTargets", fault.clone(), 1));
            scalerctl(&sim, &[command, ENDPOINT]).await.assert_refused(2, &[said]);
        }
    }
    let variables = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];
    let run = scalerctl_with(&sim, &variables, &["status"]).await;
    run.assert_refused(2, &["--profile"]);
}

#[tokio::test]
async fn a_missing_log_group_is_reported() {
    let sim = fresh();
    for command in ["plot", "report"] {
        let run = scalerctl(&sim, &[command, ENDPOINT, "--log-group", "/none"]).await;
        run.assert_refused(2, &["logs:FilterLogEvents on /none", "ResourceNotFoundException"]);
    }
    let run = scalerctl(&sim, &["status", ENDPOINT, "--log-group", "/none"]).await;
    run.assert_refused(1, &["not everything could be read"]);
    assert!(run.text.contains("logs:FilterLogEvents on /none"), "{}", run.text);
}

#[tokio::test]
async fn invalid_time_ranges_are_refused() {
    let sim = fresh();
    for command in ["plot", "report"] {
        for since in ["soon", "0h", "now", "tomorrow", "18:61", "2031-01-01T00:00:00Z"] {
            let run = scalerctl(&sim, &[command, ENDPOINT, "--since", since]).await;
            run.assert_refused(2, &["--since"]);
        }
        let run = scalerctl(&sim, &[command, ENDPOINT, "--until", "later"]).await;
        run.assert_refused(2, &["--until"]);
    }
    for price in ["-1", "NaN", "much"] {
        let price = format!("--price-per-hour={price}");
        scalerctl(&sim, &["report", &price]).await.assert_refused(2, &["--price-per-hour"]);
    }
}
