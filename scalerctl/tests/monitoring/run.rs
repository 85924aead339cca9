//! Runs the built `scalerctl` on a world.

use std::collections::BTreeSet;

use serde_json::Value;
use simulator::{LoopbackAws, Simulator};

use super::{program, setup::UNTIL};

/// The result.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub text: String,
    pub errors: String,
    /// The operations that were called.
    pub called: BTreeSet<String>,
}

/// Runs it at the end of the morning, in UTC, with 80 columns. Asserts that it writes
/// nothing.
pub async fn scalerctl(sim: &Simulator, arguments: &[&str]) -> Run {
    scalerctl_with(sim, &[], &[arguments, &["--now", UNTIL]].concat()).await
}

/// Runs it with additional variables, and without `--now`.
pub async fn scalerctl_with(
    sim: &Simulator,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> Run {
    sim.with(|world| world.clear_calls());
    let aws = LoopbackAws::start(sim.clone()).await.unwrap();
    let mut command = program::scalerctl(&aws.url);
    command
        .envs([("TZ", "UTC"), ("COLUMNS", "80")])
        .envs(variables.iter().copied())
        .args(arguments);
    let output = command.output().await.unwrap();
    let called = sim.with(|world| {
        assert!(world.writes().is_empty(), "{:?}", world.writes());
        world.journal.calls().map(|call| call.operation.as_str().to_owned()).collect()
    });
    Run {
        code: output.status.code(),
        text: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
        called,
    }
}

impl Run {
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}{}", self.text, self.errors))
    }

    /// Asserts that it succeeded and printed these parts.
    pub fn assert_says(&self, parts: &[&str]) {
        assert_eq!(self.code, Some(0), "{}{}", self.text, self.errors);
        for part in parts {
            assert!(self.text.contains(part), "no {part:?} in:\n{}", self.text);
        }
    }

    /// Asserts that it failed with this exit code and printed these parts.
    pub fn assert_refused(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}{}", self.text, self.errors);
        for part in parts {
            assert!(self.errors.contains(part), "no {part:?} in:\n{}", self.errors);
        }
    }

    /// Asserts that no line is wider than this.
    pub fn assert_fits(&self, columns: usize) {
        let widest = self.text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns, "{widest} columns:\n{}", self.text);
    }
}
