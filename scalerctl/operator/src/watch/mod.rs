//! `--watch`: what a command that only reads shows, once or repeatedly.

mod screen;

use std::time::Duration;

use clap::Args;

use scalerctl_console::{Failure, numbers::whole_number, times::duration::whole_seconds};
use screen::Screen;

/// Options of the commands that can repeat.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct WatchArgs {
    /// Refresh every SECONDS, until Ctrl-C. A duration such as 1m also works
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "5",
          value_parser = whole_seconds::<u64>(1..=3600))]
    pub watch: Option<u64>,

    /// With --watch: stop after N times
    #[arg(long, value_name = "N", requires = "watch",
          value_parser = whole_number::<u64>(1..=u64::MAX.into(), ""))]
    pub times: Option<u64>,
}

/// What a command shows, and its result.
#[derive(Debug)]
pub struct Shown {
    /// For stdout.
    pub text: String,
    /// For stderr.
    pub beside: String,
    /// The result of the command, if this is the last time.
    pub result: Result<(), Failure>,
}

impl WatchArgs {
    /// A JSON document as text. If it is repeated, each document has one line.
    pub fn json(self, document: String) -> String {
        let one_line = |document: &str| {
            let value: serde_json::Value = serde_json::from_str(document).ok()?;
            Some(format!("{value}\n"))
        };
        self.watch.and_then(|_| one_line(&document)).unwrap_or(document)
    }

    /// Shows what `read` returns, once or repeatedly until Ctrl-C. On a terminal, text replaces the last one.
    ///
    /// # Errors
    ///
    /// The failure of `read`, or the result that was shown last.
    pub async fn show(
        self,
        is_json: bool,
        read: impl AsyncFnMut() -> Result<Shown, Failure>,
    ) -> Result<(), Failure> {
        tokio::select! {
            done = self.repeated(is_json, read) => done,
            // Without --watch, Ctrl-C ends the process as usual.
            interrupted = tokio::signal::ctrl_c(), if self.watch.is_some() => {
                interrupted.map_err(|error| Failure::NotOk(format!("cannot wait: {error}")))
            }
        }
    }

    async fn repeated(
        self,
        is_json: bool,
        mut read: impl AsyncFnMut() -> Result<Shown, Failure>,
    ) -> Result<(), Failure> {
        let mut screen = Screen::new(self.watch.is_some() && !is_json);
        let mut count = 0;
        loop {
            let Shown { text, beside, result } = read().await?;
            screen.show(&text)?;
            if !beside.is_empty() {
                anstream::eprint!("{beside}");
            }
            count += 1;
            let Some(seconds) = self.watch else { return result };
            if self.times.is_some_and(|times| count >= times) {
                return result;
            }
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }
}
