//! Runs the built `scalerctl` on an account.

use serde_json::Value;
use simulator::{LoopbackAws, Simulator};

use super::program;

/// The result.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub text: String,
    pub errors: String,
    /// The operations that write, in order.
    pub writes: Vec<&'static str>,
}

/// Runs it, and records what it wrote.
pub async fn scalerctl(sim: &Simulator, arguments: &[&str]) -> Run {
    scalerctl_with_path(sim, "/nonexistent", arguments).await
}

/// The same, with this `PATH`.
pub async fn scalerctl_with_path(sim: &Simulator, path: &str, arguments: &[&str]) -> Run {
    sim.with(|world| world.clear_calls());
    let aws = LoopbackAws::start(sim.clone()).await.unwrap();
    let mut command = program::scalerctl(&aws.url);
    let output = command.env("PATH", path).args(arguments).output().await.unwrap();
    let writes =
        sim.with(|world| world.writes().iter().map(|call| call.operation.as_str()).collect());
    Run {
        code: output.status.code(),
        text: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
        writes,
    }
}

impl Run {
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}{}", self.text, self.errors))
    }

    /// Asserts the exit code, and that each part is printed.
    pub fn assert(&self, code: i32, parts: &[&str]) {
        let all = format!("{}{}", self.text, self.errors);
        assert_eq!(self.code, Some(code), "{all}");
        for part in parts {
            assert!(all.contains(part), "{part}: {all}");
        }
    }

    /// Asserts that nothing was written.
    pub fn assert_no_write(&self) {
        assert!(self.writes.is_empty(), "{:?}: {}{}", self.writes, self.text, self.errors);
    }
}
