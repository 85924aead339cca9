//! `scalerctl smoke` after a deployment.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod all_well;
mod bucket_events;
mod control_plane;
mod documented;
mod function;
mod observed_input;
mod permissions;
#[path = "../harness/program.rs"]
mod program;
mod refusals;
mod run;
mod setup;
mod status;
mod subjects;
mod upload_rule;
