//! The end of a hold. The duration is rounded up to whole minutes.

use jiff::{SignedDuration, Timestamp, Unit, civil, tz::TimeZone};

/// The longest hold: one week.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The duration of the hold in minutes, from `--for` or `--until`. `zone`: the time zone of an `--until` that has
/// none.
///
/// # Errors
/// A message that states what is not valid, with an example.
pub fn minutes(
    length: Option<SignedDuration>,
    until: Option<&str>,
    now: Timestamp,
    zone: impl Fn() -> Result<TimeZone, String>,
) -> Result<u32, String> {
    let length = match (length, until) {
        (Some(length), _) => length,
        (None, Some(text)) => end(text, now, zone)?.duration_since(now),
        (None, None) => return Err("--for or --until is required".to_owned()),
    };
    if length > LONGEST {
        return Err("a hold lasts at most one week (what to do: use --for 168h or less; for a longer time, set \
                    MinCapacity of the scalable target to 1)"
            .to_owned());
    }
    let whole = length.as_secs().div_euclid(60);
    let over = length > SignedDuration::from_mins(whole);
    u32::try_from(whole + i64::from(over)).map_err(|error| error.to_string())
}

/// A time of day means today in the time zone. A time that has passed is refused and does not mean tomorrow, because
/// the instances would cost money for up to a day.
fn end(
    text: &str,
    now: Timestamp,
    zone: impl Fn() -> Result<TimeZone, String>,
) -> Result<Timestamp, String> {
    let soon = now + SignedDuration::from_hours(1);
    let passed = |zone: &TimeZone| {
        let soon = minute(soon, zone);
        format!(
            "--until {text} has passed (what to do: use a time in the future, such as --until {soon})"
        )
    };
    let unusable = || {
        let soon = minute(soon, &TimeZone::UTC);
        format!(
            "--until {text:?} is not a time (what to do: use a time of today such as 18:00, or a full time such as \
             {soon})"
        )
    };
    if let Ok(at) = text.parse::<Timestamp>() {
        return if at > now { Ok(at) } else { Err(passed(&TimeZone::UTC)) };
    }
    // jiff ignores an offset or a zone after a time of day.
    if text.split_once(':').is_some_and(|(_, rest)| rest.contains(['+', '-', '['])) {
        return Err(unusable());
    }
    // jiff reads the time of day also from a text with a date.
    let time_of_day = text.parse::<civil::Time>().map_err(|_| unusable())?;
    let date = text.parse::<civil::DateTime>().ok().map(|at| at.date());
    let zone = zone().map_err(|problem| {
        let soon = minute(soon, &TimeZone::UTC);
        format!("{problem} (what to do: correct TZ, or use a time with an offset, such as --until {soon})")
    })?;
    let today = zone.to_datetime(now).date();
    let at = |date: civil::Date| {
        zone.to_timestamp(date.to_datetime(time_of_day)).map_err(|_| unusable())
    };
    let first = at(date.unwrap_or(today))?;
    if first > now {
        return Ok(first);
    }
    if date.is_some() {
        return Err(passed(&zone));
    }
    let tomorrow = minute(at(today.tomorrow().map_err(|_| unusable())?)?, &zone);
    Err(format!(
        "--until {text} has passed today (what to do: for tomorrow, use --until {tomorrow})"
    ))
}

/// With the offset of the zone, rounded to a minute: a time that `--until` accepts.
fn minute(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned_datetime(zone.clone());
    local.round(Unit::Minute).unwrap_or(local).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn now() -> Timestamp {
        "2026-03-02T09:15:30Z".parse().unwrap()
    }

    fn berlin() -> Result<TimeZone, String> {
        Ok(TimeZone::fixed(jiff::tz::offset(1)))
    }

    #[test]
    fn minutes_are_whole_and_never_too_few() {
        for (seconds, wanted) in [(60, 1), (61, 2), (119, 2), (120, 2)] {
            let length = SignedDuration::from_secs(seconds);
            assert_eq!(minutes(Some(length), None, now(), berlin), Ok(wanted), "{seconds}");
        }
        assert_eq!(minutes(Some(LONGEST), None, now(), berlin), Ok(10_080));
        assert!(
            minutes(Some(LONGEST + SignedDuration::from_secs(1)), None, now(), berlin).is_err()
        );
    }

    #[test]
    fn a_time_without_a_zone_is_local_and_a_time_of_day_is_today() {
        let end = |text| end(text, now(), berlin).unwrap().to_string();
        assert_eq!(end("10:16"), "2026-03-02T09:16:00Z");
        assert_eq!(end("18:00"), "2026-03-02T17:00:00Z");
        assert_eq!(end("2026-03-04T18:00"), "2026-03-04T17:00:00Z");
        assert_eq!(end("2026-03-04 18:00"), "2026-03-04T17:00:00Z");
        assert_eq!(end("2026-03-02T18:00:00+01:00"), "2026-03-02T17:00:00Z");
    }

    #[test]
    fn a_time_that_is_past_or_none_is_refused_with_an_example_that_is_accepted() {
        for (text, example) in [
            ("2026-03-02T09:15:30Z", "2026-03-02T10:16:00+00:00"),
            ("10:15", "2026-03-03T10:15:00+01:00"),
            ("2026-03-01T18:00", "2026-03-02T11:16:00+01:00"),
            ("teatime", "2026-03-02T10:16:00+00:00"),
            ("2026-03-04", "2026-03-02T10:16:00+00:00"),
            ("18:00+05:00", "2026-03-02T10:16:00+00:00"),
            ("2026-03-04T18:00[Asia/Tokyo]", "2026-03-02T10:16:00+00:00"),
            ("", "2026-03-02T10:16:00+00:00"),
        ] {
            let message = minutes(None, Some(text), now(), berlin).unwrap_err();
            assert!(message.contains(example), "{text}: {message}");
            assert!(minutes(None, Some(example), now(), berlin).is_ok(), "{example}");
        }
        assert_eq!(minutes(None, Some("2026-03-02T09:15:31Z"), now(), berlin), Ok(1));
        assert!(minutes(None, Some("2026-03-12T09:15:31Z"), now(), berlin).is_err());
    }

    #[test]
    fn a_time_zone_that_is_unknown_is_used_for_no_time() {
        let unknown = || Err("unknown".to_owned());
        let refused = minutes(None, Some("18:00"), now(), unknown).unwrap_err();
        assert!(refused.starts_with("unknown (what to do: correct TZ"), "{refused}");
        assert!(minutes(None, Some("2026-03-02T18:00:00Z"), now(), unknown).is_ok());
    }
}
