//! The meaning of payloads: `decode` with the files of `events/` and with invalid payloads.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod alarm_queries;
mod alarms;
mod bus_and_results;
mod commands;
mod examples;
mod expected;
mod invocations;
mod messages;
mod names_and_times;
mod none_of_these;
mod properties;
mod s3;
mod sent;
mod wrapped;
