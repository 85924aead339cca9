//! The settings of a user: `scalerctl.toml` in `XDG_CONFIG_HOME`, else in `~/.config`.
//!
//! ```toml
//! function = "my-scaler"            # for every account and region that no entry below names
//!
//! [[functions]]
//! region = "eu-west-1"              # each key is optional, and all that are there must be met
//! account = "123456789012"
//! profile = "prod"
//! function = "my-stack-ScalerFunction-AbC123"
//! ```

use std::{env, fs, io::ErrorKind, path::PathBuf};

use scalerctl_console::Failure;
use serde::Deserialize;

use super::arn::Arn;

/// The file's name.
const FILE: &str = "scalerctl.toml";

/// The settings.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserSettings {
    function: Option<String>,
    #[serde(default)]
    functions: Vec<Entry>,
}

/// The function of an account, a region or a profile.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    region: Option<String>,
    account: Option<String>,
    profile: Option<String>,
    function: String,
}

/// The account of a command, as far as the entries can name it.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The region.
    pub region: &'a str,
    /// The number of the account. `None`: not read, or not known.
    pub account: Option<&'a str>,
    /// `--profile`, else `AWS_PROFILE`.
    pub profile: Option<&'a str>,
}

impl UserSettings {
    /// Reads the file. `None`: there is none.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] with the file and the key if it cannot be used.
    pub fn read() -> Result<Option<(PathBuf, Self)>, Failure> {
        let Some(path) = path() else { return Ok(None) };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            // A path with a file instead of a folder has no settings either.
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(None);
            }
            Err(error) => {
                return Err(Failure::Usage(format!(
                    "{} cannot be read: {error} (what to do: correct its permissions, or remove it)",
                    path.display()
                )));
            }
        };
        match Self::of(&text) {
            Ok(settings) => Ok(Some((path, settings))),
            Err(problem) => Err(Failure::Usage(format!(
                "{} cannot be used: {problem} (what to do: correct the file; docs/operate.md has its keys)",
                path.display()
            ))),
        }
    }

    fn of(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            format!("{line}{}", error.message().lines().collect::<Vec<_>>().join(", "))
        })
    }

    /// Whether an entry depends on the number of the account.
    pub fn needs_account(&self) -> bool {
        self.functions.iter().any(|entry| entry.account.is_some())
    }

    /// The function of the first entry that names nothing else, otherwise the one for all accounts.
    pub fn function(&self, here: Surroundings<'_>) -> Option<&str> {
        let entry = self.functions.iter().find(|entry| entry.is_of(here));
        let of_entry = entry.map(|entry| entry.function.as_str());
        of_entry.or_else(|| self.function.as_deref().filter(|name| is_in(name, here)))
    }
}

impl Entry {
    fn is_of(&self, here: Surroundings<'_>) -> bool {
        let region = self.region.as_deref().is_none_or(|it| it == here.region);
        let account = self.account.as_deref().is_none_or(|it| Some(it) == here.account);
        let profile = self.profile.as_deref().is_none_or(|it| Some(it) == here.profile);
        region && account && profile && is_in(&self.function, here)
    }
}

/// An ARN names its region.
fn is_in(function: &str, here: Surroundings<'_>) -> bool {
    Arn::of(function).is_none_or(|arn| arn.region == here.region)
}

fn path() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    // The XDG specification passes over a path that is not absolute.
    let configured = folder("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let of_home = || folder("HOME").map(|home| home.join(".config"));
    Some(configured.or_else(of_home)?.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::{Surroundings, UserSettings};

    const FILE: &str = r#"
function = "everywhere"
[[functions]]
region = "eu-west-1"
account = "111111111111"
function = "first"
[[functions]]
profile = "prod"
function = "second"
[[functions]]
function = "arn:aws:lambda:us-east-1:111111111111:function:third"
"#;

    #[test]
    fn the_first_entry_of_this_account_counts() {
        let settings = UserSettings::of(FILE).unwrap_or_default();
        for (region, account, profile, function) in [
            ("eu-west-1", Some("111111111111"), None, "first"),
            ("eu-west-1", Some("222222222222"), None, "everywhere"),
            ("eu-west-1", None, None, "everywhere"),
            ("eu-west-1", None, Some("prod"), "second"),
            ("us-east-1", None, None, "arn:aws:lambda:us-east-1:111111111111:function:third"),
        ] {
            let here = Surroundings { region, account, profile };
            assert_eq!(settings.function(here), Some(function), "{here:?}");
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        for (text, parts) in [
            ("fuction = \"a\"", ["line 1", "`fuction`"]),
            ("[[functions]]\nregoin = \"a\"\nfunction = \"b\"", ["line 2", "`regoin`"]),
            ("[[functions]]\nregion = \"a\"", ["line 1", "`function`"]),
            ("function = 1", ["line 1", "string"]),
            ("function = a", ["line 1", ""]),
        ] {
            let problem = UserSettings::of(text).err().unwrap_or_default();
            assert!(parts.iter().all(|part| problem.contains(part)), "{text}: {problem}");
        }
    }
}
