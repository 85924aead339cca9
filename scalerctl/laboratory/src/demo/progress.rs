//! A bar on stderr while simulated time passes; none where stderr is no terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of so many simulated minutes; its message is the simulated time.
pub fn bar(minutes: u64) -> ProgressBar {
    // indicatif draws on stderr, and nothing at all where that is no terminal.
    let bar = ProgressBar::new(minutes);
    match ProgressStyle::with_template("simulated time {msg} UTC {bar:40}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
