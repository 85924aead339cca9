//! The endpoint's name within an object's key.

use super::Registered;
use crate::config::is_sagemaker_name;

/// What stands for the name, in a route's `endpoint` and `prefix`.
pub const PLACE: &str = "{endpoint}";

/// The registered name that fits the key; of several, the longest.
///
/// A name holds no `/`, so the place never crosses one.
pub fn longest<'a>(
    prefix: &str,
    suffix: &str,
    key: &str,
    registered: &'a Registered,
) -> Option<&'a str> {
    let (before, after) = prefix.split_once(PLACE)?;
    let rest = key.strip_prefix(before)?;
    let fits = |name: &&String| {
        rest.strip_prefix(name.as_str())
            .and_then(|rest| rest.strip_prefix(after))
            .is_some_and(|rest| rest.ends_with(suffix))
    };
    registered.iter().filter(fits).max_by_key(|name| name.len()).map(String::as_str)
}

/// What stands in the place of a name, where the key has the route's whole form and it can be one.
pub fn some_name<'k>(prefix: &str, suffix: &str, key: &'k str) -> Option<&'k str> {
    let (before, after) = prefix.split_once(PLACE)?;
    let rest = key.strip_prefix(before).filter(|rest| rest.ends_with(suffix))?;
    let name = if after.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches('-')
    } else {
        rest.split_once(after)?.0
    };
    is_sagemaker_name(name).then_some(name)
}
