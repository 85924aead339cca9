//! `scalerctl status`, `plot` and `report` on an account in which the function is deployed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod documented;
mod fleet;
mod found;
mod function;
mod logs;
mod plot;
#[path = "../harness/program.rs"]
mod program;
mod refusals;
mod report;
mod results;
mod run;
mod setup;
mod status;
mod watch;
