//! The function in the laboratory is the real one.

use super::*;

#[test]
fn capacity_is_requested_with_the_upload_s_event() {
    for policy in ["e", "f"] {
        let outcome = outcome(policy, &[]);
        // The second that S3's event is assumed to take.
        assert_eq!(figure(&outcome, "/capacity_requested/max"), 1.0, "{policy}");
        // And 6 minutes of provisioning, 45 seconds of processing.
        assert_eq!(figure(&outcome, "/result/max"), 406.0, "{policy}");
        assert_eq!(outcome["failed_invocations"], 0, "{policy}");
    }
}

/// In service at 09:21:28, asleep at 09:32:00, gone a minute later: how the lease is renewed, when
/// the idle window begins and what counts as evidence all stand in this one figure. Change one of
/// these rules in `src/`, and it changes here.
#[test]
fn what_is_paid_follows_from_the_function_s_own_rules() {
    assert_eq!((figure(&outcome("e", &[]), "/instance_hours") * 3600.0).round(), 692.0);
}

/// A setting of the function, and nothing else, changes what comes out.
#[test]
fn its_idle_window_decides_what_is_paid() {
    let paid =
        |minutes: &str| figure(&outcome("e", &["--idle-minutes", minutes]), "/instance_hours");
    let (five, ten, thirty) = (paid("5"), paid("10"), paid("30"));
    assert!(five < ten && ten < thirty, "{five} {ten} {thirty}");
    // Below five minutes it works as five.
    assert_eq!(paid("1"), five);
}

#[test]
fn without_an_upload_the_backstop_alarm_wakes_later() {
    let outcome = outcome("e", &["--workload", "no-upload", "--days", "3"]);
    assert_eq!(outcome["never_requested"], 0);
    // Its minute's end, 2 minutes of lag, and no datapoint more.
    let slowest = figure(&outcome, "/capacity_requested/max");
    assert!((120.0..=181.0).contains(&slowest), "{slowest}");
}

#[test]
fn slow_jobs_are_not_killed() {
    let outcome = outcome("e", &["--workload", "slow-jobs", "--days", "4"]);
    assert_eq!((&outcome["killed"], &outcome["expired"]), (&0.into(), &0.into()));
    assert_eq!(outcome["completed"], outcome["arrivals"]);
}

/// Figures of docs/internals/performance.md, "A nightly batch".
#[test]
fn a_right_sized_wake_drains_a_nightly_batch_sooner() {
    let batch = ["--workload", "nightly-batch", "--max", "25", "--inputs-per-instance", "200"];
    let drained = |policy: &str| figure(&outcome(policy, &batch), "/drained");
    assert_eq!(drained("e"), 2196.0);
    assert_eq!(drained("g"), 2196.0, "an event of its own tells of one input");
    assert_eq!(drained("h"), 1621.0);
}
