//! The text of the demo.

use super::*;

#[test]
fn has_all_lines_in_order() {
    let output = scalerctl(&["demo"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_in_order(
        &stdout(&output),
        &[
            "ticks until",
            "an input is uploaded: s3://my-inputs/async/in/",
            "wake (work_arrived)",
            "AWS calls",
            "* UpdateEndpointWeightsAndCapacities AllTraffic=1",
            "* PutScheduledAction reactive-scaler-lease",
            "* RegisterScalableTarget min=1",
            "scale out: desired capacity 0 -> 1",
            "on_the_way_up",
            "in service: 1 instance",
            "the request is picked up",
            "the request is completed",
            "the lease ends",
            "sleep (idle)",
            "scale in: desired capacity 1 -> 0",
            "back at zero instances",
            "Summary",
            "capacity requested",
            "Target tracking",
            "All checks passed.",
        ],
    );
}

#[test]
fn has_no_escape_sequences_in_a_pipe() {
    for arguments in [&["demo"][..], &["demo", "--verbose"], &["demo", "--json"]] {
        let output = scalerctl(arguments);
        for text in [stdout(&output), stderr(&output)] {
            assert!(!text.contains('\u{1b}'), "{arguments:?}: {text:?}");
        }
        assert_eq!(stderr(&output), "", "{arguments:?}");
    }
}

#[test]
fn shows_every_answer_and_log_line_if_verbose() {
    let verbose = stdout(&scalerctl(&["demo", "--verbose"]));
    let lines = |mark: &str| verbose.lines().filter(|line| line.contains(mark)).count();
    let ticks = lines("  tick: ");
    assert!(ticks > 25, "{ticks} ticks");
    assert_eq!(lines("answer {\"decisions\""), ticks + 1);
    assert_eq!(lines("log {"), ticks + 1);
}

#[test]
fn does_not_use_the_aws_settings_of_the_user() {
    let nowhere = "http://127.0.0.1:9";
    let mut command = Command::new(env!("CARGO_BIN_EXE_scalerctl"));
    command.args(["demo", "--json"]);
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        command.env(name, "CANARY");
    }
    for name in ["AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_RETRY_MODE"] {
        command.env(name, "no-such-canary");
    }
    for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE"] {
        command.env(name, "/no/such/canary");
    }
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SAGEMAKER", "HTTP_PROXY", "http_proxy"] {
        command.env(name, nowhere);
    }
    for name in ["AWS_EC2_METADATA_SERVICE_ENDPOINT", "ALL_PROXY", "all_proxy"] {
        command.env(name, nowhere);
    }
    command.env("AWS_USE_FIPS_ENDPOINT", "true").env_remove("HOME");
    let output = command.output().unwrap();
    assert_eq!(document(&output)["ok"], true);
    assert!(!stdout(&output).contains("CANARY"));
    assert!(!stdout(&output).contains("canary"));
}
