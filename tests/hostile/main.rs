//! Malicious and damaged payloads: the memory that decoding them takes, and the result.
//! Allocations are counted, so this is a separate program.
//!
//! | file | idea |
//! |---|---|
//! | `properties` | what holds for any bytes; shared with `fuzz/` |
//! | `mutations` | the files of `events/`, damaged at random |
//! | `large` | payloads that take the most memory |
//! | `many_messages` | the memory for an event for many endpoints in many messages |
//! | `routes` | only routed endpoints are read and changed |
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod large;
mod many_messages;
mod mutations;
mod properties;
mod routes;

use reactive_scaler::signal;
