//! The decoder on whatever libFuzzer makes of `events/`, checked as in `tests/hostile/`.
//!
//! The decoder's source is taken in as it is: the crate around it brings the AWS SDK, which takes
//! many minutes to build with instrumentation and is never reached from here.
#![no_main]

#[allow(dead_code, reason = "the rest of the crate is not here")]
#[path = "../../src/signal/mod.rs"]
mod signal;

#[allow(dead_code, reason = "tests/hostile/ asks for more")]
#[path = "../../tests/hostile/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::check_wrapped_too(bytes));
