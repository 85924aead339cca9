//! Decoding: from a payload's bytes to signals, in this process.

use std::time::{Duration, Instant};

use reactive_scaler::signal::decode;
use serde_json::Value;

use crate::{figures::Figures, harness::uploads};

/// What one sample takes at least.
const ENOUGH: Duration = Duration::from_millis(100);

const SAMPLES: usize = 11;

pub fn table() {
    println!("\nDecoding an S3 notification: median (quartiles) of {SAMPLES}\n");
    println!(
        "| records | bytes | bytes to signals, µs | of which signals, µs | records per second |"
    );
    println!("|---|---|---|---|---|");
    for records in [1, 10_000] {
        let payload = uploads(records);
        let bytes = payload.to_string().into_bytes();
        let whole = time(|| {
            let payload: Value = serde_json::from_slice(&bytes).unwrap();
            decode(&payload).unwrap().signals.len()
        });
        let signals = time(|| decode(&payload).unwrap().signals.len());
        println!(
            "| {records} | {} | {} | {} | {:.0} |",
            bytes.len(),
            whole.spread(),
            signals.spread(),
            records as f64 * 1e6 / whole.median(),
        );
    }
}

/// Microseconds per run.
fn time(run: impl Fn() -> usize) -> Figures {
    let sample = |_| {
        let begun = Instant::now();
        let mut runs = 0;
        while begun.elapsed() < ENOUGH {
            std::hint::black_box(run());
            runs += 1;
        }
        begun.elapsed().as_secs_f64() * 1e6 / f64::from(runs)
    };
    Figures((0..SAMPLES).map(sample).collect())
}
