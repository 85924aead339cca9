//! A moment as an answer says it: with its day, its date and its time zone, and how far away it is.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::duration_text::duration_text;

/// `Thu 2030-01-31 10:00 CET`.
pub fn in_full(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%a %Y-%m-%d %H:%M %Z").to_string()
}

/// `Thu 2030-01-31 10:00 CET, in 15 h 15 min`.
pub fn with_distance(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    format!("{}, {}", in_full(at, zone), distance(at, now))
}

/// `in 15 h 15 min`, or `2 h ago`. From one minute on, it is rounded to minutes.
fn distance(at: Timestamp, now: Timestamp) -> String {
    let away = at.duration_since(now);
    let seconds = away.abs().as_secs();
    let rounded = if seconds < 60 { seconds } else { (seconds + 30) / 60 * 60 };
    let text = duration_text(SignedDuration::from_secs(rounded));
    if away.is_negative() { format!("{text} ago") } else { format!("in {text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_said_with_day_date_zone_and_distance() {
        let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        let now = Timestamp::UNIX_EPOCH;
        for (seconds, wanted) in [
            (54_900, "Thu 1970-01-01 16:15 CET, in 15 h 15 min"),
            (7_199, "Thu 1970-01-01 02:59 CET, in 2 h"),
            (45, "Thu 1970-01-01 01:00 CET, in 45 s"),
            (-3_600, "Thu 1970-01-01 00:00 CET, 1 h ago"),
        ] {
            let at = now + SignedDuration::from_secs(seconds);
            assert_eq!(with_distance(at, now, &zone), wanted);
        }
    }
}
