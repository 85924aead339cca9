//! Patterns of endpoint names.

use wildmatch::WildMatchPattern;

/// `*` matches any number of characters, including none. The comparison is case-sensitive.
// `?` cannot occur in a name, so it has no special meaning here.
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
