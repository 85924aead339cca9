//! The endpoint's name within an object's key.

use super::names::{Registered, is_sagemaker_name};

/// What stands for the name, in a route's `endpoint` and `prefix`.
pub const PLACE: &str = "{endpoint}";

/// The form of a route's keys: where the name stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyForm {
    before: String,
    after: String,
    suffix: String,
}

/// What a key of the route's form says of the endpoint's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InKey<'k> {
    /// This is the name, whatever is registered.
    Name(&'k str),
    /// Where it ends depends on what is registered: the key from the name's place on.
    Somewhere(&'k str),
}

impl KeyForm {
    /// Reads a route's prefix and suffix; `None` where the prefix has no place for the name.
    pub fn new(prefix: &str, suffix: &str) -> Option<Self> {
        let (before, after) = prefix.split_once(PLACE)?;
        Some(Self { before: before.to_owned(), after: after.to_owned(), suffix: suffix.to_owned() })
    }

    /// What the key says of the name; `None` where it does not have the route's form, or no name can
    /// stand there.
    ///
    /// A name holds no `/`, so the place never crosses one; and where `after` begins with one, only one
    /// name can stand there.
    pub fn look<'k>(&self, key: &'k str) -> Option<InKey<'k>> {
        let rest = key.strip_prefix(self.before.as_str())?;
        let mut names = self.possible_names(rest);
        let shortest = names.next()?;
        Some(match names.next() {
            None => InKey::Name(shortest),
            Some(_) => InKey::Somewhere(rest),
        })
    }

    /// The registered name that stands at the beginning of `rest`; of several, the longest.
    pub fn longest<'a>(&self, rest: &str, registered: &'a Registered) -> Option<&'a str> {
        let names = self.possible_names(rest).filter_map(|name| registered.get(name));
        names.last().map(String::as_str)
    }

    /// The shortest name that can stand at the beginning of `rest`.
    pub fn shortest<'k>(&self, rest: &'k str) -> Option<&'k str> {
        self.possible_names(rest).next()
    }

    /// Every name that can stand at the beginning of `rest`, the shortest first.
    fn possible_names<'k>(&self, rest: &'k str) -> impl Iterator<Item = &'k str> {
        let run = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        (1..=run.min(63)).filter_map(move |length| {
            let (name, rest) = rest.split_at_checked(length)?;
            let rest = rest.strip_prefix(self.after.as_str())?;
            (rest.ends_with(self.suffix.as_str()) && is_sagemaker_name(name)).then_some(name)
        })
    }
}
