//! `docs/contract.json` contains all names that users and the deployment rely on, for tools and templates. It is
//! generated from the code.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use reactive_scaler::{
    aws::{ACTIONS, LEDGER_ACTIONS, ROUTES_ACTIONS},
    config::SETTINGS,
    lease::{HOLD, LEASE, WORK},
    reason::Reason,
    report::{DIMENSION, METRICS, NAMESPACE},
};
use serde_json::{Value, json};

const REWRITE: &str = "REWRITE_CONTRACT";

fn contract() -> Value {
    let metrics: Vec<Value> =
        METRICS.iter().map(|(name, unit)| json!({ "name": name, "unit": unit })).collect();
    let variables: Vec<Value> = SETTINGS
        .iter()
        .map(|setting| {
            json!({
                "name": setting.variable,
                "meaning": setting.meaning,
                "default": setting.default,
            })
        })
        .collect();
    let reasons: Vec<Value> = Reason::ALL
        .iter()
        .map(|reason| json!({ "name": reason.as_str(), "meaning": reason.meaning() }))
        .collect();
    json!({
        "variables": variables,
        "iam_actions": ACTIONS,
        "iam_actions_of_the_ledger": LEDGER_ACTIONS,
        "metrics": { "namespace": NAMESPACE, "dimension": DIMENSION, "names": metrics },
        "scheduled_actions": [LEASE, WORK, HOLD],
        "reasons": reasons,
    })
}

#[test]
fn the_contract_file_matches_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/contract.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&contract()).unwrap());
    if std::env::var_os(REWRITE).is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let standing = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(standing, text, "run this test once with {REWRITE}=1 and read the difference");
}

#[test]
fn a_reason_has_the_same_spelling_everywhere() {
    for reason in Reason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), json!(reason.as_str()));
        assert!(reason.meaning().ends_with('.'), "{reason:?}");
    }
}

#[test]
fn the_settings_table_of_the_crate_names_every_variable() {
    let docs = include_str!("../src/lib.rs");
    for setting in SETTINGS {
        assert!(docs.contains(&format!("`{}`", setting.variable)), "{}", setting.variable);
    }
}

#[test]
fn the_reference_names_everything() {
    let page = include_str!("../docs/reference.md");
    for setting in SETTINGS {
        assert!(page.contains(&format!("| `{}` |", setting.variable)), "{}", setting.variable);
    }
    for (name, unit) in METRICS {
        let row = page.lines().find(|line| line.contains(&format!("`{name}`")));
        assert!(row.is_some_and(|row| row.contains(unit)), "{name} in {unit}");
    }
    for reason in Reason::ALL {
        let row = format!("| `{}` | {} |", reason.as_str(), reason.meaning());
        assert!(page.contains(&row), "{row}");
    }
}

/// The table of the function's permissions, one row for each list.
#[test]
fn the_reference_has_exactly_the_actions_of_the_function() {
    let page = include_str!("../docs/reference.md");
    let section = page.split("### Permissions of the function\n").nth(1).unwrap();
    let rows = section.split("\n## ").next().unwrap().lines();
    let rows = rows.filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let actions: Vec<Vec<&str>> = rows
        .map(|cell| cell.split('`').step_by(2).filter(|it| it.contains(':')).collect())
        .collect();
    assert_eq!(actions, [ACTIONS, LEDGER_ACTIONS, ROUTES_ACTIONS]);
}

/// The beginning of the table's row: only this field's name.
#[test]
fn the_reference_and_the_route_have_the_same_fields() {
    let page = include_str!("../docs/reference.md");
    for field in [
        "endpoint",
        "preset",
        "variant",
        "bucket",
        "prefix",
        "suffix",
        "wake_to",
        "idle_minutes",
        "to",
        "inputs_per_instance",
        "results",
        "job_minutes",
    ] {
        assert!(page.contains(&format!("`{field}`")), "{field}");
    }
    let problem = reactive_scaler::config::routes_from_json(r#"[{"endpoint":"e","x":1}]"#)
        .unwrap_err()
        .to_string();
    for field in problem.split('`').skip(3).step_by(2) {
        assert!(page.contains(&format!("`{field}`")), "{field} is a field without a description");
    }
}
