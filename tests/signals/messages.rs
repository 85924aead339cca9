//! How often the function logs that it ignored something.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{ignored::PassedOver, log_limit::Said};

use crate::common::*;

fn endpoint(number: usize) -> PassedOver {
    PassedOver::endpoint(&format!("endpoint-{number}"))
}

fn news(said: &mut Said, all: &[PassedOver], at: Timestamp) -> usize {
    said.news(all.iter().cloned().collect(), at).len()
}

#[test]
fn the_same_is_said_again_after_a_minute() {
    let start: Timestamp = UPLOADED.parse().unwrap();
    let rows = [(0, 1), (1, 0), (59, 0), (60, 1), (119, 0), (120, 1)];
    let mut said = Said::default();
    for (seconds, lines) in rows {
        let at = start + SignedDuration::from_secs(seconds);
        assert_eq!(news(&mut said, &[PassedOver::NamelessAlarm], at), lines, "{seconds}");
    }
    // The clock was set back.
    let before = start - SignedDuration::from_hours(1);
    assert_eq!(news(&mut said, &[PassedOver::NamelessAlarm], before), 1);
    assert_eq!(news(&mut said, &[PassedOver::NamelessAlarm], before), 0);
}

#[test]
fn ten_of_a_kind_are_said_a_minute_and_another_kind_is_said_all_the_same() {
    let start: Timestamp = UPLOADED.parse().unwrap();
    let mut said = Said::default();
    let all: Vec<PassedOver> = (0..11).map(endpoint).collect();
    assert_eq!(news(&mut said, &all[..9], start), 9);
    assert_eq!(news(&mut said, &all, start), 1);
    assert_eq!(news(&mut said, &all, start), 0);
    assert_eq!(news(&mut said, &[PassedOver::OtherAlarm], start), 1);
}
