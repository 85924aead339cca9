//! `explain`: what triggers scaling.

use super::*;

fn explained(policy: &str) -> String {
    stdout(&scalerctl(&["explain", "--policy", policy]))
}

/// Asserts that the text has these parts, in this order.
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("{part:?} is missing or too early:\n{text}");
        };
        rest = after;
    }
}

#[test]
fn the_trigger_of_target_tracking_is_the_third_and_the_fifteenth_datapoint() {
    in_order(
        &explained("has-backlog"),
        &[
            "09:15:27 UTC  1 input arrives",
            "Mon  7 Jan 09:18:00 UTC  AlarmHigh HasBacklogWithoutCapacity: datapoint 1 of 3 above 0.5: 1 for 09:15",
            "published 2m late",
            "09:20:00 UTC  AlarmHigh HasBacklogWithoutCapacity: datapoint 3 of 3",
            "is in ALARM; it triggers its policy each minute",
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
        &explained("reactive-scaler"),
        &[
            "09:15:27 UTC  1 input arrives",
            "09:15:28 UTC  the function, on signal input: wake (work_arrived), awake until 09:33:28",
            "09:15:28 UTC  the function: desired capacity 0 -> 1",
            "backstop: waiting without an instance is in ALARM; it notifies its topic once",
            "09:21:28 UTC  in service: 1 instance",
            "sleep (idle)",
            "the function: desired capacity 1 -> 0",
        ],
    );
}

#[test]
fn the_last_lines_name_the_trigger_of_each_direction() {
    for (policy, lines) in [
        (
            "backlog-per-instance",
            [
                "scale out: never: AlarmHigh ApproximateBacklogSizePerInstance had no datapoint (INSUFFICIENT_DATA)\n",
                "scale in:  never: AlarmLow ApproximateBacklogSizePerInstance had no datapoint",
            ],
        ),
        (
            "has-backlog",
            [
                "scale out: monitor alarm AlarmHigh HasBacklogWithoutCapacity in state ALARM triggered policy has-backlog [3 of 3 datapoints above 0.5], once; 4m 33s after an arrival at zero (median)",
                "scale in:  monitor alarm AlarmLow HasBacklogWithoutCapacity in state ALARM triggered policy has-backlog [15 of 15 datapoints below 0.45], once; 16m 15s after the last result (median)",
            ],
        ),
        (
            "aws-documented-pair",
            [
                "scale out: monitor alarm has-backlog-without-capacity in state ALARM triggered policy leave-zero [2 of 2 datapoints at or above 1], once",
                "scale in:  monitor alarm AlarmLow ApproximateBacklogSizePerInstance in state ALARM",
            ],
        ),
        ("always-on", ["scale out: never\n", "scale in:  never\n"]),
        (
            "reactive-scaler",
            [
                "scale out: the function, on signal input (work_arrived), once; 1s after an arrival at zero (median)",
                "scale in:  the function, on signal tick (idle), once; 16m 47s after the last result (median)",
            ],
        ),
    ] {
        in_order(&explained(policy), &["What triggers it", lines[0], lines[1]]);
    }
}

/// A decision not to scale has the reason code of Application Auto Scaling.
#[test]
fn decisions_not_to_scale_have_a_line() {
    let text = stdout(&scalerctl(&[
        "explain",
        "--policy",
        "backlog-per-instance",
        "--workload",
        "burst",
        "--max",
        "1",
        "--backlog-per-instance-at-zero",
        "backlog",
    ]));
    in_order(
        &text,
        &[
            "desired capacity 0 -> 1 (monitor alarm AlarmHigh ApproximateBacklogSizePerInstance",
            "Application Auto Scaling does not scale: AlreadyAtMaxCapacity (monitor alarm",
        ],
    );
}
