//! The table of shapes, which the code reads when the first request arrives.

use regex_lite::Regex;
use serde_json::{Map, Value};

const SHAPES: &str = include_str!("../../src/http/wire/shapes.json");

/// A pattern that cannot be compiled would not be checked.
#[test]
fn the_patterns_of_the_table_compile() {
    let table: Map<String, Value> = serde_json::from_str(SHAPES).unwrap();
    let mut compiled = 0;
    for (service, row) in &table {
        for (name, shape) in row["shapes"].as_object().unwrap() {
            let Some(pattern) = shape["pattern"].as_str() else { continue };
            if shape["unchecked"] != true {
                let regex = Regex::new(&format!("^(?:{pattern})$"));
                assert!(regex.is_ok(), "{service} {name}: {pattern}");
                compiled += 1;
            }
        }
    }
    assert!(compiled > 50, "{compiled}");
}
