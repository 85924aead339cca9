//! Variables of the environment with values that cannot be used.

use crate::{KEYS, REGION, has, refusal};

/// Asserts that these variables are refused before the first call, with these parts.
async fn refused(variables: &[(&str, &str)], parts: &[&str]) {
    for command in [&["wake", "my-endpoint"][..], &["status"]] {
        let variables = [&KEYS[..], &[REGION], variables].concat();
        let message = refusal("http://127.0.0.1:1", &variables, command).await;
        has(&message, parts);
        assert!(!message.contains("no answer"), "{message}");
    }
}

#[tokio::test]
async fn an_endpoint_url_of_another_scheme_is_named() {
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SAGEMAKER", "AWS_ENDPOINT_URL_S3"] {
        for value in ["ftp://host", "http:/host", "host:4599", "http://", "http://host:99999", ""] {
            let problem = format!("{variable} is {value:?}, which is not a URL that begins with");
            let command = format!("\n  unset {variable}\n");
            refused(&[(variable, value)], &[&problem, "http:// or https://", &command]).await;
        }
    }
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
    for variable in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        for value in ["socks5://host:1080", "ftp://host", "http://", "host:99999"] {
            let problem = format!("{variable} is {value:?}, which is not the address of an HTTP");
            refused(&[(variable, value)], &[&problem, &format!("\n  unset {variable}\n")]).await;
        }
    }
    refused(&[("HTTPS_PROXY", "socks5://me:secret@host")], &["is \"socks5://host\""]).await;
}

#[tokio::test]
async fn a_region_that_cannot_be_a_part_of_a_host_name_is_refused() {
    for region in ["-", "eu-", "-eu", "eu_west_1", &"x".repeat(64)] {
        let parts = ["is not a region", "\n  export AWS_REGION=eu-west-1\n"];
        refused(&[("AWS_REGION", region)], &parts).await;
    }
}

/// The SDK would use an empty profile without settings, or an empty region, and not the default.
#[tokio::test]
async fn an_empty_variable_is_named() {
    for variable in ["AWS_PROFILE", "AWS_REGION"] {
        let parts = [&format!("{variable} is empty"), &*format!("\n  unset {variable}\n")];
        refused(&[(variable, "")], &parts).await;
    }
    let only_default = [&KEYS[..], &[("AWS_DEFAULT_REGION", "")]].concat();
    let message = refusal("http://127.0.0.1:1", &only_default, &["wake", "my-endpoint"]).await;
    has(&message, &["AWS_DEFAULT_REGION is empty", "\n  unset AWS_DEFAULT_REGION\n"]);
}

/// An option overrides the variable.
#[tokio::test]
async fn an_empty_variable_that_is_not_used_is_ignored() {
    let options = ["wake", "my-endpoint", "--region", "eu-central-1"];
    let variables = [&KEYS[..], &[("AWS_REGION", "")]].concat();
    has(&refusal("http://127.0.0.1:1", &variables, &options).await, &["connection was refused"]);
    let options = ["wake", "my-endpoint", "--profile", "nope"];
    let variables = [&KEYS[..], &[REGION, ("AWS_PROFILE", "")]].concat();
    has(&refusal("http://127.0.0.1:1", &variables, &options).await, &["no profile nope"]);
}

/// The SDK panics at these values.
#[tokio::test]
async fn settings_for_retries_that_are_not_valid_are_named() {
    for value in ["x", "0", "-1"] {
        let problem = format!("AWS_MAX_ATTEMPTS is {value:?}, which is not a whole number from 1");
        refused(&[("AWS_MAX_ATTEMPTS", value)], &[&problem, "\n  aws configure list\n"]).await;
    }
    let problem = "AWS_RETRY_MODE is \"x\", which is not standard or adaptive";
    refused(&[("AWS_RETRY_MODE", "x")], &[problem, "\n  aws configure list\n"]).await;
}

/// The SDK's HTTP client panics without certificates.
#[tokio::test]
async fn certificates_that_cannot_be_read_are_named() {
    for variable in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        for value in ["/nowhere", "/dev/null", ""] {
            let problem = format!("{variable} names {value}: no certificate can be read there");
            let command = format!("\n  unset {variable}\n");
            refused(&[(variable, value)], &[&problem, &command]).await;
        }
    }
}

#[tokio::test]
async fn a_time_zone_that_is_not_known_is_named() {
    let parts = ["TZ is \"Nowhere/Else\", which is not a known time zone", "correct TZ"];
    let command = ["hold", "my-endpoint", "--until", "18:00"];
    let variables = [&KEYS[..], &[REGION, ("TZ", "Nowhere/Else")]].concat();
    has(&refusal("http://127.0.0.1:1", &variables, &command).await, &parts);
}
