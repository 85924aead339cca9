//! The ledger: input locations, items, the verdict, and the calls on the simulated table. The rules are those of
//! `docs/internals/ledger.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod calls;
mod faults;
mod items;
mod locations;
mod setup;
mod verdicts;
