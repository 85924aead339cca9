//! What every payload means: `decode` over the files in `events/` and over what goes wrong.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod alarm_queries;
mod alarms;
mod bus_and_results;
mod commands;
mod examples;
mod expected;
mod none_of_these;
mod s3;
mod said;
mod sent;
mod whatever_comes;
mod wrapped;

use proptest::prelude::*;
use reactive_scaler::signal::{
    self, Broken, Command, DecodeError, Decoded, Ignored, Signal, What, Why, decode_text,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use examples::meanings;
use expected::*;
use sent::*;

const FIRST: &str = "059f36b4-87a3-44ab-83d2-661975830a7d";
const SECOND: &str = "2e1424d4-f796-459a-8184-9c92662be6da";
const THIRD: &str = "b8bc4c1d-6a1e-4c0e-9a48-2f5f3c6e7d11";
const UPLOADED: &str = "2026-03-02T09:15:27.412Z";
const ON_THE_BUS: &str = "2026-03-02T09:15:28Z";
const ALARMED: &str = "2026-03-02T09:15:40.123Z";
const VERBATIM: &str = "async/in/1+1=2 100%25 café.json";

/// What a payload means: by the tree of its values, and the same by its text.
fn decode(payload: &Value) -> Result<Decoded, DecodeError> {
    let decoded = signal::decode(payload);
    assert_eq!(decode_text(&payload.to_string()), decoded, "{payload}");
    decoded
}
