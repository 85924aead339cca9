//! How often the function logs that it ignored something.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{ignored::IgnoredSignal, log_limit::RecentlyLogged};

use crate::names_and_times::*;

fn endpoint(number: usize) -> IgnoredSignal {
    IgnoredSignal::endpoint(&format!("endpoint-{number}"))
}

fn to_log(logged: &mut RecentlyLogged, all: &[IgnoredSignal], at: Timestamp) -> usize {
    logged.to_log(all.iter().cloned().collect(), at).len()
}

#[test]
fn the_same_is_logged_again_after_a_minute() {
    let start: Timestamp = UPLOADED.parse().unwrap();
    let rows = [(0, 1), (1, 0), (59, 0), (60, 1), (119, 0), (120, 1)];
    let mut logged = RecentlyLogged::default();
    for (seconds, lines) in rows {
        let at = start + SignedDuration::from_secs(seconds);
        assert_eq!(to_log(&mut logged, &[IgnoredSignal::NamelessAlarm], at), lines, "{seconds}");
    }
    // The clock was set back.
    let before = start - SignedDuration::from_hours(1);
    assert_eq!(to_log(&mut logged, &[IgnoredSignal::NamelessAlarm], before), 1);
    assert_eq!(to_log(&mut logged, &[IgnoredSignal::NamelessAlarm], before), 0);
}

#[test]
fn ten_of_a_kind_are_logged_a_minute_and_another_kind_is_logged_all_the_same() {
    let start: Timestamp = UPLOADED.parse().unwrap();
    let mut logged = RecentlyLogged::default();
    let all: Vec<IgnoredSignal> = (0..11).map(endpoint).collect();
    assert_eq!(to_log(&mut logged, &all[..9], start), 9);
    assert_eq!(to_log(&mut logged, &all, start), 1);
    assert_eq!(to_log(&mut logged, &all, start), 0);
    assert_eq!(to_log(&mut logged, &[IgnoredSignal::OtherAlarm], start), 1);
}
