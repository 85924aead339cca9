//! Patterns of endpoint names.

use wildmatch::WildMatchPattern;

/// `*` stands for any characters, none included; everything else for itself. Names are compared as
/// they are written.
pub fn matches(pattern: &str, name: &str) -> bool {
    // `?` is no character of a name, and has no meaning of its own here.
    WildMatchPattern::<'*', '?'>::new(pattern).matches(name)
}
