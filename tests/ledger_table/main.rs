//! The ledger's table: the AWS SDK's adapter over HTTP has the same effect as the simulated table in process. The
//! servers are the simulator, moto, and dynalite, which are independent of each other.
//!
//! | file | content |
//! |---|---|
//! | `sequence` | random calls, and what they must answer |
//! | `servers` | the same calls on each server |
//! | `calls` | how many calls the adapter makes, and what it sends |
//! | `failures` | faults, limits, retries, time-outs |
//! | `refused` | what the simulator's HTTP interface refuses |
//! | `burst` | 10,000 uploads and results at once |
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod burst;
mod calls;
mod failures;
mod refused;
mod sequence;
mod servers;
mod setup;

#[path = "../harness/dynalite_server.rs"]
mod dynalite_server;
#[allow(dead_code, reason = "The table needs no endpoint.")]
#[path = "../harness/moto_clients.rs"]
mod moto_clients;
#[allow(dead_code, reason = "The table needs no other clients.")]
#[path = "../harness/moto_server.rs"]
mod moto_server;
