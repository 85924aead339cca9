//! Patterns of endpoint names.

use wildmatch::WildMatchPattern;

/// `*` stands for any characters, none included; everything else for itself. Names are compared as
/// they are written.
// `?` is no character of a name, and has no meaning of its own here.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(WildMatchPattern<'*', '?'>);

impl Eq for Pattern {}

impl Pattern {
    /// Reads a pattern.
    pub fn new(pattern: &str) -> Self {
        Self(WildMatchPattern::new(pattern))
    }

    /// Whether the name matches.
    pub fn matches(&self, name: &str) -> bool {
        self.0.matches(name)
    }
}
