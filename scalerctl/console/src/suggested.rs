//! Commands that a user can paste. Each acts on the account, the Region and the AWS endpoint of the command that
//! suggests it.

use std::{env, fmt, sync::OnceLock};

use serde::Serialize;

use crate::{loopback, shell_quoting::quoted};

/// The account, the Region and the AWS endpoint, as the command line names them. What the environment names is not
/// part of this: the user's shell still has it when a command is pasted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenAccount {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--region`, or the Region of an ARN.
    pub region: Option<String>,
    /// The address of the simulated AWS, with `--local`.
    pub local: Option<String>,
}

/// What the command line of this process names. A process runs only one command.
static GIVEN: OnceLock<GivenAccount> = OnceLock::new();

const NOTHING: &GivenAccount = &GivenAccount { profile: None, region: None, local: None };

impl GivenAccount {
    /// Lets all suggestions of this process name this account.
    pub fn apply(self) {
        // A process that opens the account twice has the same command line.
        let _ = GIVEN.set(self);
    }

    fn aws(&self, profile: Option<&str>, arguments: &str) -> String {
        let profile = profile.or(self.profile.as_deref());
        let url = self.local.as_deref();
        format!(
            "{}aws {arguments}{}",
            self.local_keys(),
            options(&[
                ("--profile", profile),
                ("--region", self.region_of_other_tools()),
                ("--endpoint-url", url)
            ])
        )
    }

    /// The SAM CLI has no option for the AWS endpoint.
    fn sam(&self, arguments: &str) -> String {
        let url = self.local.as_deref().map(|url| format!("AWS_ENDPOINT_URL={} ", quoted(url)));
        format!(
            "{}{}sam {arguments}{}",
            url.unwrap_or_default(),
            self.local_keys(),
            options(&[
                ("--profile", self.profile.as_deref()),
                ("--region", self.region_of_other_tools())
            ])
        )
    }

    fn scalerctl(&self, arguments: &str) -> String {
        format!(
            "scalerctl {arguments}{}{}",
            options(&[
                ("--profile", self.profile.as_deref()),
                ("--region", self.region.as_deref())
            ]),
            if self.local.is_some() { " --local" } else { "" }
        )
    }

    /// `--local` does not use the Region of the environment.
    fn region_of_other_tools(&self) -> Option<&str> {
        let local = self.local.as_ref().map(|_| loopback::LOCAL_REGION);
        self.region.as_deref().or(local)
    }

    /// The simulated AWS needs no credentials, but other tools make no call without them.
    fn local_keys(&self) -> &'static str {
        match self.local {
            Some(_) => "AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local ",
            None => "",
        }
    }
}

/// The options that have a value.
fn options(all: &[(&str, Option<&str>)]) -> String {
    let given = all.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    given.map(|(name, value)| format!(" {name} {}", quoted(value))).collect()
}

/// A command that a user can paste into a shell without changes. It names the account that the user named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggested(String);

impl Suggested {
    /// A command of the AWS CLI.
    pub fn aws(arguments: impl AsRef<str>) -> Self {
        Self(given().aws(None, arguments.as_ref()))
    }

    /// A command of the AWS CLI with the credentials of this profile.
    pub fn aws_as(profile: &str, arguments: &str) -> Self {
        Self(given().aws(Some(profile), arguments))
    }

    /// A command of the AWS CLI that calls no service: it shows or changes the settings of a profile. `None`: the
    /// profile that the user named.
    pub fn aws_settings(profile: Option<&str>, arguments: &str) -> Self {
        let profile = profile.or(given().profile.as_deref());
        Self(format!("aws {arguments}{}", options(&[("--profile", profile)])))
    }

    /// A command of the SAM CLI.
    pub fn sam(arguments: impl AsRef<str>) -> Self {
        Self(given().sam(arguments.as_ref()))
    }

    /// A command of `scalerctl` that works with an account.
    pub fn scalerctl(arguments: impl AsRef<str>) -> Self {
        Self(given().scalerctl(arguments.as_ref()))
    }

    /// The command that the user gave, with another option.
    pub fn again(option: &str) -> Self {
        let words = env::args_os().skip(1).map(|word| quoted(&word.to_string_lossy()));
        Self(format!("scalerctl {} {option}", words.collect::<Vec<_>>().join(" ")))
    }

    /// A command that uses no account by itself. It can contain others.
    pub fn shell(command: impl Into<String>) -> Self {
        Self(command.into())
    }

    /// The command, for a word of another one: `"$(COMMAND)"`.
    pub fn output(&self) -> String {
        format!("\"$({self})\"")
    }
}

impl fmt::Display for Suggested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn given() -> &'static GivenAccount {
    GIVEN.get().unwrap_or(NOTHING)
}

#[cfg(test)]
mod tests {
    use super::GivenAccount;

    fn all(given: &GivenAccount) -> [String; 4] {
        [
            given.aws(None, "a b"),
            given.aws(Some("base"), "a b"),
            given.sam("deploy"),
            given.scalerctl("wake e"),
        ]
    }

    #[test]
    fn only_what_was_given_is_named() {
        let nothing = ["aws a b", "aws a b --profile base", "sam deploy", "scalerctl wake e"];
        assert_eq!(all(&GivenAccount::default()), nothing);
        let given = GivenAccount {
            profile: Some("it's".to_owned()),
            region: Some("eu-west-3".to_owned()),
            local: None,
        };
        assert_eq!(
            all(&given),
            [
                r"aws a b --profile 'it'\''s' --region eu-west-3",
                "aws a b --profile base --region eu-west-3",
                r"sam deploy --profile 'it'\''s' --region eu-west-3",
                r"scalerctl wake e --profile 'it'\''s' --region eu-west-3",
            ]
        );
    }

    #[test]
    fn no_command_for_the_simulated_aws_reaches_another_one() {
        let url = "http://127.0.0.1:4599";
        let mut given = GivenAccount { local: Some(url.to_owned()), ..GivenAccount::default() };
        let keys = "AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local";
        for (region, own) in [("eu-central-1", ""), ("eu-west-3", " --region eu-west-3")] {
            let [aws, _, sam, scalerctl] = all(&given);
            assert_eq!(aws, format!("{keys} aws a b --region {region} --endpoint-url {url}"));
            assert_eq!(sam, format!("AWS_ENDPOINT_URL={url} {keys} sam deploy --region {region}"));
            assert_eq!(scalerctl, format!("scalerctl wake e{own} --local"));
            given.region = Some("eu-west-3".to_owned());
        }
    }
}
