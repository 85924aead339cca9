//! `scalerctl simulate` and `scalerctl explain`.
//!
//! | file | contents |
//! |---|---|
//! | `reported_delays` | delays that users report of the policies of AWS |
//! | `function_figures` | figures of the function |
//! | `user_policies` | policies of the user, in the JSON format of the AWS CLI |
//! | `own_files`, `own_templates`, `own_metric_math`, `own_run` | the other kinds of files that people have |
//! | `calibration` | delays that were measured on a live endpoint |
//! | `output` | table, JSON, CSV, charts |
//! | `verdict` | the first lines: which policy wins |
//! | `horizon` | until when policies are billed |
//! | `documented` | the tables of docs/reference.md |
//! | `habits` | the idle windows of other services |
//! | `published_bills` | two bills that others published |
//! | `explain` | `explain` |
//! | `invalid_arguments` | arguments that are not valid |
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calibration;
mod demo_figures;
mod documented;
mod explain;
mod function_figures;
mod habits;
mod horizon;
mod invalid_arguments;
mod output;
mod own_files;
mod own_metric_math;
mod own_run;
mod own_templates;
mod published_bills;
mod reported_delays;
mod user_policies;
mod verdict;

use std::process::{Command, Output};

use serde_json::Value;

fn scalerctl(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scalerctl")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Asserts that no line is wider than a terminal of 80 columns.
fn fits(text: &str) {
    let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 80, "{widest} columns:\n{text}");
}

/// The figures of a policy.
fn outcome(policy: &str, arguments: &[&str]) -> Value {
    let mut all = vec!["simulate", "--json", "--policy", policy];
    all.extend(arguments);
    let document: Value = serde_json::from_str(&stdout(&scalerctl(&all))).unwrap();
    let [only] = document["policies"].as_array().unwrap().as_slice() else { panic!("{document}") };
    only["outcome"].clone()
}

/// One of these figures.
fn figure(outcome: &Value, pointer: &str) -> f64 {
    outcome
        .pointer(pointer)
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("{pointer}: {outcome}"))
}
