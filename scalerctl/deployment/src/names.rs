//! The endpoints that names and patterns on the command line mean.

use std::collections::BTreeSet;

use scalerctl_console::Failure;
use scalerctl_operator::account::name_or_pattern::{NameOrPattern, check_matches, given, takes};

use crate::clients::Clients;

/// The names of the endpoints, each once: those that were given, and those that match a pattern.
///
/// # Errors
///
/// [`Failure::NoAccess`] if the endpoints cannot be listed, [`Failure::Usage`] if no endpoint matches a pattern.
pub async fn expand(clients: &Clients, all: &[NameOrPattern]) -> Result<BTreeSet<String>, Failure> {
    let mut names: BTreeSet<String> = given(all).into_iter().map(|it| it.name).collect();
    if all.iter().any(|name| name.pattern().is_some()) {
        let listed = clients.sagemaker.names(None).await;
        let existing = listed.map_err(|error| Failure::NoAccess(error.with_advice()))?;
        let what = format!("endpoint in {}", clients.region);
        check_matches(all, existing.iter().map(String::as_str), &what)?;
        names.extend(existing.into_iter().filter(|name| takes(all, name)));
    }
    Ok(names)
}
