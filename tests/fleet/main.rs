//! Routes that cover more than one endpoint: the real scaler on the model of AWS.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod busy_ticks;
mod captured;
mod invocations;
mod keys;
mod models;
mod outages;
mod patterns;
mod refused;
mod right_sized;
mod setup;
mod slow;
mod slow_aws;
mod stored;
mod ticks;
mod turns;
mod unknown;
mod waits;
mod with_results;
