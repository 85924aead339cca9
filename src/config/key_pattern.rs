//! Object keys that contain the endpoint name.

use super::names::{Registered, is_sagemaker_name};

/// The placeholder for the name, in the `endpoint` and `prefix` of a route.
pub const PLACE: &str = "{endpoint}";

/// The form of a route's keys, with the position of the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyForm {
    before: String,
    after: String,
    suffix: String,
}

/// The endpoint name in a key of this form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InKey<'k> {
    /// This is the name, whether or not it is registered.
    Name(&'k str),
    /// The end of the name depends on the registered names. This is the key from the start of the name.
    Somewhere(&'k str),
}

impl KeyForm {
    /// Reads the prefix and suffix of a route. `None` if the prefix does not contain the placeholder.
    pub fn new(prefix: &str, suffix: &str) -> Option<Self> {
        let (before, after) = prefix.split_once(PLACE)?;
        Some(Self { before: before.to_owned(), after: after.to_owned(), suffix: suffix.to_owned() })
    }

    /// The name in the key. `None` if the key does not have this form or if the name is not valid.
    ///
    /// A name contains no `/`. If the text after the placeholder starts with `/`, only one name is possible.
    pub fn look<'k>(&self, key: &'k str) -> Option<InKey<'k>> {
        let rest = key.strip_prefix(self.before.as_str())?;
        let mut names = self.possible_names(rest);
        let shortest = names.next()?;
        Some(match names.next() {
            None => InKey::Name(shortest),
            Some(_) => InKey::Somewhere(rest),
        })
    }

    /// The longest registered name at the start of `rest`.
    pub fn longest<'a>(&self, rest: &str, registered: &'a Registered) -> Option<&'a str> {
        let names = self.possible_names(rest).filter_map(|name| registered.get(name));
        names.last().map(String::as_str)
    }

    /// The shortest possible name at the start of `rest`.
    pub fn shortest<'k>(&self, rest: &'k str) -> Option<&'k str> {
        self.possible_names(rest).next()
    }

    /// All possible names at the start of `rest`, shortest first.
    fn possible_names<'k>(&self, rest: &'k str) -> impl Iterator<Item = &'k str> {
        let run = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        (1..=run.min(63)).filter_map(move |length| {
            let (name, rest) = rest.split_at_checked(length)?;
            let rest = rest.strip_prefix(self.after.as_str())?;
            (rest.ends_with(self.suffix.as_str()) && is_sagemaker_name(name)).then_some(name)
        })
    }
}
