//! `scalerctl smoke` after a deployment.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod all_well;
mod bucket_events;
mod control_plane;
mod documented;
mod function;
mod observed_input;
mod permissions;
// Other tests use the rest of this module.
#[allow(dead_code)]
#[path = "../harness/pasted.rs"]
mod pasted;
#[path = "../harness/program.rs"]
mod program;
mod refusals;
mod run;
mod same_account;
mod setup;
mod status;
mod subjects;
mod upload_rule;
