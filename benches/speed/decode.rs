//! Decoding: from a payload's text to signals, in this process.

use std::time::{Duration, Instant};

use reactive_scaler::signal::{decode, decode_text};
use serde_json::Value;

use crate::{figures::Figures, harness::uploads};

/// The minimum duration of a sample.
const ENOUGH: Duration = Duration::from_millis(100);

const SAMPLES: usize = 11;

pub fn table() {
    println!("\nDecoding an S3 notification: median (quartiles) of {SAMPLES}\n");
    println!(
        "| records | bytes | as it is read, µs | by a tree of values, µs | records per second |"
    );
    println!("|---|---|---|---|---|");
    for records in [1, 10_000] {
        let text = uploads(records).to_string();
        let read = time(|| decode_text(&text).unwrap().signals.len());
        let tree = time(|| {
            let payload: Value = serde_json::from_str(&text).unwrap();
            decode(&payload).unwrap().signals.len()
        });
        println!(
            "| {records} | {} | {} | {} | {:.0} |",
            text.len(),
            read.spread(),
            tree.spread(),
            records as f64 * 1e6 / read.median(),
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
