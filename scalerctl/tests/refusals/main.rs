//! The messages of the commands if AWS cannot be reached or refuses a call.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod arguments;
mod connections;
mod credentials;
mod environment;
mod named_function;
mod names;
#[cfg(target_os = "linux")]
mod no_route;
mod proxies;
#[path = "../../../tests/harness/proxy.rs"]
mod proxy;
#[allow(dead_code)]
#[path = "../../../tests/harness/tls.rs"]
mod tls;

use std::process::Stdio;

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use simulator::{Fault, LoopbackAws, Refusal, Simulator};
use tokio::process::Command;

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
const REGION: (&str, &str) = ("AWS_REGION", "eu-central-1");

const COMMANDS: [&[&str]; 8] = [
    &["wake", "my-endpoint"],
    &["sleep", "my-endpoint"],
    &["hold", "my-endpoint", "--for", "1h"],
    &["release", "my-endpoint"],
    &["pause", "my-endpoint"],
    &["resume", "my-endpoint"],
    &["verify", "my-endpoint", "--yes"],
    &["doctor", "my-endpoint"],
];

/// Commands with different first calls.
const OTHERS: [&[&str]; 8] = [
    &["status", "my-endpoint"],
    &["plot", "my-endpoint"],
    &["report", "my-endpoint"],
    &["logs", "my-endpoint"],
    &["preflight", "my-endpoint"],
    &["register", "my-endpoint"],
    &["unregister", "my-endpoint"],
    &["smoke", "--function", "my-scaler"],
];

/// Commands without an endpoint.
const WITHOUT_ENDPOINT: [&[&str]; 2] = [&["open"], &["connect-bucket", "my-inputs"]];

/// The commands that use an account and take an endpoint.
fn all() -> impl Iterator<Item = &'static [&'static str]> {
    COMMANDS.into_iter().chain(OTHERS)
}

/// These, and commands without an endpoint.
fn with_account() -> impl Iterator<Item = &'static [&'static str]> {
    all().chain(WITHOUT_ENDPOINT)
}

async fn aws() -> (Simulator, LoopbackAws) {
    let sim = Simulator::new(Timestamp::now());
    sim.with(|world| {
        for name in ["my-endpoint", "my-endpoint-2", "whisper"] {
            world.add_async_endpoint(name, "AllTraffic", 0);
            world.register_target(&VariantId::new(name, "AllTraffic"), 0, 4);
        }
    });
    sim.follow_wall_clock();
    (sim.clone(), LoopbackAws::start(sim).await.unwrap())
}

/// Asserts that the exit code is 2 and that only the message is printed. Returns the message.
async fn refusal(url: &str, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .env_clear()
        .envs([
            ("AWS_ENDPOINT_URL", url),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_MAX_ATTEMPTS", "1"),
        ])
        .envs(variables.iter().copied())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert!(message.contains("what to do: "), "{message}");
    message
}

fn has(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "no {part:?} in {message}");
    }
}

/// Asserts that each command prints these parts if every call has this fault.
async fn each(fault: Fault, parts: &[&str]) {
    let (sim, aws) = aws().await;
    for command in COMMANDS {
        sim.with(|world| {
            world.faults.clear();
            world.faults.fail_next("*", fault.clone(), 100);
        });
        let message = refusal(&aws.url, &[&KEYS[..], &[REGION]].concat(), command).await;
        has(&message, parts);
        has(&message, &["eu-central-1", "sagemaker:DescribeEndpoint on my-endpoint failed"]);
    }
    assert!(sim.with(|world| world.writes().is_empty()));
}

#[tokio::test]
async fn access_denied_names_the_action() {
    let denied = "allow your own credentials sagemaker:DescribeEndpoint on my-endpoint";
    each(Fault::AccessDenied, &["AccessDeniedException", denied]).await;
}

/// The calls of a wake.
#[tokio::test]
async fn access_denied_names_the_action_of_every_call() {
    for (operation, action) in [
        ("DescribeScalableTargets", "application-autoscaling:DescribeScalableTargets"),
        ("DescribeScheduledActions", "application-autoscaling:DescribeScheduledActions"),
    ] {
        let (sim, aws) = aws().await;
        sim.with(|world| world.faults.fail_next(operation, Fault::AccessDenied, 100));
        let variables = [&KEYS[..], &[REGION]].concat();
        let message = refusal(&aws.url, &variables, &["wake", "my-endpoint"]).await;
        has(&message, &[&format!("allow your own credentials {action} on endpoint/my-endpoint")]);
    }
}

/// Each type of policy that AWS names has somebody else who can change it.
#[tokio::test]
async fn the_policy_that_denied_a_call_is_named_with_who_can_change_it() {
    let role = "aws iam get-role --role-name me --query Role.PermissionsBoundary";
    let policies = "aws iam list-attached-role-policies --role-name me";
    let endpoints = "aws ec2 describe-vpc-endpoints --query";
    for (why, parts) in [
        (
            "because no service control policy allows",
            ["the organization's administrators", "aws organizations"],
        ),
        (
            "with an explicit deny in a permissions boundary",
            ["permissions boundary of the role me", role],
        ),
        ("because no permissions boundary allows", ["allow sagemaker:DescribeEndpoint", role]),
        (
            "because no session policy allows",
            ["whose session policy allows", "aws sts get-caller-identity"],
        ),
        (
            "with an explicit deny in an identity-based policy",
            ["remove the Deny of sagemaker", policies],
        ),
        (
            "because no identity-based policy allows",
            ["allow your own credentials sagemaker", policies],
        ),
        ("with an explicit deny in a VPC endpoint policy", ["of the VPC endpoint", endpoints]),
        ("because no resource-based policy allows", ["in the policy of my-endpoint", "its owner"]),
    ] {
        let action =
            if why.starts_with("because") { " the sagemaker:DescribeEndpoint action" } else { "" };
        let answer = format!(
            "User: arn:aws:sts::123456789012:assumed-role/me/me is not authorized to perform: sagemaker:DescribeEndpoint on \
             resource: arn:aws:sagemaker:eu-central-1:123456789012:endpoint/my-endpoint {why}{action}"
        );
        each(Fault::Refused(Refusal::new("AccessDeniedException", answer)), &parts).await;
    }
}

/// AWS names both times.
#[tokio::test]
async fn a_wrong_clock_is_named_and_not_the_credentials() {
    let expired = "Signature expired: 20300101T090000Z is now earlier than 20300101T091000Z (20300101T091500Z - 5 min.)";
    let skewed = "The difference between the request time and the current time is too large.";
    for (code, answer, clock) in [
        (
            "InvalidSignatureException",
            expired,
            "this machine's clock is 15 min slow: set it with\n  ",
        ),
        ("SignatureDoesNotMatch", expired, "this machine's clock is 15 min slow: set it with\n  "),
        ("RequestTimeTooSkewed", skewed, "this machine's clock is wrong: set it with\n  "),
    ] {
        each(Fault::Refused(Refusal::new(code, answer)), &[clock]).await;
    }
    let calculated =
        "The request signature we calculated does not match the signature you provided.";
    let secret = "the secret access key does not belong to the access key";
    each(Fault::Refused(Refusal::new("SignatureDoesNotMatch", calculated)), &[secret]).await;
}

/// A service control policy of the organization denies the call, so more permissions do not help.
#[tokio::test]
async fn an_explicit_deny_is_not_answered_by_more_permissions() {
    let denied = "User: arn:aws:sts::123456789012:assumed-role/me/me is not authorized to perform: \
                  sagemaker:DescribeEndpoint on resource: arn:aws:sagemaker:eu-central-1:\
                  123456789012:endpoint/my-endpoint with an explicit deny in a service control policy";
    let denied = Refusal::new("AccessDeniedException", denied);
    let command =
        "\n  aws organizations describe-organization --query Organization.MasterAccountEmail\n";
    let parts = [
        "ask the organization's administrators",
        "its Deny overrules",
        "to see whom to ask:",
        command,
    ];
    each(Fault::Refused(denied), &parts).await;
}

/// The text starts like the text for a missing endpoint, but is a different one.
#[tokio::test]
async fn a_missing_configuration_is_not_reported_as_a_missing_endpoint() {
    let missing = "Could not find endpoint configuration \"arn:aws:sagemaker:eu-central-1:\
                   123456789012:endpoint-config/my-config\".";
    let missing = Refusal::new("ValidationException", missing);
    each(Fault::Refused(missing), &["create the endpoint configuration again"]).await;
}

#[tokio::test]
async fn a_missing_bundle_of_certificates_is_named() {
    let variables = [&KEYS[..], &[REGION, ("AWS_CA_BUNDLE", "/nowhere/bundle.pem")]].concat();
    for command in COMMANDS {
        let message = refusal("https://127.0.0.1:1", &variables, command).await;
        has(&message, &["AWS_CA_BUNDLE names /nowhere/bundle.pem", "No such file"]);
    }
}

#[tokio::test]
async fn an_expired_token_is_reported_with_how_to_renew_it() {
    let expired = Refusal::new("ExpiredTokenException", "The security token is expired");
    let unset = "\n  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n";
    let parts = ["ExpiredTokenException", "have expired: renew them in AWS_ACCESS_KEY_ID", unset];
    each(Fault::Refused(expired.clone()), &parts).await;
    // Those of the profile that was used.
    let config = std::env::temp_dir().join(format!("scalerctl-expired-{}", std::process::id()));
    let profile = "[profile me@work]\naws_access_key_id = x\naws_secret_access_key = x\n";
    std::fs::write(&config, profile).unwrap();
    let file = ("AWS_CONFIG_FILE", config.to_str().unwrap());
    let (sim, aws) = aws().await;
    for command in with_account() {
        sim.with(|world| {
            world.faults.clear();
            world.faults.fail_next("*", Fault::Refused(expired.clone()), 100);
        });
        let arguments = [command, &["--profile", "me@work"]].concat();
        let message = refusal(&aws.url, &[REGION, file], &arguments).await;
        has(&message, &["\n  aws configure list --profile 'me@work'\n"]);
    }
    std::fs::remove_file(&config).unwrap();
}

#[tokio::test]
async fn an_unknown_key_is_reported_with_how_to_replace_it() {
    let unknown = Refusal::new("UnrecognizedClientException", "The security token is invalid");
    each(Fault::Refused(unknown), &["set credentials that are valid now", "--profile"]).await;
}

#[tokio::test]
async fn throttling_is_reported_with_the_advice_to_wait() {
    each(Fault::Throttled, &["ThrottlingException", "wait a minute"]).await;
}

#[tokio::test]
async fn a_call_without_an_answer_is_reported_with_the_address() {
    each(Fault::NoAnswer, &["no answer from AWS: the connection was closed", "AWS_ENDPOINT_URL"])
        .await;
}

#[tokio::test]
async fn an_endpoint_url_without_a_server_is_named() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    for command in with_account() {
        let message = refusal(&url, &[&KEYS[..], &[REGION]].concat(), command).await;
        has(
            &message,
            &["no answer from AWS: the connection was refused", &format!("\n  curl -v {url}\n")],
        );
        assert!(!message.contains("dispatch failure"), "{message}");
    }
}

#[tokio::test]
async fn an_endpoint_url_that_is_not_a_url_is_named() {
    for command in with_account() {
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SAGEMAKER"] {
            let variables = [&KEYS[..], &[REGION, (name, "nonsense")]].concat();
            let message = refusal("http://127.0.0.1:1", &variables, command).await;
            has(&message, &[name, "\"nonsense\"", "not a URL", "http://HOST:PORT"]);
            has(&message, &[&format!("\n  unset {name}\n")]);
            assert_eq!(message.lines().count(), 3, "{message}");
        }
    }
}

#[tokio::test]
async fn a_simulated_aws_that_does_not_run_is_reported() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    for command in with_account() {
        let message = refusal(&url, &[], &[command, &["--local"]].concat()).await;
        has(&message, &["the simulated AWS does not run at", &url, "\n  scalerctl aws --port "]);
    }
}

#[tokio::test]
async fn an_undefined_profile_is_reported_with_the_defined_ones() {
    let config = std::env::temp_dir().join(format!("scalerctl-profiles-{}", std::process::id()));
    std::fs::write(&config, "[default]\n[profile prod]\nregion = eu-west-1\n").unwrap();
    let file = ("AWS_CONFIG_FILE", config.to_str().unwrap());
    for command in with_account() {
        let arguments = [command, &["--profile", "nope"]].concat();
        let by_option = refusal("http://127.0.0.1:1", &[REGION, file], &arguments).await;
        let variables = [&KEYS[..], &[REGION, file, ("AWS_PROFILE", "nope")]].concat();
        let by_variable = refusal("http://127.0.0.1:1", &variables, command).await;
        for message in [by_option, by_variable] {
            has(&message, &["no profile nope", "default, prod", "aws configure --profile nope"]);
        }
    }
    std::fs::remove_file(&config).unwrap();
}

#[tokio::test]
async fn missing_credentials_are_reported_before_any_call() {
    let (sim, aws) = aws().await;
    for command in with_account() {
        let message = refusal(&aws.url, &[REGION], command).await;
        has(&message, &["no AWS credentials were found", "aws sso login", "--profile"]);
        assert_eq!(message.lines().count(), 3, "{message}");
    }
    assert_eq!(sim.with(|world| world.calls_total()), 0);
}

#[tokio::test]
async fn a_missing_region_is_reported() {
    for command in with_account() {
        let message = refusal("http://127.0.0.1:1", &KEYS, command).await;
        has(&message, &["no region is set", "--region", "AWS_REGION"]);
    }
}

/// A name that does not exist can be misspelled or can be in another region.
#[tokio::test]
async fn a_missing_endpoint_is_reported_with_similar_names() {
    let (_sim, aws) = aws().await;
    let variables = [&KEYS[..], &[REGION]].concat();
    for command in COMMANDS {
        let mut command = command.to_vec();
        command[1] = "my-endpiont";
        let message = refusal(&aws.url, &variables, &command).await;
        has(
            &message,
            &["no such endpoint in eu-central-1", "did you mean my-endpoint", "--region"],
        );
        command[1] = "zzz";
        let message = refusal(&aws.url, &variables, &command).await;
        assert!(!message.contains("did you mean"), "{message}");
        command.extend(["--region", "us-east-1"]);
        let message = refusal(&aws.url, &variables, &command).await;
        has(&message, &["no such endpoint in us-east-1"]);
    }
}

/// The SDK would send no request, and describe its own parts.
#[tokio::test]
async fn an_invalid_region_is_refused() {
    for command in with_account() {
        for region in ["eu central", "EU-WEST-1"] {
            let variables = [&KEYS[..], &[("AWS_REGION", region)]].concat();
            let message = refusal("http://127.0.0.1:1", &variables, command).await;
            has(&message, &[region, "is not a region", "such as eu-west-1"]);
        }
    }
}

#[tokio::test]
async fn an_empty_name_is_refused() {
    for option in ["--function", "--region", "--profile"] {
        let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
            .args(["doctor", "my-endpoint", option, ""])
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8(output.stderr).unwrap();
        has(&message, &["a value is required for", option]);
    }
}
