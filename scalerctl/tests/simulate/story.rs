//! `explain`: what the actual trigger is.

use super::*;

fn told(policy: &str) -> String {
    stdout(&scalerctl(&["explain", "--policy", policy]))
}

/// Whether these stand in the text in this order.
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("{part:?} is missing, or too early, in:\n{text}");
        };
        rest = after;
    }
}

#[test]
fn the_trigger_of_target_tracking_is_the_third_and_the_fifteenth_datapoint() {
    in_order(
        &told("b"),
        &[
            "09:15:27 UTC  1 input arrives",
            "Mon  7 Jan 09:18:00 UTC  AlarmHigh HasBacklogWithoutCapacity: datapoint 1 of 3 above 0.5: 1 for 09:15",
            "published 2m late",
            "09:20:00 UTC  AlarmHigh HasBacklogWithoutCapacity: datapoint 3 of 3",
            "is in ALARM; its policy is triggered each minute",
            "09:20:00 UTC  Application Auto Scaling: desired capacity 0 -> 1",
            "09:26:00 UTC  in service: 1 instance",
            "09:43:00 UTC  AlarmLow HasBacklogWithoutCapacity: datapoint 15 of 15",
            "09:43:00 UTC  Application Auto Scaling: desired capacity 1 -> 0",
        ],
    );
}

#[test]
fn the_trigger_of_the_function_is_the_upload_and_the_idle_window() {
    in_order(
        &told("e"),
        &[
            "09:15:27 UTC  1 input arrives",
            "09:15:28 UTC  the function, told by input: wake (work_arrived), awake until 09:26:28",
            "09:15:28 UTC  the function: desired capacity 0 -> 1",
            "backstop: waiting without an instance is in ALARM; it tells its topic once",
            "09:21:28 UTC  in service: 1 instance",
            "sleep (idle)",
            "the function: desired capacity 1 -> 0",
        ],
    );
}

#[test]
fn what_triggers_each_direction_is_told_in_a_line() {
    for (policy, lines) in [
        (
            "a",
            [
                "scale out: never: AlarmHigh ApproximateBacklogSizePerInstance saw no datapoint (INSUFFICIENT_DATA)\n",
                "scale in:  never: AlarmLow ApproximateBacklogSizePerInstance saw no datapoint",
            ],
        ),
        (
            "b",
            [
                "scale out: monitor alarm AlarmHigh HasBacklogWithoutCapacity in state ALARM triggered policy has-backlog [3 of 3 datapoints above 0.5], once; 4m 33s after an arrival at zero (median)",
                "scale in:  monitor alarm AlarmLow HasBacklogWithoutCapacity in state ALARM triggered policy has-backlog [15 of 15 datapoints below 0.45], once; 16m 15s after the last result (median)",
            ],
        ),
        (
            "c",
            [
                "scale out: monitor alarm has-backlog-without-capacity in state ALARM triggered policy leave-zero [2 of 2 datapoints at or above 1], once",
                "scale in:  monitor alarm AlarmLow ApproximateBacklogSizePerInstance in state ALARM",
            ],
        ),
        ("d", ["scale out: never\n", "scale in:  never\n"]),
        (
            "e",
            [
                "scale out: the function, told by input (work_arrived), once; 1s after an arrival at zero (median)",
                "scale in:  the function, told by tick (idle), once; 9m 47s after the last result (median)",
            ],
        ),
    ] {
        in_order(&told(policy), &["What triggers it", lines[0], lines[1]]);
    }
}

/// A policy that wants more than there may be is told why it gets none, in AWS's word.
#[test]
fn decisions_not_to_scale_are_told() {
    let story = stdout(&scalerctl(&[
        "explain",
        "--policy",
        "a",
        "--workload",
        "burst",
        "--max",
        "1",
        "--backlog-per-instance-at-zero",
        "backlog",
    ]));
    in_order(
        &story,
        &[
            "desired capacity 0 -> 1 (monitor alarm AlarmHigh ApproximateBacklogSizePerInstance",
            "Application Auto Scaling does not scale: AlreadyAtMaxCapacity (monitor alarm",
        ],
    );
}
