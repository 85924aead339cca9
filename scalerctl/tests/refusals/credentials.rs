//! Credentials that cannot be loaded. No call is made to AWS with them.

use std::path::PathBuf;

use crate::{
    REGION,
    connections::{response, server},
    has, refusal,
};

/// A configuration file with this text.
struct Config(PathBuf);

impl Config {
    fn new(name: &str, text: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("refusals-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn variable(&self) -> (&str, &str) {
        ("AWS_CONFIG_FILE", self.0.to_str().unwrap())
    }
}

impl Drop for Config {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Commands with different first calls.
const COMMANDS: [&[&str]; 3] =
    [&["wake", "my-endpoint"], &["status"], &["smoke", "--function", "my-scaler"]];

/// The texts of the SDK that a user cannot act on.
const SDK: [&str; 5] = [
    "ProfileFile",
    "credential provider",
    "os error 2)\nwhat to do: set",
    "cached SSO",
    "dispatch",
];

/// Asserts that each command with this configuration and `--profile s` prints these parts.
async fn by_profile(name: &str, config: &str, parts: &[&str]) {
    let config = Config::new(name, config);
    let variables = [REGION, config.variable(), ("HOME", "/nowhere"), ("PATH", "/usr/bin:/bin")];
    for command in COMMANDS {
        let arguments = [command, &["--profile", "s"]].concat();
        let message = refusal("http://127.0.0.1:1", &variables, &arguments).await;
        has(&message, parts);
        for text in SDK {
            assert!(!message.contains(text), "{text} in {message}");
        }
    }
}

/// Asserts that each command with these variables prints these parts.
async fn by_variables(variables: &[(&str, &str)], parts: &[&str]) {
    for command in COMMANDS {
        let variables = [&[REGION], variables].concat();
        has(&refusal("http://127.0.0.1:1", &variables, command).await, parts);
    }
}

#[tokio::test]
async fn one_half_of_a_key_in_the_environment_is_named() {
    for (present, absent) in [
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
    ] {
        let problem = format!("{present} is set, and {absent} is not");
        let command = format!("\n  unset {present}\n");
        by_variables(&[(present, "x")], &[&problem, &command]).await;
        by_variables(&[(present, "x"), (absent, " ")], &[&problem, &command]).await;
    }
}

#[tokio::test]
async fn one_half_of_a_key_in_a_profile_is_named() {
    let parts = ["from profile s failed", "missing aws_secret_access_key", "--profile s\n"];
    by_profile("half", "[profile s]\naws_access_key_id = x\n", &parts).await;
}

#[tokio::test]
async fn a_profile_without_credentials_is_named() {
    let parts = ["profile s names no credentials", "\n  aws configure --profile s\n"];
    by_profile("empty", "[profile s]\noutput = json\n", &parts).await;
}

#[tokio::test]
async fn a_missing_login_is_named_with_the_command_to_log_in() {
    let account = "sso_account_id = 123456789012\nsso_role_name = r\n";
    let start = "sso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n";
    let parts = ["from profile s (single sign-on) failed: ", "\n  aws sso login --profile s\n"];
    let old = format!("[profile s]\n{account}{start}");
    by_profile("sso-old", &old, &[&parts[..], &["you are not logged in"]].concat()).await;
    let new = format!("[profile s]\nsso_session = me\n{account}[sso-session me]\n{start}");
    by_profile("sso", &new, &[&parts[..], &["there is no saved login"]].concat()).await;
    // The login is that of the profile that the role's credentials come from.
    let role = "[profile s]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n";
    let role = format!("{role}{}", old.replace("profile s", "profile base"));
    by_profile("sso-role", &role, &["\n  aws sso login --profile base\n"]).await;
}

/// AWS Security Token Service answers that the role cannot be assumed.
#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_reported_with_the_answer_of_aws() {
    let answer = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not \
                  authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>";
    let url = format!("http://127.0.0.1:{}", server(response("403 Forbidden", answer)));
    let role = "[profile s]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n";
    let keys = "[profile base]\naws_access_key_id = x\naws_secret_access_key = x\n";
    let device = "mfa_serial = arn:aws:iam::123456789012:mfa/me\n";
    let cli = "\n  export AWS_PROFILE=s; eval \"$(aws configure export-credentials --format env --profile s)\"\n";
    for (name, config, command) in [
        ("role", format!("{role}{keys}"), "\n  aws sts get-caller-identity --profile base\n"),
        ("device", format!("{role}{device}{keys}"), cli),
    ] {
        let config = Config::new(name, &config);
        let command_line = ["wake", "my-endpoint", "--profile", "s"];
        let message = refusal(&url, &[REGION, config.variable()], &command_line).await;
        let cause = "from profile s failed: AWS answered AccessDenied: not authorized to perform";
        has(&message, &[cause, command]);
    }
}

#[tokio::test]
async fn a_section_that_does_not_exist_is_named() {
    let role = "[profile s]\nrole_arn = arn:aws:iam::123456789012:role/r\n";
    for (name, config, parts) in [
        (
            "source",
            format!("{role}source_profile = gone\n"),
            ["profile s has source_profile = gone", "\n  aws configure --profile gone\n"],
        ),
        (
            "session",
            "[profile s]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = r\n".to_owned(),
            ["profile s has sso_session = gone", "\n  aws configure sso-session\n"],
        ),
        (
            "loop",
            format!(
                "{role}source_profile = t\n{}source_profile = s\n",
                role.replace("profile s", "profile t")
            ),
            ["the profiles s, t have each other as source_profile", "\n  aws configure set "],
        ),
    ] {
        by_profile(name, &config, &parts).await;
    }
}

#[tokio::test]
async fn a_program_for_credentials_that_fails_is_named_with_what_it_prints() {
    let prefix = "from profile s (credential_process) failed: ";
    let command = "\n  aws configure get credential_process --profile s\n";
    for (name, program, problem) in [
        ("process", "sh -c 'echo no token >&2; exit 3'", "it failed with exit status: 3: no token"),
        ("missing", "/nowhere/tool", "it failed with exit status: 127"),
        ("text", "echo hello", "its output is not the JSON that the AWS SDKs read"),
    ] {
        let config = format!("[profile s]\ncredential_process = {program}\n");
        by_profile(name, &config, &[prefix, problem, command]).await;
    }
}

#[tokio::test]
async fn a_web_identity_token_file_that_is_missing_is_named() {
    let role = ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r");
    let file = ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token");
    let parts = ["/nowhere/token (AWS_WEB_IDENTITY_TOKEN_FILE) failed", "\n  ls -l /nowhere/token"];
    by_variables(&[role, file], &parts).await;
    by_variables(&[file], &["AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not"]).await;
}

#[tokio::test]
async fn a_configuration_file_that_cannot_be_parsed_is_named_with_its_line() {
    let config = Config::new("broken", "[default]\nregion = eu-west-1\n[profile s\n");
    let parts = ["the AWS configuration cannot be read", "-broken on line 3", "AWS_CONFIG_FILE"];
    by_variables(&[config.variable()], &parts).await;
    by_variables(&[&crate::KEYS[..], &[config.variable()]].concat(), &parts).await;
}

#[tokio::test]
async fn a_configuration_file_that_is_missing_is_named() {
    let file = ("AWS_CONFIG_FILE", "/nowhere/config");
    let parts = ["AWS_CONFIG_FILE names /nowhere/config, which cannot be read: No such file"];
    by_variables(&[file], &parts).await;
    by_variables(&[file, ("AWS_PROFILE", "s")], &[&parts[..], &["no profile s"]].concat()).await;
}

#[tokio::test]
async fn a_container_without_a_server_for_credentials_is_named() {
    let variable = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/credentials");
    by_variables(&[variable], &["(AWS_CONTAINER_CREDENTIALS_FULL_URI) failed", "\n  unset AWS_"])
        .await;
}
