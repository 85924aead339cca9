//! Endpoints by ARN, names that are empty or not valid, and unknown options.

use tokio::process::Command;

use simulator::Fault;

use super::{KEYS, REGION, all, aws, has, refusal};

const NOWHERE: &str = "http://127.0.0.1:1";

/// The command with this endpoint.
fn on<'a>(command: &[&'a str], endpoint: &'a str) -> Vec<&'a str> {
    match command {
        [smoke, rest @ ..] if *smoke == "smoke" => {
            [&["smoke", "--endpoint", endpoint], rest].concat()
        }
        [name, _, rest @ ..] => [&[*name, endpoint], rest].concat(),
        _ => unreachable!("{command:?}"),
    }
}

/// The region of an ARN is used, also if `AWS_REGION` is another one.
#[tokio::test]
async fn an_endpoint_by_arn() {
    let (_sim, aws) = aws().await;
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint";
    for command in all() {
        for region in [&[][..], &[REGION]] {
            let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
                .env_clear()
                .envs([("AWS_ENDPOINT_URL", aws.url.as_str()), ("AWS_MAX_ATTEMPTS", "1")])
                .envs([
                    ("AWS_CONFIG_FILE", "/dev/null"),
                    ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
                ])
                .envs(KEYS.iter().chain(region).copied())
                .args(on(command, arn))
                .output()
                .await
                .unwrap();
            let all = [output.stdout, output.stderr].concat();
            let message = String::from_utf8(all).unwrap();
            for wrong in [
                "no region",
                "not a valid",
                "no such endpoint",
                "in eu-central-1",
                "there is no endpoint",
            ] {
                assert!(!message.contains(wrong), "{command:?}: {message}");
            }
        }
    }
}

#[tokio::test]
async fn an_arn_in_another_region_than_the_option_or_the_function() {
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint";
    for command in all() {
        let command = [&on(command, arn)[..], &["--region", "eu-west-1"]].concat();
        let message = refusal(NOWHERE, &KEYS, &command).await;
        has(
            &message,
            &["--region is the region eu-west-1", "is in us-east-1", "name only one region"],
        );
    }
    let function = "arn:aws:lambda:eu-west-1:123456789012:function:my-scaler";
    for command in [
        &["wake", arn, "--function", function][..],
        &["doctor", arn, "--function", function],
        &["status", arn, "--function", function],
        &["verify", arn, "--yes", "--function", function],
        &["smoke", "--endpoint", arn, "--function", function],
    ] {
        let message = refusal(NOWHERE, &KEYS, command).await;
        has(&message, &["us-east-1", "eu-west-1", "name only one region"]);
    }
}

/// The calls pass only the name, so they would read or change the endpoint of that name in the wrong account.
#[tokio::test]
async fn an_arn_of_another_account() {
    let (sim, aws) = aws().await;
    let arn = "arn:aws:sagemaker:eu-central-1:999999999999:endpoint/my-endpoint";
    for command in all() {
        let message = refusal(&aws.url, &KEYS, &on(command, arn)).await;
        has(
            &message,
            &["is in the account 999999999999", "of the account 123456789012", "--profile"],
        );
    }
    assert!(sim.with(|world| world.writes().is_empty()));
}

/// AWS documents no case of names for DescribeEndpoint: it can find the name of the ARN.
#[tokio::test]
async fn an_arn_of_an_endpoint_that_is_found_with_upper_case_letters() {
    let (sim, aws) = aws().await;
    sim.with(|world| {
        world.add_async_endpoint("my-model", "AllTraffic", 0).name = "My-Model".into();
    });
    let arn = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/my-model";
    for command in all() {
        let message = refusal(&aws.url, &KEYS, &on(command, arn)).await;
        has(&message, &["the name in lower case", "\nwhat to do: use the name My-Model\n"]);
    }
    assert!(sim.with(|world| world.writes().is_empty()));
}

/// DescribeEndpoint of the simulated AWS does not find the name of the ARN.
#[tokio::test]
async fn an_arn_of_an_endpoint_with_upper_case_letters() {
    let (sim, aws) = aws().await;
    sim.with(|world| {
        world.add_async_endpoint("My-Model", "AllTraffic", 0);
    });
    let arn = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/my-model";
    for command in all() {
        sim.with(|world| world.faults.clear());
        let message = refusal(&aws.url, &KEYS, &on(command, arn)).await;
        has(&message, &["the name in lower case", "\nwhat to do: use the name My-Model\n"]);
        // Most commands do not need this permission.
        sim.with(|world| world.faults.fail_next("ListEndpoints", Fault::AccessDenied, 9));
        let message = refusal(&aws.url, &KEYS, &on(command, arn)).await;
        let list = "\n  aws sagemaker list-endpoints --query 'Endpoints[].EndpointName' --region eu-central-1\n";
        has(&message, &["there is no endpoint my-model", "the name in lower case", list]);
    }
    let missing = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/my-mode";
    sim.with(|world| world.faults.clear());
    let message = refusal(&aws.url, &KEYS, &["doctor", missing]).await;
    has(&message, &["no such endpoint in eu-central-1; did you mean My-Model"]);
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_one() {
    for command in all() {
        for (given, said) in [
            ("", "not a valid endpoint name"),
            ("my_endpoint", "not a valid endpoint name"),
            ("my-*", "not a valid endpoint name"),
            ("arn:aws:lambda:eu-west-1:123456789012:function:a", "not the ARN of an endpoint"),
            (
                "arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/a",
                "not the ARN of an endpoint",
            ),
        ] {
            // These take patterns of names.
            let take_one = ["wake", "sleep", "verify", "plot", "logs", "preflight", "smoke"];
            if given == "my-*" && !take_one.contains(&command[0]) {
                continue;
            }
            let message = refusal(NOWHERE, &KEYS, &on(command, given)).await;
            has(&message, &[said, "\nwhat to do: "]);
        }
    }
}

#[tokio::test]
async fn a_variant_that_cannot_be_one() {
    for variant in ["", " ", "a_b"] {
        let command = ["wake", "my-endpoint", "--variant", variant];
        let message = refusal(NOWHERE, &KEYS, &command).await;
        has(&message, &["--variant", "not a valid variant name", "omit --variant"]);
    }
}

#[tokio::test]
async fn a_price_that_is_none() {
    for command in [&["verify", "my-endpoint"][..], &["report"], &["simulate"]] {
        for price in ["=-1", "=NaN", "=x", "="] {
            let price = format!("--price-per-hour{price}");
            let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
                .args(command)
                .arg(&price)
                .output()
                .await
                .unwrap();
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{command:?} {price}: {message}");
            has(&message, &["--price-per-hour"]);
        }
    }
}

/// No value begins with a hyphen, so clap's tip to pass the option as a value is of no use.
#[tokio::test]
async fn an_unknown_option_is_not_a_value() {
    for command in all() {
        let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
            .args([command, &["--now-or-never"]].concat())
            .output()
            .await
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        has(&message, &["unexpected argument '--now-or-never'"]);
        assert!(!message.contains("as a value"), "{message}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .args(["sleep", "my-endpoint", "--forced"])
        .output()
        .await
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    has(&message, &["a similar argument exists: '--force'"]);
}
