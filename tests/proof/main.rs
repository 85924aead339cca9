//! Random worlds: each seed results in a plan. The real scaler runs on the simulator with the
//! faults of the plan. Oracles check the rules of `docs/internals/design.md`.
//! `docs/internals/testing.md` explains how to run, replay and extend these tests.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod all_worlds;
mod broken_ledger;
mod broken_ledger_memory;
mod broken_list;
mod broken_scalers;
mod budget;
mod call;
mod call_gate;
mod event_log;
mod faults;
mod generate;
mod generate_common;
mod generate_fleet;
mod generate_results;
mod generate_results_more;
mod ledger_port;
mod long_job;
mod oracles;
mod outside_changes;
mod payload;
mod plan;
mod port;
mod random;
mod report;
mod run;
mod runner;
mod sensitivity;
mod settings;
mod shrink;
mod state_history;
mod timeline;
mod trails;
