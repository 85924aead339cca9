//! The timeline's colours.

use anstyle::{AnsiColor, Style};

use super::timeline::Kind;
pub use scalerctl_common::style::{BAD, DIM, GOOD, HEADING, paint};

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
