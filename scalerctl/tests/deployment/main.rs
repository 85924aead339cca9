//! The commands that deploy the function and register endpoints: the built program on the simulated AWS.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buckets;
mod dashboard;
mod deploy;
mod documented;
mod fake_sam;
mod help;
mod local_aws;
mod preflight;
#[path = "../harness/program.rs"]
mod program;
mod register;
mod run;
mod setup;
#[cfg(target_os = "linux")]
mod terminal;
mod twice;
mod undeploy;
mod unregister;
