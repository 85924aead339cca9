//! Table, JSON, CSV, and charts.

use std::{fs, path::PathBuf};

use super::*;

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("simulate-{name}"));
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn the_table_has_a_line_for_each_policy() {
    let text = stdout(&scalerctl(&["simulate", "--price-per-hour", "1.41"]));
    let (table, findings) = text.split_once("\n\n").unwrap();
    let names: Vec<&str> =
        table.lines().skip(2).filter_map(|line| line.split_whitespace().next()).collect();
    let expected = [
        "backlog-per-instance",
        "has-backlog",
        "aws-documented-pair",
        "always-on",
        "reactive-scaler",
        "reactive-scaler-with-results",
        "reactive-scaler-with-target-tracking",
    ];
    assert_eq!(names, expected, "{text}");
    assert_eq!(
        findings,
        "backlog-per-instance: no-way-out-of-zero: no policy scales out at zero instances: \
         ApproximateBacklogSizePerInstance has no datapoint there\n"
    );
    assert!(text.contains("never (1 arrivals)") && text.contains("4m 33s"), "{text}");
    assert!(!text.contains('\u{1b}'), "colour in a pipe");
}

#[test]
fn the_result_depends_on_the_seed_alone() {
    let run = |seed: &str| {
        let arguments =
            ["--workload", "sporadic", "--days", "2", "--provisioning", "3m..10m", "--seed", seed];
        outcome("reactive-scaler", &arguments)
    };
    assert_eq!(run("1"), run("1"));
    assert_ne!(run("1"), run("2"));
}

#[test]
fn the_csv_file_has_the_figures_of_the_json_document() {
    let folder = folder("csv");
    let file = folder.join("figures.csv");
    let file = file.to_str().unwrap();
    let output = scalerctl(&[
        "simulate",
        "--json",
        "--policy",
        "has-backlog,reactive-scaler",
        "--csv",
        file,
    ]);
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let text = fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = names.iter().position(|name| *name == "capacity_requested_p50").unwrap();
    let seen: Vec<f64> = document["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|policy| figure(&policy["outcome"], "/capacity_requested/p50"))
        .collect();
    // Names contain commas, so the column is counted from the end of the line.
    let from_end = names.len() - at;
    let in_csv: Vec<f64> =
        lines.map(|line| line.rsplit(',').nth(from_end - 1).unwrap().parse().unwrap()).collect();
    assert_eq!(in_csv, seen);
}

#[test]
fn each_policy_has_a_chart() {
    let folder = folder("svg");
    let path = folder.to_str().unwrap();
    stdout(&scalerctl(&["simulate", "--policy", "has-backlog,reactive-scaler", "--svg", path]));
    for (file, shown) in [
        (
            "has-backlog.svg",
            vec!["AlarmHigh HasBacklogWithoutCapacity", "what CloudWatch shows of it"],
        ),
        ("reactive-scaler.svg", vec!["lease", "backstop", "desired", "in service"]),
    ] {
        let svg = fs::read_to_string(folder.join(file)).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        for text in shown {
            assert!(svg.contains(text), "{text} is missing in {file}");
        }
    }
}

#[test]
fn arrivals_come_from_a_file() {
    let folder = folder("arrivals");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("arrivals.csv");
    fs::write(
        &file,
        "at,processing_seconds,inline\n2030-01-08T12:00:00Z,90,\n2030-01-08T12:00:01Z,,true\n",
    )
    .unwrap();
    let outcome = outcome("always-on", &["--arrivals", file.to_str().unwrap()]);
    assert_eq!(outcome["arrivals"], 2);
    assert_eq!(figure(&outcome, "/drained"), 135.0);
}
