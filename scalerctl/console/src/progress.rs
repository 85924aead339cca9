//! A progress indicator on stderr, only if stderr is a terminal.

use std::{borrow::Cow, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

/// A spinner with the current step.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Shows the spinner.
    pub fn start() -> Self {
        // indicatif draws on stderr, and draws nothing if stderr is not a terminal.
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(match ProgressStyle::with_template("{spinner} {msg}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// Shows nothing: output that is repeated shows its progress the first time.
    pub fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Shows the next step.
    pub fn step(&self, what: impl Into<Cow<'static, str>>) {
        self.0.set_message(what);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
