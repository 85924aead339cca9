//! The text styles.

use anstyle::{AnsiColor, Style};

/// Headings.
pub const HEADING: Style = Style::new().bold();

/// Less important text.
pub const DIM: Style = Style::new().dimmed();

/// Success.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();

/// Failure.
pub const BAD: Style = AnsiColor::Red.on_default().bold();

/// Notes and skipped checks.
pub const NOTE: Style = AnsiColor::Yellow.on_default();

/// A text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
