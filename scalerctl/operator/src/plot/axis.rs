//! Round times for the axis, in the time zone of the output.

use jiff::{SignedDuration, Timestamp, ToSpan, Unit, ZonedDateTimeRound};

use crate::monitoring::{TimeRange, TimeZone};

/// Steps between labels, in minutes.
const STEPS: [i64; 14] =
    [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160, 43_200];

/// A label of the axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The time.
    pub at: Timestamp,
    /// The label.
    pub label: String,
}

/// At most `most` labels, at the start of hours and days in the time zone.
pub fn ticks(range: TimeRange, zone: &TimeZone, most: usize) -> Vec<Tick> {
    let [finer @ .., coarsest] = STEPS;
    let fits = |step| Some(ticks_every(step, range, zone)).filter(|ticks| ticks.len() <= most);
    finer.into_iter().find_map(fits).unwrap_or_else(|| ticks_every(coarsest, range, zone))
}

fn ticks_every(step: i64, range: TimeRange, zone: &TimeZone) -> Vec<Tick> {
    let format = match step {
        1440.. => "%b %d",
        _ if range.length() > SignedDuration::from_hours(24) => "%a %H:%M",
        _ => "%H:%M",
    };
    // Counts from midnight, so that the times are round for any start of the range.
    let down = ZonedDateTimeRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Floor);
    let begin = zone.of_time(range.from);
    let midnight = begin.start_of_day().or_else(|_| begin.round(down)).unwrap_or(begin);
    let mut ticks = Vec::new();
    let mut count = 0;
    while let Ok(at) = midnight.checked_add((step * count).minutes()) {
        count += 1;
        if at.timestamp() > range.until {
            break;
        }
        if at.timestamp() >= range.from {
            let label = at.strftime(format).to_string();
            ticks.push(Tick { at: at.timestamp(), label });
        }
    }
    ticks
}

/// The same times in UTC. `None`: the labels are in UTC already.
pub fn utc_labels(ticks: &[Tick], zone: &TimeZone) -> Option<Vec<String>> {
    let utc = TimeZone::utc();
    let differs = ticks.iter().any(|tick| zone.date(tick.at) != utc.date(tick.at));
    differs.then(|| ticks.iter().map(|tick| utc.minute(tick.at)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::args::TimeArgs;

    fn labels(from: &str, until: &str, most: usize) -> Vec<String> {
        let parse = |text: &str| text.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let zone = TimeZone::of(&TimeArgs { utc: true, now: None });
        let range = TimeRange { from: parse(from), until: parse(until) };
        ticks(range, &zone, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn labels_are_round_and_no_more_than_there_is_room_for() {
        let (six, day) = ("2030-01-07T06:00:00Z", "2030-01-08T00:00:00Z");
        let hours = ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00", "06:00"];
        assert_eq!(labels("2030-01-07T00:00:00Z", six, 7), hours);
        assert_eq!(labels("2030-01-07T00:00:00Z", six, 6), ["00:00", "02:00", "04:00", "06:00"]);
        assert_eq!(
            labels("2030-01-07T05:07:00Z", six, 7),
            ["05:10", "05:20", "05:30", "05:40", "05:50", "06:00"]
        );
        let month = labels("2030-01-07T06:00:00Z", "2030-02-06T06:00:00Z", 4);
        assert_eq!(month, ["Jan 14", "Jan 21", "Jan 28", "Feb 04"]);
        assert_eq!(labels("2030-01-07T06:00:00Z", "2030-02-06T06:00:00Z", 3), ["Jan 21", "Feb 04"]);
        assert_eq!(labels("2030-01-06T23:59:00Z", day, 3), ["Mon 00:00", "Mon 12:00", "Tue 00:00"]);
    }
}
