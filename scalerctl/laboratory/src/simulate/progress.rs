//! A bar on stderr while policies are played; none where stderr is no terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many simulated hours; its message is the policy that is played.
pub fn bar(hours: u64) -> ProgressBar {
    let bar = ProgressBar::new(hours);
    match ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
