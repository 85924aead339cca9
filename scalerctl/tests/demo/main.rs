//! `scalerctl demo`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod exit_code;
mod help;
mod invalid_arguments;
mod json;
mod replay;
mod results;
mod text;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

fn scalerctl(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scalerctl")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn document(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    serde_json::from_str(&stdout(output)).unwrap()
}

fn demo() -> Value {
    document(&scalerctl(&["demo", "--json"]))
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn replayed(files: &[&str]) -> Output {
    let paths: Vec<String> =
        files.iter().map(|file| events().join(file).display().to_string()).collect();
    let mut arguments = vec!["demo", "--json"];
    for path in &paths {
        arguments.extend(["--events", path]);
    }
    scalerctl(&arguments)
}

/// Asserts that the text has these parts, in this order.
fn assert_in_order(text: &str, wanted: &[&str]) {
    let mut rest = text;
    for part in wanted {
        let found =
            rest.find(part).unwrap_or_else(|| panic!("{part:?} is missing or too early:\n{text}"));
        rest = &rest[found + part.len()..];
    }
}
