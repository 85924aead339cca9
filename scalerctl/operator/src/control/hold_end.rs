//! The end of a hold. The duration is rounded up to whole minutes.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use scalerctl_console::times::{
    in_full::with_distance,
    moment::{Moment, Reading, Way},
};

/// The longest hold: one week.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The end of a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldEnd {
    /// The duration of the hold.
    pub minutes: u32,
    /// The end that was asked for.
    pub asked: Moment,
}

impl HoldEnd {
    /// The end from `--for` or `--until`. `zone`: the time zone of an `--until` that has none.
    ///
    /// # Errors
    /// A message that states what is not valid, and what to use instead.
    pub fn of(
        length: Option<SignedDuration>,
        until: Option<&str>,
        now: Timestamp,
        zone: &Result<TimeZone, String>,
    ) -> Result<Self, String> {
        let too_long = |given: &str| {
            Err(format!(
                "a hold lasts at most one week, and {given} is longer (what to do: use --for 7d or less; for a longer \
                 time, set MinCapacity of the scalable target to 1)"
            ))
        };
        let asked = match (length, until) {
            (Some(length), _) if length > LONGEST => return too_long(&format!("--for {length:#}")),
            (Some(length), _) => (now + length).into(),
            (None, Some(text)) => {
                Reading { option: "--until", way: Way::Ahead, now, from: now, zone }.of(text)?
            }
            (None, None) => return Err("--for or --until is required".to_owned()),
        };
        let length = asked.at.duration_since(now);
        if length > LONGEST {
            let zone = zone.clone().unwrap_or(TimeZone::UTC);
            let text = until.unwrap_or_default();
            let end = with_distance(asked.at, now, &zone);
            return too_long(&format!("--until {text:?} ({end})"));
        }
        let whole = length.as_secs().div_euclid(60);
        let over = length > SignedDuration::from_mins(whole);
        let minutes = u32::try_from(whole + i64::from(over)).map_err(|error| error.to_string())?;
        Ok(Self { minutes, asked })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn end(length: Option<i64>, until: Option<&str>) -> Result<HoldEnd, String> {
        let now = "2026-03-02T09:15:30Z".parse().unwrap();
        let berlin = Ok(TimeZone::get("Europe/Berlin").unwrap());
        HoldEnd::of(length.map(SignedDuration::from_secs), until, now, &berlin)
    }

    #[test]
    fn minutes_are_whole_and_never_too_few() {
        for (seconds, wanted) in [(60, 1), (61, 2), (119, 2), (120, 2), (604_800, 10_080)] {
            assert_eq!(end(Some(seconds), None).map(|it| it.minutes), Ok(wanted), "{seconds}");
        }
        for (until, wanted) in [
            ("2026-03-02T09:15:31Z", 1),
            ("10:16", 1),
            ("10:15", 24 * 60),
            ("18:00", 465),
            ("7d", 10_080),
        ] {
            assert_eq!(end(None, Some(until)).map(|it| it.minutes), Ok(wanted), "{until}");
        }
    }

    #[test]
    fn more_than_a_week_is_refused_with_what_was_taken() {
        let refused = end(Some(604_801), None).unwrap_err();
        assert!(refused.contains("and --for 168h 1s is longer (what to do"), "{refused}");
        let refused = end(None, Some("2026-03-12")).unwrap_err();
        let given = "--until \"2026-03-12\" (Thu 2026-03-12 00:00 CET, in 9 d 14 h) is longer";
        assert!(refused.contains(given), "{refused}");
    }

    #[test]
    fn a_time_that_is_past_is_refused() {
        for text in ["2026-03-02T09:15:30Z", "2026-03-01T18:00", "yesterday"] {
            assert!(end(None, Some(text)).is_err_and(|it| it.contains("has passed")), "{text}");
        }
    }
}
