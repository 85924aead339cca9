//! The function over a long time: memory does not grow, no input is lost, and the number of calls depends on the
//! awake endpoints.
//!
//! | file | idea |
//! |---|---|
//! | `day` | 24 hours in virtual time: warm containers, many endpoints, many uploads |
//! | `process` | the real process over loopback HTTP, invoked thousands of times |
//!
//! A normal run is scaled down; `ENDURANCE=full` asks for 24 hours, 1,000 endpoints, 1,000,000 uploads
//! and 20,000 invocations. Use an optimised build for that: see `docs/internals/testing.md`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod day;
#[allow(dead_code, unused_imports, reason = "other tests ask for more")]
#[path = "../harness/mod.rs"]
mod harness;
mod process;
#[allow(dead_code, reason = "other tests ask for more")]
#[path = "../proof/random.rs"]
mod random;

/// Whether the tests run at full size.
fn full() -> bool {
    match std::env::var("ENDURANCE").as_deref() {
        Err(_) => false,
        Ok("full") => true,
        Ok(other) => panic!("ENDURANCE={other}: it is `full` or not set"),
    }
}
