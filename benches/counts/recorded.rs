//! The recorded figures, and the difference that is a regression.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::{Value, json};

use crate::scenario::Calls;

/// Instructions may grow by that much, in percent: another release of the compiler or of the C library
/// stays below it.
const TOLERANCE: u64 = 10;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/counts/recorded.json")
}

/// Instructions and calls by scenario.
#[derive(Debug, Default)]
pub struct Recorded(BTreeMap<String, (u64, Calls)>);

impl Recorded {
    pub fn insert(&mut self, scenario: &str, instructions: u64, calls: Calls) {
        self.0.insert(scenario.to_owned(), (instructions, calls));
    }

    pub fn read() -> Self {
        let text = std::fs::read_to_string(file()).expect("benches/counts/recorded.json");
        let all: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
        let entry = |(name, value): (String, Value)| {
            let calls = serde_json::from_value(value["calls"].clone()).unwrap();
            (name, (value["instructions"].as_u64().unwrap(), calls))
        };
        Self(all.into_iter().map(entry).collect())
    }

    pub fn write(&self) {
        let entry = |(name, (instructions, calls)): (&String, &(u64, Calls))| {
            (name.clone(), json!({ "instructions": instructions, "calls": calls }))
        };
        let all: BTreeMap<String, Value> = self.0.iter().map(entry).collect();
        let text = serde_json::to_string_pretty(&all).unwrap();
        println!("{text}");
        std::fs::write(file(), text + "\n").unwrap();
    }

    /// Prints both. Returns the number of scenarios with a regression.
    pub fn against(&self, recorded: &Self) -> usize {
        let mut worse = 0;
        for (name, (instructions, calls)) in &self.0 {
            let Some((before, calls_before)) = recorded.0.get(name) else {
                println!("{name}: not recorded yet; run it with `record`");
                worse += 1;
                continue;
            };
            let limit = before + before * TOLERANCE / 100;
            let mut said = String::new();
            if *instructions > limit {
                said += &format!("; MORE than {limit} INSTRUCTIONS");
            }
            if calls != calls_before {
                said += &format!("; OTHER CALLS than {calls_before:?}");
            }
            worse += usize::from(!said.is_empty());
            println!("{name}: {instructions} instructions (recorded {before}), {calls:?}{said}");
        }
        worse
    }
}
