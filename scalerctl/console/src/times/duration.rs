//! Durations in arguments.

use std::ops::RangeInclusive;

use jiff::{SignedDuration, Span, SpanRelativeTo, Unit};

use super::DURATION_FORMS;

/// The duration that a text says, if it is 0 or more. A day has 24 hours, because a duration has no time zone. A
/// month has no length.
pub(super) fn read(text: &str) -> Option<SignedDuration> {
    // jiff also reads 25:00:00, which is more likely a clock time with a wrong number.
    if text.contains(':') {
        return None;
    }
    let span: Span = text.trim().parse().ok()?;
    let seconds = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).ok()?;
    SignedDuration::try_from_secs_f64(seconds).ok().filter(|it| !it.is_negative())
}

/// A duration above 0.
///
/// # Errors
/// A message for the user.
pub fn positive_duration(text: &str) -> Result<SignedDuration, String> {
    let positive = read(text).filter(SignedDuration::is_positive);
    positive.ok_or_else(|| format!("{text:?} is not a duration above 0, {DURATION_FORMS}"))
}

/// A duration of 0 or more. `0` needs no unit.
///
/// # Errors
/// A message for the user.
pub fn duration_or_zero(text: &str) -> Result<SignedDuration, String> {
    match text.trim() {
        "0" => Ok(SignedDuration::ZERO),
        text => read(text).ok_or_else(|| format!("{text:?} is not a duration {DURATION_FORMS}")),
    }
}

/// A parser for a positive duration of at most this number of days.
pub fn duration_up_to_days(most: i64) -> impl Fn(&str) -> Result<SignedDuration, String> + Clone {
    move |text| {
        let fits =
            |it: &SignedDuration| it.is_positive() && *it <= SignedDuration::from_hours(24 * most);
        read(text).filter(fits).ok_or_else(|| {
            format!("{text:?} is not a duration above 0 and up to {most}d, {DURATION_FORMS}")
        })
    }
}

/// A parser for whole seconds in a range: a duration, or a number of seconds.
pub fn whole_seconds<T: TryFrom<u64>>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| whole(text, &range, 1, "seconds")
}

/// A parser for whole minutes in a range: a duration, or a number of minutes.
pub fn whole_minutes<T: TryFrom<u64>>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| whole(text, &range, 60, "minutes")
}

fn whole<T: TryFrom<u64>>(
    text: &str,
    range: &RangeInclusive<u64>,
    unit_seconds: u64,
    units: &str,
) -> Result<T, String> {
    let duration = || {
        let seconds = read(text).filter(|it| it.subsec_nanos() == 0)?.as_secs();
        let seconds = u64::try_from(seconds).ok()?;
        seconds.is_multiple_of(unit_seconds).then_some(seconds / unit_seconds)
    };
    let count = text.parse().ok().or_else(duration).filter(|it| range.contains(it));
    count.and_then(|it| T::try_from(it).ok()).ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        format!(
            "{text:?} is not a whole number of {units} from {least} to {most}, and not such a duration, {DURATION_FORMS}"
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        positive_duration(text).ok().map(|it| it.as_secs())
    }

    #[test]
    fn every_form_is_read() {
        for (text, wanted) in [
            ("45s", 45),
            ("90m", 5_400),
            ("2h", 7_200),
            ("7d", 604_800),
            ("1h30m", 5_400),
            ("1h 30m", 5_400),
            (" 2 hours ", 7_200),
            ("1w", 604_800),
        ] {
            assert_eq!(seconds(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_the_forms() {
        for text in ["", "10", "x", "0s", "-1h", "1 month", "18:00", "25:00:00", "yesterday"] {
            let refused = positive_duration(text).unwrap_err();
            assert!(refused.contains(text) && refused.contains(DURATION_FORMS), "{refused}");
        }
        assert_eq!(duration_or_zero("0"), Ok(SignedDuration::ZERO));
        assert!(duration_or_zero("-1h").is_err());
    }

    #[test]
    fn limits_belong_to_the_range() {
        assert!(duration_up_to_days(7)("7d").is_ok());
        for text in ["169h", "0s", "x"] {
            assert!(
                duration_up_to_days(7)(text).is_err_and(|it| it.contains("up to 7d")),
                "{text}"
            );
        }
        let parse = whole_seconds::<u64>(60..=3600);
        assert_eq!((parse("60"), parse("1h")), (Ok(60), Ok(3600)));
        for text in ["59", "61m", "90.5s", "x"] {
            assert!(parse(text).is_err(), "{text}");
        }
        let parse = whole_minutes::<i32>(1..=1440);
        assert_eq!((parse("1440"), parse("24h"), parse("1h30m")), (Ok(1440), Ok(1440), Ok(90)));
        for text in ["0", "1441", "90s", "25h", "x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
