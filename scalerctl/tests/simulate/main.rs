//! `scalerctl simulate` and `scalerctl explain`, as a person runs them.
//!
//! | file | idea |
//! |---|---|
//! | `published` | what people report of AWS's policies comes out of the documented delays alone |
//! | `own_figures` | the function's figures, and that it is the real one |
//! | `own_policies` | the user's own policies from the JSON of the AWS CLI |
//! | `calibration` | figures that were measured on a live endpoint |
//! | `output` | table, JSON, CSV, pictures |
//! | `story` | `explain` |
//! | `refused` | what cannot be used |
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calibration;
mod output;
mod own_figures;
mod own_policies;
mod published;
mod refused;
mod story;

use std::process::{Command, Output};

use serde_json::Value;

fn scalerctl(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scalerctl")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The outcome of a policy.
fn outcome(policy: &str, arguments: &[&str]) -> Value {
    let mut all = vec!["simulate", "--json", "--policy", policy];
    all.extend(arguments);
    let document: Value = serde_json::from_str(&stdout(&scalerctl(&all))).unwrap();
    let [only] = document["policies"].as_array().unwrap().as_slice() else { panic!("{document}") };
    only["outcome"].clone()
}

/// A figure of an outcome, in seconds.
fn figure(outcome: &Value, pointer: &str) -> f64 {
    outcome
        .pointer(pointer)
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("{pointer}: {outcome}"))
}
