//! Figures of the function. They depend on the code in `src/`.

use super::*;

#[test]
fn capacity_is_requested_with_the_upload_s_event() {
    for policy in
        ["reactive-scaler", "reactive-scaler-with-results", "reactive-scaler-with-target-tracking"]
    {
        let outcome = outcome(policy, &[]);
        // The assumed delay of the S3 event.
        assert_eq!(figure(&outcome, "/capacity_requested_seconds/max"), 1.0, "{policy}");
        // And 6 minutes of provisioning, 45 seconds of processing.
        assert_eq!(figure(&outcome, "/result_seconds/max"), 406.0, "{policy}");
        assert_eq!(outcome["failed_invocations"], 0, "{policy}");
    }
}

/// In service at 09:21:28, sleep at 09:39:00, terminated a minute later. The figure depends on how
/// the lease is renewed, when the idle window starts, and what counts as evidence.
#[test]
fn instance_hours_follow_from_the_rules_of_the_function() {
    assert_eq!(
        (figure(&outcome("reactive-scaler", &[]), "/instance_hours") * 3600.0).round(),
        1112.0
    );
}

/// In service at 09:21:28, the result at 09:22:14, sleep at 09:24:00, terminated a minute later. `idle_minutes` is 1.
#[test]
fn with_results_the_endpoint_is_scaled_in_two_ticks_after_the_result() {
    let outcome = outcome("reactive-scaler-with-results", &[]);
    assert_eq!((figure(&outcome, "/instance_hours") * 3600.0).round(), 212.0);
    assert_eq!(figure(&outcome, "/zero_requested_seconds/max"), 107.0);
}

/// A result of a request without an upload leaves the metric.
#[test]
fn without_uploads_the_results_change_nothing() {
    let workload = ["--workload", "no-upload", "--days", "2"];
    let idle = |policy: &str| figure(&outcome(policy, &workload), "/idle_hours");
    assert_eq!(idle("reactive-scaler-with-results"), idle("reactive-scaler"));
}

#[test]
fn the_idle_window_determines_the_instance_hours() {
    let paid = |idle: &str, job: &str| {
        let minutes = ["--idle-minutes", idle, "--job-minutes", job];
        figure(&outcome("reactive-scaler", &minutes), "/instance_hours")
    };
    let (five, ten, thirty) = (paid("5", "1"), paid("10", "1"), paid("30", "1"));
    assert!(five < ten && ten < thirty, "{five} {ten} {thirty}");
    // Less than five minutes counts as five.
    assert_eq!(paid("1", "1"), five);
    // The window is at least two minutes longer than the longest request, which has 15 minutes by default.
    assert_eq!(paid("1", "8"), ten);
    let by_default = figure(&outcome("reactive-scaler", &[]), "/instance_hours");
    assert_eq!((paid("17", "1"), paid("10", "15")), (by_default, by_default));
}

#[test]
fn without_an_upload_the_backstop_alarm_wakes_later() {
    let outcome = outcome("reactive-scaler", &["--workload", "no-upload", "--days", "3"]);
    assert_eq!(outcome["never_requested"], 0);
    // The end of the minute, 2 minutes of delay, and one datapoint.
    let slowest = figure(&outcome, "/capacity_requested_seconds/max");
    assert!((120.0..=181.0).contains(&slowest), "{slowest}");
}

#[test]
fn slow_jobs_are_not_killed() {
    let workload = ["--workload", "slow-jobs", "--days", "4"];
    let outcomes = ["reactive-scaler", "reactive-scaler-with-results"]
        .map(|policy| outcome(policy, &workload));
    for outcome in &outcomes {
        assert_eq!((&outcome["killed"], &outcome["expired"]), (&0.into(), &0.into()));
        assert_eq!(outcome["completed"], outcome["arrivals"]);
        assert_eq!(outcome["failed_invocations"], 0);
    }
    let [without, with] = outcomes.map(|outcome| figure(&outcome, "/idle_hours"));
    assert!(with < without / 3.0, "{with} {without}");
}

/// Figures of docs/internals/performance.md, "A nightly batch".
#[test]
fn a_right_sized_wake_drains_a_nightly_batch_sooner() {
    let batch = ["--workload", "nightly-batch", "--max", "25", "--inputs-per-instance", "200"];
    let drained = |policy: &str| figure(&outcome(policy, &batch), "/drained_seconds");
    assert_eq!(drained("reactive-scaler"), 2196.0);
    assert_eq!(drained("reactive-scaler-per-input"), 2196.0, "an event is one input");
    assert_eq!(drained("reactive-scaler-batched"), 1621.0);
}
