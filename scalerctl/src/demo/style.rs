//! The demo's few colours. Whoever prints decides whether they are shown.

use anstyle::{AnsiColor, Style};

use super::timeline::Kind;

/// Headings.
pub const HEADING: Style = Style::new().bold();

/// What matters less.
pub const DIM: Style = Style::new().dimmed();

/// What went well.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();

/// What did not.
pub const BAD: Style = AnsiColor::Red.on_default().bold();

/// The style of a line of the timeline.
pub fn of(kind: Kind) -> Style {
    match kind {
        Kind::Upload | Kind::Event => HEADING,
        Kind::ScaleOut | Kind::InService | Kind::Completed => AnsiColor::Green.on_default(),
        Kind::ScaleIn | Kind::AtZero => AnsiColor::Cyan.on_default(),
        Kind::Lease | Kind::LeaseOver | Kind::Floor => AnsiColor::Yellow.on_default(),
        Kind::Tick => DIM,
        Kind::Backlog | Kind::Picked | Kind::ScheduledAction | Kind::Other => Style::new(),
    }
}

/// A text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
