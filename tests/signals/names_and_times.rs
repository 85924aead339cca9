//! Imports, names, times and functions that the tests share.

pub use proptest::prelude::*;
pub use reactive_scaler::ledger::Location;
pub use reactive_scaler::signal::{
    self, Broken, Command, DecodeError, Decoded, Ignored, Signal, What, Why, decode_text,
};
pub use serde_json::{Map, Value, json};
pub use std::collections::BTreeSet;
pub use std::fs;
pub use std::path::PathBuf;

pub const FIRST: &str = "059f36b4-87a3-44ab-83d2-661975830a7d";
pub const SECOND: &str = "2e1424d4-f796-459a-8184-9c92662be6da";
pub const THIRD: &str = "b8bc4c1d-6a1e-4c0e-9a48-2f5f3c6e7d11";
pub const UPLOADED: &str = "2026-03-02T09:15:27.412Z";
pub const SEQUENCER: &str = "0065E2F0DF61C2A4B1";
pub const RECEIVED: &str = "2026-03-02T09:15:30.001Z";
pub const ON_THE_BUS: &str = "2026-03-02T09:15:28Z";
pub const INVOKED: &str = "2026-03-02T09:15:31Z";
pub const ALARMED: &str = "2026-03-02T09:15:40.123Z";
pub const VERBATIM: &str = "async/in/1+1=2 100%25 café.json";

/// Decodes a payload from its value, and checks that its text is decoded in the same way.
pub fn decode(payload: &Value) -> Result<Decoded, DecodeError> {
    let decoded = signal::decode(payload);
    assert_eq!(decode_text(&payload.to_string()), decoded, "{payload}");
    decoded
}
