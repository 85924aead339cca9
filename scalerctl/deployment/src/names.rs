//! Endpoints on the command line: names, ARNs, and patterns.

use std::{collections::BTreeSet, str::FromStr};

use reactive_scaler::config::name_pattern::Pattern;
use scalerctl_console::{Failure, suggested::Suggested};
use scalerctl_operator::account::EndpointArg;

use crate::clients::Clients;

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

/// The endpoints that were given one by one.
pub fn given(all: &[NameOrPattern]) -> Vec<EndpointArg> {
    let one = |name: &NameOrPattern| match name {
        NameOrPattern::One(endpoint) => Some(endpoint.clone()),
        NameOrPattern::Pattern(_) => None,
    };
    all.iter().filter_map(one).collect()
}

/// The names of the endpoints, each once: those that were given, and those that match a pattern.
///
/// # Errors
///
/// [`Failure::NoAccess`] if the endpoints cannot be listed, [`Failure::Usage`] if no endpoint matches a pattern.
pub async fn expand(clients: &Clients, all: &[NameOrPattern]) -> Result<BTreeSet<String>, Failure> {
    let mut names = BTreeSet::new();
    let mut existing: Option<Vec<String>> = None;
    for name in all {
        let pattern = match name {
            NameOrPattern::One(endpoint) => {
                names.insert(endpoint.name.clone());
                continue;
            }
            NameOrPattern::Pattern(pattern) => pattern,
        };
        let existing = match &mut existing {
            Some(existing) => existing,
            none => {
                let listed = clients.sagemaker.names(None).await;
                none.insert(listed.map_err(|error| Failure::NoAccess(error.with_advice()))?)
            }
        };
        let matcher = Pattern::new(pattern);
        let mut matching = existing.iter().filter(|it| matcher.matches(it)).peekable();
        if matching.peek().is_none() {
            return Err(Failure::Usage(format!(
                "no endpoint in {} matches {pattern} (what to do: correct the pattern; to list the names, `{}`)",
                clients.region,
                Suggested::aws("sagemaker list-endpoints --query 'Endpoints[].EndpointName'")
            )));
        }
        names.extend(matching.cloned());
    }
    Ok(names)
}
