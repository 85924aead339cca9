//! Figures that do not depend on the load of the machine: AWS calls by name, and instructions, for each scenario.
//! They are compared with the figures in `benches/counts/recorded.json`.
//!
//!     SCALER_PROGRAM=.../bootstrap cargo test --bench counts                # compares
//!     SCALER_PROGRAM=.../bootstrap cargo test --bench counts -- record      # records
//!
//! The program, a release build, runs as a process under callgrind, and each scenario once more
//! without it, for its calls. Instructions of a scenario are those of a run with it, less those
//! of a run without.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[allow(dead_code, unused_imports)]
#[path = "../../tests/harness/mod.rs"]
mod harness;

mod callgrind;
mod recorded;
mod scenario;

use std::process::ExitCode;

use recorded::Recorded;
use scenario::{SCENARIOS, Scenario};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let record = std::env::args().any(|argument| argument == "record");
    let mut measured = Recorded::default();
    let mut start = 0;
    for scenario in SCENARIOS {
        let (instructions, calls) = scenario.measure(start).await;
        if *scenario == Scenario::Start {
            start = instructions;
        }
        measured.insert(scenario.name(), instructions, calls);
    }
    if record {
        measured.write();
        return ExitCode::SUCCESS;
    }
    match measured.against(&Recorded::read()) {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
