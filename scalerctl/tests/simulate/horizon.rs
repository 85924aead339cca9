//! The bill ends for every policy at the same time.

use super::*;

fn conditions(arguments: &[&str]) -> Value {
    let text = stdout(&scalerctl(&[&["simulate", "--json"], arguments].concat()));
    let document: Value = serde_json::from_str(&text).unwrap();
    document["conditions"].clone()
}

#[test]
fn days_are_billed_to_the_end_of_the_last_one() {
    for (days, hours) in [("1", 24.0), ("3", 72.0)] {
        let outcome = outcome("always-on", &["--days", days, "--workload", "sporadic"]);
        assert_eq!(figure(&outcome, "/billed_hours"), hours);
        assert_eq!(outcome["completed"], outcome["arrivals"]);
    }
    let one_day = conditions(&["--policy", "always-on"]);
    assert_eq!(one_day["billed_until"], "2030-01-08T00:00:00Z");
}

#[test]
fn requests_of_a_file_are_billed_until_7_hours_after_the_last_one() {
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("horizon.csv");
    std::fs::write(&file, "at\n2030-01-07T01:00:00Z\n2030-01-07T02:30:00Z\n").unwrap();
    let arguments = ["--arrivals", file.to_str().unwrap()];
    let all = conditions(&[&arguments[..], &["--policy", "always-on"]].concat());
    assert_eq!(all["billed_until"], "2030-01-07T09:30:00Z");
    assert_eq!(figure(&outcome("always-on", &arguments), "/billed_hours"), 9.5);
}
