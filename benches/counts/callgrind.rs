//! The program under callgrind.

use std::{
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use tokio::process::Command;

use crate::harness::{Function, ROUTE, TestWorld, program};

/// What Lambda always sets: without it, the program would start itself again.
pub const LAMBDA: [(&str, &str); 4] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "reactive-scaler"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_REGION", "eu-west-1"),
];

/// A function whose instructions are counted.
pub struct Counted {
    pub function: Function,
    log: PathBuf,
}

impl Counted {
    pub async fn start(test_world: &TestWorld) -> Self {
        static RUNS: AtomicU64 = AtomicU64::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let name = format!("callgrind-{}-{run}", process::id());
        let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut command = Command::new("/usr/bin/valgrind");
        command
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(format!("--log-file={}", log.display()))
            .arg(program());
        let function = Function::start_as(command, test_world.url(), ROUTE, &LAMBDA).await;
        Self { function, log }
    }

    /// Ends the program. Returns its number of instructions.
    pub async fn end(self) -> u64 {
        let id = self.function.id().to_string();
        let ended = process::Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(ended.success(), "kill -TERM {id}");
        self.function.ended().await;
        let log = std::fs::read_to_string(&self.log).unwrap();
        std::fs::remove_file(&self.log).unwrap();
        let line = log.lines().find_map(|line| line.split_once("Collected :"));
        let (_, count) = line.unwrap_or_else(|| panic!("callgrind counted nothing:\n{log}"));
        count.trim().parse().unwrap()
    }
}
