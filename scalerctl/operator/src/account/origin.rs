//! Where the credentials come from, and how they are renewed there.

use std::{env, sync::OnceLock};

use scalerctl_console::{advice::Advice, suggested::Suggested};

/// Where the credentials come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The keys in the environment.
    Environment,
    /// Single sign-on, with the settings of this profile.
    SingleSignOn(String),
    /// `credential_process` of this profile.
    Process(String),
    /// The keys of this profile.
    Profile(String),
    /// A container, an instance, or a web identity.
    Machine,
}

/// A process has one configuration, and runs one command.
static USED: OnceLock<Origin> = OnceLock::new();

const UNSET: &str = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN";

impl Origin {
    /// Lets all advice of this process name it.
    pub fn remember(self) {
        // A command that opens the account twice has the same origin.
        let _ = USED.set(self);
    }

    /// What to do if AWS says that the credentials have expired.
    pub fn expired() -> Advice {
        let expired = "your credentials have expired: renew them";
        match USED.get() {
            Some(Self::Environment) => Advice::with(
                format!(
                    "{expired} in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN; to use a profile \
                     instead:"
                ),
                Suggested::shell(UNSET),
            ),
            Some(Self::SingleSignOn(profile)) => Advice::with(
                format!("{expired}; log in again with"),
                Suggested::aws_settings(Some(profile), "sso login"),
            ),
            Some(Self::Process(profile)) => Advice::with(
                format!("{expired} with the command of this setting:"),
                Suggested::aws_settings(Some(profile), "configure get credential_process"),
            ),
            Some(Self::Profile(profile)) => Advice::with(
                format!(
                    "{expired} with the tool that wrote them to profile {profile}; to see their file:"
                ),
                Suggested::aws_settings(Some(profile), "configure list"),
            ),
            Some(Self::Machine) | None => Advice::with(
                format!("{expired}, or use others with --profile; to see where they come from:"),
                Suggested::aws_settings(None, "configure list"),
            ),
        }
    }

    /// What to do if AWS does not accept the credentials. `answer`: what it says.
    pub fn invalid(answer: &str) -> Advice {
        let is_secret = answer.contains("signature we calculated does not match");
        // AWS also answers this in a Region that the account has not enabled.
        let problem = match is_secret {
            true => "the secret access key does not belong to the access key",
            false => "AWS does not know the access key, or the account has not enabled the Region",
        };
        let set = format!("{problem}: set credentials that are valid now");
        match USED.get() {
            Some(Self::Environment) if !is_secret && needs_token() => {
                "AWS_ACCESS_KEY_ID is a temporary key: also set the AWS_SESSION_TOKEN that was issued with it, or use \
                 --profile"
                    .into()
            }
            Some(Self::Environment) => Advice::with(
                format!("{set} in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use --profile; to remove them:"),
                Suggested::shell(UNSET),
            ),
            Some(Self::SingleSignOn(profile)) => Advice::with(
                format!("{set}; log in again with"),
                Suggested::aws_settings(Some(profile), "sso login"),
            ),
            Some(Self::Profile(profile)) => Advice::with(
                format!("{set} in profile {profile}, or use another --profile:"),
                Suggested::aws_settings(Some(profile), "configure"),
            ),
            Some(Self::Process(_) | Self::Machine) | None => Advice::with(
                format!("{set}, or use others with --profile; to see where they come from:"),
                Suggested::aws_settings(None, "configure list"),
            ),
        }
    }
}

/// Temporary keys begin with ASIA (IAM User Guide, "IAM identifiers") and are not valid without their token.
fn needs_token() -> bool {
    let value = |name| env::var(name).unwrap_or_default();
    value("AWS_ACCESS_KEY_ID").starts_with("ASIA") && value("AWS_SESSION_TOKEN").is_empty()
}
