//! The AWS configuration files: profiles and their settings.

use std::{env, error::Error, iter};

use aws_config::profile::{self, Profile, ProfileSet};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_types::retry::RetryMode;
use aws_types::os_shim_internal::{Env, Fs};
use scalerctl_console::{Failure, suggested::Suggested};

/// The variables for the files' places.
const FILES: [&str; 2] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];

/// The configuration files, and the profile in use.
#[derive(Debug)]
pub struct Profiles {
    set: ProfileSet,
    /// The profile's name.
    pub name: String,
    /// Whether `--profile` names it. Then the environment's credentials are not used.
    pub by_option: bool,
}

impl Profiles {
    /// Reads the files. The profile is that of `--profile`, else of `AWS_PROFILE`, else `default`.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if a file cannot be parsed, if there is no such profile, or if the settings for retries are
    /// not valid. The SDK would report a profile as missing credentials, and panic at the settings for retries.
    pub async fn read(option: Option<&str>) -> Result<Self, Failure> {
        let set = profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), None).await;
        let set = set.map_err(|error| {
            let causes = iter::successors(Some(&error as &dyn Error), |&error| error.source());
            let problem = causes.last().map(ToString::to_string).unwrap_or_default();
            let problem = problem.split_whitespace().collect::<Vec<_>>().join(" ");
            Failure::Usage(format!(
                "the AWS configuration cannot be read: {problem} (what to do: correct the file, or use another one: \
                 `export AWS_CONFIG_FILE=/path/to/config`)"
            ))
        })?;
        let named = option.map(str::to_owned).or_else(|| env::var("AWS_PROFILE").ok());
        // The AWS CLI does not find it either. The SDK would use no profile at all without a word.
        if named.as_deref() == Some("") {
            return Err(Failure::Usage(
                "AWS_PROFILE is empty (what to do: set it to the name of a profile, or unset it: `unset AWS_PROFILE`)"
                    .to_owned(),
            ));
        }
        let name = named.clone().unwrap_or_else(|| "default".to_owned());
        let profiles = Self { set, name, by_option: option.is_some() };
        if named.is_some() && profiles.profile().is_none() {
            return Err(Failure::Usage(profiles.unknown_profile()));
        }
        check_retries("AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", |name| env::var(name).ok())?;
        check_retries("max_attempts", "retry_mode", |name| profiles.setting(name))?;
        Ok(profiles)
    }

    /// A setting of the profile in use.
    pub fn setting(&self, name: &str) -> Option<String> {
        self.profile()?.get(name).map(str::to_owned)
    }

    /// The names of this profile and of those that it names as `source_profile`, in this order.
    pub fn chain(&self) -> Vec<&str> {
        let mut names = vec![self.name.as_str()];
        while let Some(next) = names
            .last()
            .and_then(|name| self.set.get_profile(name)?.get("source_profile"))
            .filter(|next| !names.contains(next))
        {
            names.push(next);
        }
        names
    }

    /// Checks the names of other sections in the profile in use. The SDK goes on to other credentials without a word
    /// if there is no such `source_profile`.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] with the setting.
    pub fn check_references(&self) -> Result<(), Failure> {
        for name in self.chain() {
            let Some(profile) = self.set.get_profile(name) else { continue };
            let source = profile.get("source_profile");
            let session = profile.get("sso_session");
            let missing = match (source, session) {
                (Some(source), _) if self.set.get_profile(source).is_none() => Some((
                    "source_profile",
                    source,
                    Suggested::aws_settings(Some(source), "configure"),
                )),
                (_, Some(session)) if self.set.sso_session(session).is_none() => {
                    let create = Suggested::shell("aws configure sso-session");
                    Some(("sso_session", session, create))
                }
                _ => None,
            };
            if let Some((setting, value, command)) = missing {
                return Err(Failure::Usage(format!(
                    "profile {name} has {setting} = {value}, and the AWS configuration does not have it (what to do: \
                     correct the setting, or create it with `{command}`)"
                )));
            }
        }
        let chain = self.chain();
        let last = chain.last().and_then(|name| self.set.get_profile(name)?.get("source_profile"));
        match last.filter(|next| chain.contains(next) && chain.last() != Some(next)) {
            None => Ok(()),
            Some(_) => Err(Failure::Usage(format!(
                "the profiles {} have each other as source_profile (what to do: correct one of them: \
                 `{}`)",
                chain.join(", "),
                Suggested::aws_settings(Some(&self.name), "configure set source_profile OTHER")
            ))),
        }
    }

    /// The first profile of the chain with one of these settings, and the setting's value.
    pub fn first_with(&self, settings: &[&str]) -> Option<(&str, &str)> {
        self.chain().into_iter().find_map(|name| {
            let profile = self.set.get_profile(name)?;
            let value = settings.iter().find_map(|setting| profile.get(setting))?;
            Some((profile.name(), value))
        })
    }

    fn profile(&self) -> Option<&Profile> {
        self.set.get_profile(&self.name)
    }

    fn unknown_profile(&self) -> String {
        let name = &self.name;
        let mut known: Vec<&str> = self.set.profiles().collect();
        known.sort_unstable();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        format!(
            "the AWS configuration has no profile {name}; it has: {known}{} (what to do: correct --profile or \
             AWS_PROFILE, or create it with `{}`)",
            unreadable_files(),
            Suggested::aws_settings(Some(name), "configure")
        )
    }
}

/// The files that variables name and that cannot be read. The SDK takes them for empty.
pub fn unreadable_files() -> String {
    let unread = FILES.iter().filter_map(|variable| {
        let path = env::var(variable).ok()?;
        let error = std::fs::read_to_string(&path).err()?;
        Some(format!("; {variable} names {path}, which cannot be read: {error}"))
    });
    // The shell replaces `~`, and so does the SDK.
    unread.filter(|text| !text.contains("names ~")).collect()
}

/// Checks two settings for retries. The SDK panics if they are not valid.
fn check_retries(
    attempts: &str,
    mode: &str,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<(), Failure> {
    let is_number = |value: &str| value.parse::<u32>().is_ok_and(|number| number > 0);
    let is_mode = |value: &str| value.parse::<RetryMode>().is_ok();
    for (name, is_valid, accepted) in [
        (attempts, &is_number as &dyn Fn(&str) -> bool, "a whole number from 1"),
        (mode, &is_mode, "standard or adaptive"),
    ] {
        if let Some(value) = setting(name).filter(|value| !is_valid(value)) {
            return Err(Failure::Usage(format!(
                "{name} is {value:?}, which is not {accepted} (what to do: correct it in the environment or in the AWS \
                 configuration: `{}`)",
                Suggested::aws_settings(None, "configure list")
            )));
        }
    }
    Ok(())
}
