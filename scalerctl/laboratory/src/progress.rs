//! A progress bar on stderr, if stderr is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of this many steps, drawn by a template of indicatif.
pub fn bar(steps: u64, template: &str) -> ProgressBar {
    // indicatif draws on stderr, and draws nothing if that is not a terminal.
    let bar = ProgressBar::new(steps);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
