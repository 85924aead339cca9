//! Endpoints on the command line: names, ARNs, and patterns.

use std::str::FromStr;

use reactive_scaler::config::name_pattern::Pattern;
use scalerctl_console::{Failure, suggested::Suggested};

use super::endpoint_arg::EndpointArg;

/// An endpoint, or a pattern of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameOrPattern {
    /// One endpoint.
    One(EndpointArg),
    /// A pattern: `*` is any text, `?` any character.
    Pattern(String),
}

impl FromStr for NameOrPattern {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let is_pattern_character =
            |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '*' | '?');
        match given.contains(['*', '?']) && given.chars().all(is_pattern_character) {
            true => Ok(Self::Pattern(given.to_owned())),
            false => given.parse().map(Self::One),
        }
    }
}

impl NameOrPattern {
    /// The pattern, if it is one.
    pub fn pattern(&self) -> Option<&str> {
        match self {
            Self::One(_) => None,
            Self::Pattern(pattern) => Some(pattern),
        }
    }
}

/// The endpoints that were given one by one.
pub fn given(all: &[NameOrPattern]) -> Vec<EndpointArg> {
    let one = |name: &NameOrPattern| match name {
        NameOrPattern::One(endpoint) => Some(endpoint.clone()),
        NameOrPattern::Pattern(_) => None,
    };
    all.iter().filter_map(one).collect()
}

/// Whether a name matches one of the patterns. No names at all mean every endpoint.
pub fn takes(all: &[NameOrPattern], name: &str) -> bool {
    let mut patterns = all.iter().filter_map(NameOrPattern::pattern);
    all.is_empty() || patterns.any(|pattern| Pattern::new(pattern).matches(name))
}

/// Checks that each pattern matches one of these names.
///
/// # Errors
///
/// [`Failure::Usage`] with the pattern. `what`: which endpoints these are, such as `endpoint in eu-west-1`.
pub fn check_matches<'a>(
    all: &[NameOrPattern],
    names: impl Iterator<Item = &'a str> + Clone,
    what: &str,
) -> Result<(), Failure> {
    for pattern in all.iter().filter_map(NameOrPattern::pattern) {
        let matcher = Pattern::new(pattern);
        if !names.clone().any(|name| matcher.matches(name)) {
            return Err(Failure::Usage(format!(
                "no {what} matches {pattern} (what to do: correct the pattern; to list the names, `{}`)",
                Suggested::aws("sagemaker list-endpoints --query 'Endpoints[].EndpointName'")
            )));
        }
    }
    Ok(())
}
