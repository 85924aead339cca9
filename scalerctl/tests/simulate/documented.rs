//! docs/reference.md has the policies and the workloads of the help, with the same descriptions.

use std::{fs, path::Path};

use serde_json::Value;

use super::{scalerctl, stdout};

/// The cells of each row of a section of docs/reference.md.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference.md");
    let page = fs::read_to_string(page).unwrap();
    let section = page.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = |row: &str| row.trim_end_matches(" |").split(" | ").map(str::to_owned).collect();
    rows.map(|row| cells(&row.replacen('`', "", 1))).collect()
}

/// The possible values of an option, each with its description.
fn values(option: &str) -> Vec<[String; 2]> {
    let help = stdout(&scalerctl(&["simulate", "--help"]));
    let (_, values) = help.split_once(&format!("      --{option} <")).unwrap();
    let (_, values) = values.split_once("Possible values:\n").unwrap();
    let values = values.lines().map_while(|line| line.trim_start().strip_prefix("- "));
    values
        .map(|value| value.split_once(':').unwrap())
        .map(|(name, text)| [name.to_owned(), text.trim_start().to_owned()])
        .collect()
}

#[test]
fn the_page_has_each_workload_of_the_help() {
    assert_eq!(rows("Workloads of simulate"), values("workload"));
}

#[test]
fn the_page_has_each_policy_of_the_help() {
    let listed: Vec<_> = rows("Policies of simulate")
        .into_iter()
        .map(|row| [row[0].clone(), row[1].clone()])
        .collect();
    assert_eq!(listed, values("policy"));
}

/// The last column has the link to the page that a policy is taken from.
#[test]
fn the_page_has_the_sources_of_the_policies() {
    for row in rows("Policies of simulate") {
        let link = row.get(2).and_then(|cell| cell.split_once("](")?.1.strip_suffix(')'));
        if ["own", "reactive-scaler-per-input", "reactive-scaler-batched"]
            .contains(&row[0].as_str())
        {
            assert_eq!(link, None, "{row:?}");
            continue;
        }
        let document = stdout(&scalerctl(&["simulate", "--json", "--policy", &row[0]]));
        let document: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(document["policies"][0]["source"].as_str(), link, "{row:?}");
    }
}
