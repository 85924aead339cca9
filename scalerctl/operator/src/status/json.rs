//! How endpoints stand, as JSON.

use serde_json::{Value, json};

use super::Seen;

fn value(seen: &Seen) -> Value {
    json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "at": seen.at,
        "next_tick": seen.next_tick(),
        "endpoints": seen.rows,
        "notes": seen.notes,
    })
}

/// One document.
pub fn of(seen: &Seen) -> String {
    format!("{:#}\n", value(seen))
}

/// One document in one line: of several, each has its own.
pub fn line(seen: &Seen) -> String {
    format!("{}\n", value(seen))
}
