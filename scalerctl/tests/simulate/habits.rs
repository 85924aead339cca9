//! The habits of other services, if SageMaker did it their way.

use super::*;

#[test]
fn the_instance_is_removed_at_the_end_of_the_window() {
    for (policy, window) in [
        ("as-runpod", 5.0),
        ("as-modal", 60.0),
        ("as-knative", 60.0),
        ("as-keda", 300.0),
        ("as-cloud-run", 900.0),
        ("as-hugging-face", 3600.0),
    ] {
        let outcome = outcome(policy, &[]);
        assert_eq!(figure(&outcome, "/zero_requested_seconds/max"), window, "{policy}");
        // 45 seconds of processing, and a minute to terminate.
        let paid = (figure(&outcome, "/instance_hours") * 3600.0).round();
        assert_eq!(paid, 45.0 + window + 60.0, "{policy}");
        // A waiting request starts an instance at once. Nothing is called.
        assert_eq!(figure(&outcome, "/capacity_requested_seconds/max"), 0.0, "{policy}");
        assert_eq!((&outcome["completed"], &outcome["api_calls"]), (&1.into(), &0.into()));
    }
}

/// Requests within the window keep the instance; it is no time after which a job is cut.
#[test]
fn a_job_that_is_longer_than_the_window_is_not_cut() {
    let outcome = outcome("as-runpod", &["--workload", "slow-jobs", "--days", "2"]);
    assert_eq!(outcome["completed"], outcome["arrivals"]);
    assert_eq!(outcome["killed"], 0);
}

/// Each names its source, and none is in the default set.
#[test]
fn they_are_simulated_only_on_request() {
    let all = stdout(&scalerctl(&["simulate", "--json"]));
    let all: Value = serde_json::from_str(&all).unwrap();
    let policies = all["policies"].as_array().unwrap();
    assert!(policies.iter().all(|policy| policy["source"].is_null()), "{all}");
    let some = "as-runpod,as-modal,as-knative,as-keda,as-cloud-run,as-hugging-face,results-metric";
    let some = stdout(&scalerctl(&["simulate", "--json", "--policy", some]));
    let some: Value = serde_json::from_str(&some).unwrap();
    for policy in some["policies"].as_array().unwrap() {
        assert!(policy["source"].as_str().unwrap().starts_with("https://"), "{policy}");
    }
}

#[test]
fn the_explanation_names_who_scales() {
    let text = stdout(&scalerctl(&["explain", "--policy", "as-keda"]));
    for part in [
        "09:15:27 UTC  the other service's scaler: desired capacity 0 -> 1 (a request waits)",
        "scale out: the other service's scaler (a request waits), once",
        "scale in:  the other service's scaler (no request in the idle window), once; 5m after",
    ] {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}
