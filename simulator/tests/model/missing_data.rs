//! The tables of "Configuring how CloudWatch alarms treat missing data", row by row.

use simulator::{
    AlarmSpec,
    AlarmState::{self, Alarm, InsufficientData, Ok},
    TreatMissing,
};

use crate::{setup::*, shown::*};

/// The state in the guide for `ignore`, if the alarm keeps its state.
const RETAIN: Option<AlarmState> = None;

/// Datapoints, then the states for `missing`, `ignore`, `breaching` and `notBreaching`.
type Row = (&'static str, [Option<AlarmState>; 4]);

const TREATMENTS: [TreatMissing; 4] = [
    TreatMissing::Missing,
    TreatMissing::Ignore,
    TreatMissing::Breaching,
    TreatMissing::NotBreaching,
];

/// Checks each row, starting from each state of an alarm.
fn check(needed: u32, rows: &[Row]) {
    for (drawn, expected) in rows {
        for (treat_missing, expected) in TREATMENTS.into_iter().zip(expected) {
            for before in [Ok, Alarm, InsufficientData] {
                let spec = AlarmSpec { treat_missing, ..alarm_on_backlog(needed, 3) };
                let mut world = watched(spec);
                match before {
                    Ok => show(&mut world, "0 0 0 0 0"),
                    Alarm => show(&mut world, "X X X X X"),
                    InsufficientData => {}
                }
                assert_eq!(state(&world), before);
                show(&mut world, drawn);
                let label = format!("{needed} out of 3, {drawn}, {treat_missing:?}, {before:?}");
                assert_eq!(state(&world), expected.unwrap_or(before), "{label}");
            }
        }
    }
}

// The first table: DatapointsToAlarm and EvaluationPeriods are both 3, the range is 5.
#[test]
fn three_out_of_three() {
    check(
        3,
        &[
            ("0 - X - X", [Some(Ok), Some(Ok), Some(Ok), Some(Ok)]),
            ("0 - - - -", [Some(Ok), Some(Ok), Some(Ok), Some(Ok)]),
            ("- - - - -", [Some(InsufficientData), RETAIN, Some(Alarm), Some(Ok)]),
            ("0 X X - X", [Some(Alarm), Some(Alarm), Some(Alarm), Some(Alarm)]),
            ("- - X - -", [Some(Alarm), RETAIN, Some(Alarm), Some(Ok)]),
        ],
    );
}

// The second table: an M out of N alarm.
#[test]
fn two_out_of_three() {
    check(
        2,
        &[
            ("0 - X - X", [Some(Alarm), Some(Alarm), Some(Alarm), Some(Alarm)]),
            ("0 0 X 0 X", [Some(Alarm), Some(Alarm), Some(Alarm), Some(Alarm)]),
            ("0 - X - -", [Some(Ok), Some(Ok), Some(Alarm), Some(Ok)]),
            ("- - - - 0", [Some(Ok), Some(Ok), Some(Alarm), Some(Ok)]),
            ("- - - X -", [Some(Alarm), RETAIN, Some(Alarm), Some(Ok)]),
        ],
    );
}

// Rows that are only in the tables of earlier editions of the page (2018 to 2020).
#[test]
fn rows_of_earlier_editions() {
    check(
        3,
        &[
            ("- - - - X", [Some(InsufficientData), RETAIN, Some(Alarm), Some(Ok)]),
            ("X - - - -", [Some(Alarm), RETAIN, Some(Alarm), Some(Ok)]),
        ],
    );
    check(2, &[("- - - - X", [Some(InsufficientData), RETAIN, Some(Alarm), Some(Ok)])]);
}

// "Avoiding premature transitions to alarm state", with DatapointsToAlarm 3.
#[test]
fn one_datapoint_alarms_only_when_it_is_old_enough() {
    for (drawn, expected) in [("- - - - X", false), ("- - - X -", false), ("- - X - -", true)] {
        let mut world = watched(alarm_on_backlog(3, 3));
        show(&mut world, drawn);
        assert_eq!(state(&world) == Alarm, expected, "{drawn}");
    }
    for drawn in ["- - - X 0", "- - X - 0"] {
        let mut world = watched(alarm_on_backlog(3, 3));
        show(&mut world, drawn);
        assert_eq!(state(&world), Ok, "{drawn}");
    }
}

// The note below the first table: "the next time this alarm is evaluated, if the data is still
// missing it will go to ALARM, as that non-breaching data point will no longer be in the
// evaluation range".
#[test]
fn a_datapoint_that_leaves_the_range_counts_no_more() {
    let spec = AlarmSpec { treat_missing: TreatMissing::Breaching, ..alarm_on_backlog(3, 3) };
    let mut world = watched(spec);
    show(&mut world, "0 - - - -");
    assert_eq!(state(&world), Ok);
    world.advance(mins(1));
    assert_eq!(state(&world), Alarm);
}

// Settings::alarm_extra_periods: an assumption, except for 3 periods.
#[test]
fn the_range_is_longer_than_the_periods_by_a_setting() {
    for (extra, expected) in [(1, InsufficientData), (2, Ok)] {
        let mut world = watched(alarm_on_backlog(3, 3));
        world.settings.alarm_extra_periods = extra;
        show(&mut world, "0 - - - -");
        assert_eq!(state(&world), expected, "{extra}");
    }
}
