//! The few colours. Whoever prints decides whether they are shown.

use anstyle::{AnsiColor, Style};

/// Headings.
pub const HEADING: Style = Style::new().bold();

/// What matters less.
pub const DIM: Style = Style::new().dimmed();

/// What went well.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();

/// What did not.
pub const BAD: Style = AnsiColor::Red.on_default().bold();

/// What was left out, or is worth a look.
pub const NOTE: Style = AnsiColor::Yellow.on_default();

/// A text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
