//! What is being asked, on stderr; nothing where stderr is no terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A wheel that turns beside what is being asked.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Begins to turn.
    pub fn start() -> Self {
        // indicatif draws on stderr, and nothing at all where that is no terminal.
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(match ProgressStyle::with_template("{spinner} {msg}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// What is asked next.
    pub fn asks(&self, what: &'static str) {
        self.0.set_message(what);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
