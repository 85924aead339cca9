//! The end of a hold. The duration is rounded up to whole minutes.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use scalerctl_console::time_zone;

/// The longest hold: one week.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The duration of the hold in minutes, from `--for` or `--until`.
///
/// # Errors
/// A message that states what is not valid, with an example.
pub fn minutes(
    length: Option<SignedDuration>,
    until: Option<&str>,
    now: Timestamp,
) -> Result<u32, String> {
    let length = match (length, until) {
        (Some(length), _) => length,
        (None, Some(text)) => {
            time_zone::check().map_err(|failure| failure.to_string())?;
            end(text, now, TimeZone::system())?.duration_since(now)
        }
        (None, None) => return Err("--for or --until is required".to_owned()),
    };
    if !length.is_positive() {
        return Err("--until is in the past: use a time in the future, such as 18:00".to_owned());
    }
    if length > LONGEST {
        return Err("a hold lasts at most one week".to_owned());
    }
    let whole = length.as_secs().div_euclid(60);
    let over = length > SignedDuration::from_mins(whole);
    u32::try_from(whole + i64::from(over)).map_err(|error| error.to_string())
}

/// A time of day means today in the time zone. A time that has passed is refused and does not mean tomorrow, because
/// the instances would cost money for up to a day.
fn end(text: &str, now: Timestamp, zone: TimeZone) -> Result<Timestamp, String> {
    let unusable =
        || format!("--until {text:?} is not a time such as 18:00 or 2026-03-02T18:00:00+01:00");
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let time: Time = text.parse().map_err(|_| unusable())?;
    let today = zone.to_datetime(now).date();
    let at = |date: Date| zone.to_timestamp(date.to_datetime(time)).map_err(|_| unusable());
    let first = at(today)?;
    if first > now {
        return Ok(first);
    }
    let tomorrow = at(today.tomorrow().map_err(|_| unusable())?)?;
    Err(format!("--until {text} has passed today: for tomorrow, use --until {tomorrow}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn now() -> Timestamp {
        "2026-03-02T09:15:30Z".parse().unwrap()
    }

    #[test]
    fn minutes_are_whole_and_never_too_few() {
        for (seconds, wanted) in [(60, 1), (61, 2), (119, 2), (120, 2)] {
            let length = SignedDuration::from_secs(seconds);
            assert_eq!(minutes(Some(length), None, now()), Ok(wanted), "{seconds}");
        }
        assert_eq!(minutes(Some(LONGEST), None, now()), Ok(10_080));
        assert!(minutes(Some(LONGEST + SignedDuration::from_secs(1)), None, now()).is_err());
    }

    #[test]
    fn a_time_of_day_is_today_in_the_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let end = |text| end(text, now(), zone.clone()).unwrap().to_string();
        assert_eq!(end("10:16"), "2026-03-02T09:16:00Z");
        assert_eq!(end("18:00"), "2026-03-02T17:00:00Z");
        assert_eq!(end("2026-03-02T18:00:00+01:00"), "2026-03-02T17:00:00Z");
    }

    #[test]
    fn a_time_that_is_past_or_none_is_refused() {
        assert!(minutes(None, Some("2026-03-02T09:15:30Z"), now()).is_err());
        assert_eq!(minutes(None, Some("2026-03-02T09:15:31Z"), now()), Ok(1));
        assert!(minutes(None, Some("teatime"), now()).is_err());
        let passed = super::end("10:15", now(), TimeZone::fixed(jiff::tz::offset(1)));
        assert_eq!(
            passed,
            Err("--until 10:15 has passed today: for tomorrow, use --until 2026-03-03T09:15:00Z"
                .into())
        );
    }
}
