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
    for wide in [&[][..], &["--wide"]] {
        has_a_line_for_each_policy(&[&["simulate", "--price-per-hour", "1.41"], wide].concat());
    }
}

fn has_a_line_for_each_policy(arguments: &[&str]) {
    let text = stdout(&scalerctl(arguments));
    let [_, conditions, table, _, findings] =
        text.splitn(5, "\n\n").collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(
        conditions,
        "Workload: single, 1 request. At most 4 instances. Seed 1.\n\
         Billed, for every policy: 2030-01-07 00:00 to 2030-01-08 00:00 UTC (24h)."
    );
    let names = table.lines().filter_map(|line| line.split_whitespace().next());
    let names: Vec<&str> = names.skip_while(|name| *name != "backlog-per-instance").collect();
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
        "backlog-per-instance: no-way-out-of-zero: no policy scales out at zero\n\
         instances: ApproximateBacklogSizePerInstance has no datapoint there\n"
    );
    let shown = match arguments.contains(&"--wide") {
        true => ["never (1 arrivals)", "4m 33s / 4m 33s / 4m 33s"],
        false => ["never", "4m33s"],
    };
    assert!(shown.iter().all(|shown| table.contains(shown)), "{text}");
    assert!(!text.contains('\u{1b}'), "colour in a pipe");
}

/// With the longest names, and with costs and times of many digits.
#[test]
fn the_table_fits_80_columns() {
    for arguments in [
        &["--workload", "burst", "--inputs-per-instance", "200"][..],
        &["--workload", "sporadic", "--days", "3", "--price-per-hour", "1234"],
    ] {
        let text = stdout(&scalerctl(&[&["simulate"], arguments].concat()));
        fits(&text);
        let [_, _, table, legend, _] =
            text.splitn(5, "\n\n").collect::<Vec<_>>().try_into().unwrap();
        // The legend has each column after the name of the policy.
        let columns = table.lines().next().unwrap().split_whitespace().skip(1);
        for column in columns {
            assert!(legend.contains(column), "{column}: {legend}");
        }
    }
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
    // A name is that of a number, or has a unit. The price is in the currency of --price-per-hour.
    let known = [
        "policy",
        "name",
        "policies_not_played",
        "arrivals",
        "arrivals_at_zero",
        "never_requested",
        "completed",
        "expired",
        "killed",
        "unfinished",
        "most_instances",
        "price",
        "api_calls",
    ];
    let has_unit = |name: &&str| name.ends_with("_seconds") || name.ends_with("_hours");
    assert!(names.iter().all(|name| has_unit(name) || known.contains(name)), "{names:?}");
    let at = names.iter().position(|name| *name == "capacity_requested_p50_seconds").unwrap();
    let seen: Vec<f64> = document["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|policy| figure(&policy["outcome"], "/capacity_requested_seconds/p50"))
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
    assert_eq!(figure(&outcome, "/drained_seconds"), 135.0);
}
