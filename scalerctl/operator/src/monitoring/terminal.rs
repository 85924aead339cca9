//! The width of the terminal.

/// Width if neither `COLUMNS` nor the terminal gives one.
const USUAL: usize = 80;

/// Minimum width of the output.
const NARROWEST: usize = 40;

/// Maximum width of the output.
const WIDEST: usize = 500;

/// The width in columns: `COLUMNS`, else the terminal's width, else 80.
pub fn width() -> usize {
    let named = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = || console::Term::stdout().size_checked().map(|(_, columns)| columns.into());
    named.or_else(measured).unwrap_or(USUAL).clamp(NARROWEST, WIDEST)
}
