//! How wide the terminal is.

/// Where nothing is known.
const USUAL: usize = 80;

/// Narrower than that, nothing is laid out.
const NARROWEST: usize = 40;

/// `COLUMNS`, else the terminal's width, else 80.
pub fn width() -> usize {
    let named = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let seen = || console::Term::stdout().size_checked().map(|(_, columns)| columns.into());
    named.or_else(seen).unwrap_or(USUAL).max(NARROWEST)
}
