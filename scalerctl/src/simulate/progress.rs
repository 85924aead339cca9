//! A bar on stderr while policies are played; none where stderr is no terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many policies; its message is the one that is played.
pub fn bar(policies: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(policies).unwrap_or(u64::MAX));
    match ProgressStyle::with_template("{bar:30} {pos} of {len}  {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
