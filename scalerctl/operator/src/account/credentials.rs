//! Loads the credentials before the first call, so that a problem with them is reported as what it is.

use std::{
    env,
    error::Error,
    io, iter,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_config::SdkConfig;
use aws_credential_types::{
    Credentials,
    provider::{
        self, ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future,
    },
};
use aws_smithy_types::error::ErrorMetadata;
use reactive_scaler::{aws::no_answer_of_causes, port::NoAnswer};
use scalerctl_console::{Failure, shell_quoting::quoted, suggested::Suggested};
use tokio::time::timeout;

use super::{
    configuration_files::{Profiles, unreadable_files},
    no_answer,
    origin::Origin,
};

/// Time limit: a program of `credential_process` can ask a person.
const PATIENCE: Duration = Duration::from_secs(60);

const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const CONTAINER: [&str; 2] =
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

/// The configuration with credentials that were loaded once.
///
/// # Errors
///
/// [`Failure::NoAccess`] if they cannot be loaded.
pub async fn loaded(config: SdkConfig, profiles: &Profiles) -> Result<SdkConfig, Failure> {
    if !profiles.by_option {
        check_pair()?;
    }
    if profiles.by_option || set(KEY_ID).is_none() {
        profiles.check_references()?;
    }
    origin(profiles).remember();
    let Some(provider) = config.credentials_provider() else { return Ok(config) };
    let first = timeout(PATIENCE, provider.provide_credentials()).await;
    let first = first.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(PATIENCE)));
    let first = first.map_err(|error| Failure::NoAccess(problem(&error, profiles)))?;
    let loaded = Loaded { first: Mutex::new(Some(first)), provider };
    Ok(config.to_builder().credentials_provider(SharedCredentialsProvider::new(loaded)).build())
}

/// Where the SDK takes the credentials from.
fn origin(profiles: &Profiles) -> Origin {
    if !profiles.by_option && set(KEY_ID).is_some() {
        return Origin::Environment;
    }
    match Source::of(profiles) {
        Source::SingleSignOn(name) => Origin::SingleSignOn(name.to_owned()),
        Source::Process(name) => Origin::Process(name.to_owned()),
        Source::Profile => {
            let with_keys = profiles.first_with(&["aws_access_key_id"]);
            Origin::Profile(with_keys.map_or(profiles.name.as_str(), |(name, _)| name).to_owned())
        }
        Source::TokenFile(..) | Source::Container(_) | Source::Machine => Origin::Machine,
    }
}

/// Provides the credentials that were loaded already, and then those of the provider.
#[derive(Debug)]
struct Loaded {
    first: Mutex<Option<Credentials>>,
    provider: SharedCredentialsProvider,
}

impl ProvideCredentials for Loaded {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(first) => future::ProvideCredentials::ready(provider::Result::Ok(first)),
            None => self.provider.provide_credentials(),
        }
    }
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// With one of the two, the SDK would use other credentials without a word.
fn check_pair() -> Result<(), Failure> {
    let (present, absent) = match (set(KEY_ID), set(SECRET)) {
        (Some(_), None) if set("SECRET_ACCESS_KEY").is_none() => (KEY_ID, SECRET),
        (None, Some(_)) => (SECRET, KEY_ID),
        _ => return Ok(()),
    };
    Err(Failure::Usage(format!(
        "the AWS credentials in the environment are not complete: {present} is set, and {absent} is not (what to do: \
         set {absent} too, or unset the other: `unset {present}`)"
    )))
}

/// Where the credentials come from: the first source that is configured.
enum Source<'a> {
    /// `credential_process` of this profile.
    Process(&'a str),
    /// Single sign-on, with the settings of this profile.
    SingleSignOn(&'a str),
    /// A file with a web identity token, and the setting or variable that names it.
    TokenFile(String, &'static str),
    /// Other settings of the profile, such as keys or a role.
    Profile,
    /// The container, with this variable.
    Container(&'static str),
    /// Nothing that is configured: the instance metadata service.
    Machine,
}

impl<'a> Source<'a> {
    fn of(profiles: &'a Profiles) -> Self {
        if let Some((profile, _)) = profiles.first_with(&["sso_session", "sso_start_url"]) {
            return Self::SingleSignOn(profile);
        }
        if let Some((profile, _)) = profiles.first_with(&["credential_process"]) {
            return Self::Process(profile);
        }
        if let Some((_, file)) = profiles.first_with(&["web_identity_token_file"]) {
            return Self::TokenFile(file.to_owned(), "web_identity_token_file");
        }
        let others = ["role_arn", "aws_access_key_id", "aws_secret_access_key", "login_session"];
        if profiles.by_option || profiles.first_with(&others).is_some() {
            return Self::Profile;
        }
        if let Some(file) = set(TOKEN_FILE) {
            return Self::TokenFile(file, TOKEN_FILE);
        }
        CONTAINER
            .into_iter()
            .find(|name| set(name).is_some())
            .map_or(Self::Machine, Self::Container)
    }
}

/// The message for credentials that cannot be loaded.
fn problem(error: &CredentialsError, profiles: &Profiles) -> String {
    let source = Source::of(profiles);
    let profile = &profiles.name;
    if matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
        return not_found(profiles);
    }
    let (cause, answered) = cause(error, &source);
    let (from, advice) = match &source {
        Source::SingleSignOn(name) if answered => (
            format!("profile {profile} (single sign-on)"),
            format!(
                "correct the account and the role of the profile: `{}`",
                Suggested::aws_settings(Some(name), "configure sso")
            ),
        ),
        Source::SingleSignOn(name) => (
            format!("profile {profile} (single sign-on)"),
            format!("log in with `{}`", Suggested::aws_settings(Some(name), "sso login")),
        ),
        Source::Process(name) => (
            format!("profile {profile} (credential_process)"),
            format!(
                "run the command of this setting yourself, and correct it: \
                 `{}`",
                Suggested::aws_settings(Some(name), "configure get credential_process")
            ),
        ),
        Source::TokenFile(file, setting) => (
            format!("the web identity token file {file} ({setting})"),
            format!(
                "correct {setting}, or see whether the file is there with `ls -l {}`",
                quoted(file)
            ),
        ),
        Source::Profile if is_for_the_cli(&cause, profiles) => {
            (format!("profile {profile}"), let_the_cli_load(profiles))
        }
        Source::Profile if answered => (
            format!("profile {profile}"),
            format!(
                "allow the credentials sts:AssumeRole on the role, also in the role's trust policy; see whose they \
                 are with `{}`",
                Suggested::aws_as(
                    profiles.chain().last().copied().unwrap_or(profile),
                    "sts get-caller-identity"
                )
            ),
        ),
        Source::Profile => (
            format!("profile {profile}"),
            format!(
                "correct the profile: `{}`",
                Suggested::aws_settings(Some(profile), "configure")
            ),
        ),
        Source::Container(variable) => (
            format!("the container ({variable})"),
            format!("correct it, or unset it: `unset {variable}`"),
        ),
        Source::Machine => (
            "the instance metadata service".to_owned(),
            "give the instance an instance profile, or use --profile, or do not ask this service: \
             `export AWS_EC2_METADATA_DISABLED=true`"
                .to_owned(),
        ),
    };
    let advice = match no_answer_of(error, &source) {
        Some(why) => {
            let is_sso = matches!(source, Source::SingleSignOn(_));
            no_answer::advice(Some(why), if is_sso { "sso" } else { "sts" }).to_string()
        }
        None => advice,
    };
    format!("loading AWS credentials from {from} failed: {cause} (what to do: {advice})")
}

/// The credentials of `--profile` would be used before those in the environment. The variable keeps its Region.
fn let_the_cli_load(profiles: &Profiles) -> String {
    let name = &profiles.name;
    let load = Suggested::aws_settings(Some(name), "configure export-credentials --format env");
    let (without, variable) = match profiles.by_option {
        true => (
            ", and run the command again without --profile",
            format!("export AWS_PROFILE={}; ", quoted(name)),
        ),
        false => ("", String::new()),
    };
    format!(
        "let the AWS CLI load them, which can also ask for the code of an MFA device{without}: `{}`",
        Suggested::shell(format!("{variable}eval {}", load.output()))
    )
}

/// Whether the AWS CLI can load what the SDK cannot: a role that requires an MFA device, or a newer type.
fn is_for_the_cli(cause: &str, profiles: &Profiles) -> bool {
    cause.starts_with("scalerctl cannot") || profiles.first_with(&["mfa_serial"]).is_some()
}

fn not_found(profiles: &Profiles) -> String {
    let name = &profiles.name;
    if profiles.by_option {
        return format!(
            "loading AWS credentials failed: profile {name} names no credentials{} (what to do: add them with \
             `{}`)",
            unreadable_files(),
            Suggested::aws_settings(Some(name), "configure")
        );
    }
    let half = match (set(TOKEN_FILE), set("AWS_ROLE_ARN")) {
        (Some(_), None) => "; AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not",
        _ => "",
    };
    format!(
        "loading AWS credentials failed: no AWS credentials were found in the environment, in profile {name}, or on \
         this machine{half}{} (what to do: set {KEY_ID} and {SECRET}, or use --profile; with single sign-on, log in \
         first with `{}`)",
        unreadable_files(),
        Suggested::aws_settings(None, "sso login")
    )
}

fn causes(error: &CredentialsError) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(Some(error as &(dyn Error + 'static)), |&error| error.source())
}

/// Why a service of AWS did not answer.
fn no_answer_of(error: &CredentialsError, source: &Source<'_>) -> Option<NoAnswer> {
    // The text of a program is not to be interpreted.
    let is_call = !matches!(source, Source::Process(_) | Source::Container(_) | Source::Machine);
    is_call.then(|| no_answer_of_causes(error)).flatten()
}

/// What happened, and whether AWS answered an error.
fn cause(error: &CredentialsError, source: &Source<'_>) -> (String, bool) {
    if let CredentialsError::ProviderTimedOut(limit) = error {
        return (format!("not done within {} s", limit.timeout_duration().as_secs()), false);
    }
    let metadata = causes(error).find_map(|cause| cause.downcast_ref::<ErrorMetadata>());
    if let Some(metadata) = metadata.filter(|it| it.code().is_some()) {
        let code = metadata.code().unwrap_or_default();
        return (
            format!("AWS answered {code}: {}", metadata.message().unwrap_or("no message")),
            true,
        );
    }
    if let Some(why) = no_answer_of_causes(error).filter(|_| !matches!(source, Source::Process(_)))
    {
        return (format!("no answer: {why}"), false);
    }
    let last = causes(error).last().map(ToString::to_string).unwrap_or_default();
    let file = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    let text = match source {
        Source::SingleSignOn(_) if file.is_some_and(|it| it.kind() == io::ErrorKind::NotFound) => {
            "you are not logged in".to_owned()
        }
        Source::SingleSignOn(_) if last.contains("expired") => "the login has expired".to_owned(),
        Source::SingleSignOn(_) if last.starts_with("UnauthorizedException") => {
            format!("AWS does not accept the login: {last}")
        }
        Source::SingleSignOn(_) if last == "failed to load the cached SSO token" => {
            "there is no saved login, or it cannot be read".to_owned()
        }
        Source::Process(_) => of_process(&last),
        Source::Machine => format!("it did not answer as AWS's does: {last}"),
        _ => of_profile(&last),
    };
    (text, false)
}

/// The SDK's text about a program that failed, without its beginning.
fn of_process(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((_, problem)) = text.split_once("could not parse response: ") {
        return format!("its output is not the JSON that the AWS SDKs read: {problem}");
    }
    match text.split_once("exited with code ").and_then(|(_, it)| it.split_once(". Stderr: ")) {
        Some((status, stderr)) => format!("it failed with {status}: {stderr}"),
        None => text,
    }
}

/// The SDK's text about settings of a profile, without its beginning.
fn of_profile(text: &str) -> String {
    let text = text.strip_prefix("ProfileFile provider could not be built: ").unwrap_or(text);
    match text.contains("cargo feature") {
        true => "scalerctl cannot load credentials of this type".to_owned(),
        false => text.to_owned(),
    }
}
