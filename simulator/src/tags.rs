//! Tags of a resource, and the limits of the API reference.

use std::{collections::BTreeMap, ops::RangeInclusive};

use crate::Refusal;

/// The tags of a resource: values by key.
pub type Tags = BTreeMap<String, String>;

/// The maximum number of tags in a request, and of a resource.
const MAX_TAGS: usize = 50;

/// The tags of a resource after AddTags.
pub(crate) fn added(old: &Tags, new: &[(String, String)]) -> Result<Tags, Refusal> {
    if new.len() > MAX_TAGS {
        return Err(violated("tags", &format!("have length less than or equal to {MAX_TAGS}")));
    }
    for (key, value) in new {
        check(key, "key", 1..=128)?;
        check(value, "value", 0..=256)?;
        if key.starts_with("aws:") {
            let message = format!("System prefix 'aws:' reserved for AWS usage in tag key: {key}");
            return Err(Refusal::validation(message));
        }
    }
    let mut tags = old.clone();
    tags.extend(new.iter().cloned());
    match tags.len() > MAX_TAGS {
        true => Err(Refusal::validation(format!("A resource has at most {MAX_TAGS} tags"))),
        false => Ok(tags),
    }
}

fn check(text: &str, member: &str, length: RangeInclusive<usize>) -> Result<(), Refusal> {
    let count = text.chars().count();
    if count < *length.start() {
        return Err(violated(
            member,
            &format!("have length greater than or equal to {}", length.start()),
        ));
    }
    if count > *length.end() {
        return Err(violated(
            member,
            &format!("have length less than or equal to {}", length.end()),
        ));
    }
    if !text.chars().all(is_allowed) {
        let pattern = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)";
        return Err(violated(member, &format!("satisfy regular expression pattern: {pattern}")));
    }
    Ok(())
}

/// Letters, numbers, separators, and some signs.
fn is_allowed(it: char) -> bool {
    it.is_alphanumeric() || (it.is_whitespace() && !it.is_control()) || "_.:/=+-@".contains(it)
}

fn violated(member: &str, constraint: &str) -> Refusal {
    Refusal::validation(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must \
         {constraint}"
    ))
}
