//! What people report of AWS's policies: no number here was tuned. The metric is seen 2 minutes after
//! its minute has ended, target tracking wants 3 datapoints to scale out and 15 to scale in.

use super::*;

/// "About 5 minutes until capacity is even requested": 2 to 3 minutes of lag, 3 datapoints.
#[test]
fn target_tracking_on_has_backlog_leaves_zero_after_the_lag_and_three_datapoints() {
    let outcome = outcome("b", &[]);
    // Uploaded at 09:15:27; its minute ends at 09:16, is seen at 09:18, the third one at 09:20.
    assert_eq!(figure(&outcome, "/capacity_requested/max"), 273.0);
    assert_eq!(outcome["never_requested"], 0);
}

#[test]
fn its_scale_in_takes_fifteen_datapoints_and_is_paid() {
    let outcome = outcome("b", &[]);
    // In service at 09:26, the first empty minute is seen at 09:29, the fifteenth at 09:43; and a
    // minute until it is done.
    assert_eq!((figure(&outcome, "/instance_hours") * 60.0).round(), 18.0);
}

#[test]
fn target_tracking_on_the_backlog_per_instance_never_leaves_zero_where_that_is_absent() {
    let absent = outcome("a", &[]);
    assert_eq!((&absent["never_requested"], &absent["expired"]), (&1.into(), &1.into()));
    assert_eq!(figure(&absent, "/instance_hours"), 0.0);
    // By the other reading it does, as soon as more than the target of 1 wait.
    let published = ["--backlog-per-instance-at-zero", "backlog", "--workload", "burst"];
    assert_eq!(outcome("a", &published)["never_requested"], 0);
    assert_eq!(outcome("a", &published[..2])["never_requested"], 1);
    assert_eq!(outcome("a", &["--workload", "burst"])["never_requested"], 200);
}

/// AWS's own sample wants 2 of 2 datapoints: a minute less.
#[test]
fn the_documented_pair_is_a_minute_faster() {
    let pair = outcome("c", &[]);
    assert_eq!(figure(&pair, "/capacity_requested/max"), 213.0);
}

#[test]
fn one_instance_is_always_there_and_always_paid() {
    let outcome = outcome("d", &["--days", "2"]);
    assert_eq!(figure(&outcome, "/result/max"), 45.0);
    assert_eq!(figure(&outcome, "/instance_hours"), 2.0 * 24.0 + 7.0);
}
