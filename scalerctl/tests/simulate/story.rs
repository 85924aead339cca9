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
            "09:18:00 UTC  alarm high: HasBacklogWithoutCapacity: datapoint 1 of 3",
            "published 2m late",
            "09:20:00 UTC  alarm high: HasBacklogWithoutCapacity: datapoint 3 of 3",
            "is in ALARM; its policy is triggered each minute",
            "09:20:00 UTC  Application Auto Scaling: desired capacity 0 -> 1",
            "09:26:00 UTC  in service: 1 instance",
            "09:43:00 UTC  alarm low: HasBacklogWithoutCapacity: datapoint 15 of 15",
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
