//! `--results`: the endpoint is scaled in when the work is done.

use super::*;

#[test]
fn zero_is_requested_within_two_minutes_of_the_result_and_three_minutes_are_paid_idle() {
    let document = document(&scalerctl(&["demo", "--results", "--json"]));
    let summary = &document["summary"];
    let seconds = |field: &str| summary[field].as_f64().unwrap();
    let waited = seconds("scaled_in_after_seconds") - seconds("completed_after_seconds");
    assert!((0.0..=120.0).contains(&waited), "{waited}");
    let idle = seconds("paid_idle_minutes");
    assert!(idle <= 3.0, "{idle}");
    let without = document["comparison"]["without_results"]["paid_idle_minutes"].as_f64().unwrap();
    assert!(without > 3.0 * idle, "{without} {idle}");
    assert_eq!(document["scene"]["routes"][0]["results"], true);
}

#[test]
fn the_text_has_the_result_the_cause_of_the_sleep_and_both_comparisons() {
    let output = scalerctl(&["demo", "--results"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_in_order(
        &stdout(&output),
        &[
            "\"results\":true",
            "wake (work_arrived)",
            "the result's message invokes the function: nothing to do (result_recorded)",
            "sleep (work_done)",
            "zero requested",
            "Without results, same upload: zero requested",
            "Target tracking",
            "All checks passed.",
        ],
    );
    assert!(!stdout(&output).contains("the lease ends"), "the ledger ends it");
}

#[test]
fn the_route_of_the_demo_without_results_is_compared_with_target_tracking_only() {
    assert_eq!(demo()["comparison"]["without_results"], Value::Null);
    assert!(!stdout(&scalerctl(&["demo"])).contains("Without results"));
}

#[test]
fn events_of_files_have_their_own_routes() {
    let file = events().join("s3-notification.json").display().to_string();
    let output = scalerctl(&["demo", "--results", "--events", &file]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--results"), "{}", stderr(&output));
}
