//! Malicious and damaged payloads: the memory that decoding them takes, and the result.
//! Allocations are counted, so this is a separate program.
//!
//! | file | idea |
//! |---|---|
//! | `properties` | what holds for any bytes; shared with `fuzz/` |
//! | `mutations` | the files of `events/`, damaged at random |
//! | `large` | what takes the most memory that we can think of |
//! | `many_messages` | what an event for many endpoints in many messages takes |
//! | `routes` | nothing but a routed endpoint is ever acted on |
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod large;
mod many_messages;
mod mutations;
mod properties;
mod routes;

use reactive_scaler::signal;
