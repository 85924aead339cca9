//! Delays that users report of the policies of AWS. No number here was adjusted. A datapoint is
//! visible 2 minutes after the end of its minute. Target tracking needs 3 datapoints to scale out and
//! 15 to scale in.

use super::*;

/// "About 5 minutes until capacity is even requested": 2 to 3 minutes of delay, 3 datapoints.
#[test]
fn has_backlog_scales_out_after_the_delay_and_three_datapoints() {
    let outcome = outcome("has-backlog", &[]);
    // Uploaded at 09:15:27; its minute ends at 09:16 and is visible at 09:18, the third one at 09:20.
    assert_eq!(figure(&outcome, "/capacity_requested_seconds/max"), 273.0);
    assert_eq!(outcome["never_requested"], 0);
}

#[test]
fn has_backlog_scales_in_after_fifteen_datapoints() {
    let outcome = outcome("has-backlog", &[]);
    // In service at 09:26. The first minute without backlog is visible at 09:29, the fifteenth at
    // 09:43. Scale-in takes a minute.
    assert_eq!((figure(&outcome, "/instance_hours") * 60.0).round(), 18.0);
}

#[test]
fn backlog_per_instance_never_scales_out_from_zero_without_datapoints() {
    let absent = outcome("backlog-per-instance", &[]);
    assert_eq!((&absent["never_requested"], &absent["expired"]), (&1.into(), &1.into()));
    assert_eq!(figure(&absent, "/instance_hours"), 0.0);
    // With datapoints it does, if more requests wait than the target of 1.
    let published = ["--backlog-per-instance-at-zero", "backlog", "--workload", "burst"];
    assert_eq!(outcome("backlog-per-instance", &published)["never_requested"], 0);
    assert_eq!(outcome("backlog-per-instance", &published[..2])["never_requested"], 1);
    assert_eq!(outcome("backlog-per-instance", &["--workload", "burst"])["never_requested"], 200);
}

/// The example of AWS needs 2 of 2 datapoints: a minute less.
#[test]
fn the_documented_pair_is_a_minute_faster() {
    let pair = outcome("aws-documented-pair", &[]);
    assert_eq!(figure(&pair, "/capacity_requested_seconds/max"), 213.0);
}

#[test]
fn always_on_has_one_instance_at_all_times() {
    let outcome = outcome("always-on", &["--days", "2"]);
    assert_eq!(figure(&outcome, "/result_seconds/max"), 45.0);
    assert_eq!(figure(&outcome, "/instance_hours"), 2.0 * 24.0);
}
