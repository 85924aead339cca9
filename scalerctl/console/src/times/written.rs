//! What a text says. When that is depends on the time zone and the present: see [`super::moment`].

use jiff::{SignedDuration, Timestamp, civil, tz, tz::TimeZone};

use super::duration;

/// What a text says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Written {
    /// `now`.
    Now,
    /// `6h`.
    Length(SignedDuration),
    /// A date and a time with an offset from UTC.
    Exact(Timestamp),
    /// `18:00`, and its zone if it has one.
    Clock(civil::Time, Option<TimeZone>),
    /// `2030-01-31` or `yesterday`, a clock time on that day, and a zone.
    Day(Day, Option<civil::Time>, Option<TimeZone>),
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Day {
    /// The date in the time zone, with this number of days added.
    FromToday(i32),
    /// A date.
    Date(civil::Date),
}

/// Why a text says no time.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Unread {
    /// It has none of the forms.
    NoTime,
    /// Its end is the name of a time zone, but no known one.
    UnknownZone(String),
}

impl Written {
    /// Reads a text.
    pub(super) fn of(text: &str) -> Result<Self, Unread> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("now") {
            return Ok(Self::Now);
        }
        if let Ok(at) = text.parse() {
            return Ok(Self::Exact(at));
        }
        if let Some(length) = duration::read(text) {
            return Ok(Self::Length(length));
        }
        let (rest, zone) = split_zone(text)?;
        let words: Vec<&str> =
            split_date(rest).into_iter().flat_map(str::split_whitespace).collect();
        match words.as_slice() {
            [word] => match (clock(word), day(word)) {
                (Some(time), _) => Ok(Self::Clock(time, zone)),
                (None, Some(day)) => Ok(Self::Day(day, None, zone)),
                (None, None) => Err(Unread::NoTime),
            },
            [first, second] => match (day(first), clock(second)) {
                (Some(day), Some(time)) => Ok(Self::Day(day, Some(time), zone)),
                _ => Err(Unread::NoTime),
            },
            _ => Err(Unread::NoTime),
        }
    }
}

/// `2030-01-31T18:00` as two words.
fn split_date(text: &str) -> Vec<&str> {
    match text.split_once(['T', 't']) {
        Some((date, time)) if day(date).is_some() && clock(time).is_some() => vec![date, time],
        _ => vec![text],
    }
}

/// Only hours, minutes and seconds: jiff ignores what else is there, such as a date or an offset.
fn clock(text: &str) -> Option<civil::Time> {
    let number = |part: &str| {
        let is_one = (1..=2).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_digit());
        part.parse().ok().filter(|_: &i8| is_one)
    };
    let parts: Option<Vec<i8>> = text.split(':').map(number).collect();
    match parts?.as_slice() {
        [hour, minute] => civil::Time::new(*hour, *minute, 0, 0).ok(),
        [hour, minute, second] => civil::Time::new(*hour, *minute, *second, 0).ok(),
        _ => None,
    }
}

fn day(text: &str) -> Option<Day> {
    match text.to_ascii_lowercase().as_str() {
        "yesterday" => Some(Day::FromToday(-1)),
        "today" => Some(Day::FromToday(0)),
        "tomorrow" => Some(Day::FromToday(1)),
        // jiff also reads a date with a time.
        date => (date.len() == 10).then(|| date.parse().ok().map(Day::Date)).flatten(),
    }
}

/// The time zone at the end of a text: `[Europe/Berlin]`, a word such as `Europe/Berlin`, `UTC` or `+01:00`, or an
/// offset directly after a clock time. An abbreviation such as CET is none: several zones can have the same.
fn split_zone(text: &str) -> Result<(&str, Option<TimeZone>), Unread> {
    let unknown = |name: &str| Unread::UnknownZone(name.to_owned());
    if let Some((rest, name)) = text.strip_suffix(']').and_then(|it| it.rsplit_once('[')) {
        let zone = TimeZone::get(name).map_err(|_| unknown(name))?;
        return Ok((rest.trim_end(), Some(zone)));
    }
    if let Some((rest, last)) = text.rsplit_once(char::is_whitespace) {
        let is_name = last.contains('/') || last.eq_ignore_ascii_case("UTC");
        let zone = if is_name { TimeZone::get(last).ok() } else { offset(last) };
        match zone {
            Some(zone) => return Ok((rest.trim_end(), Some(zone))),
            None if is_name => return Err(unknown(last)),
            None => {}
        }
    }
    let after_clock = text.find(':').and_then(|colon| {
        let place = text[colon..].find(['+', '-', 'Z', 'z'])?;
        Some(text.split_at(colon + place))
    });
    match after_clock.and_then(|(rest, last)| Some((rest, offset(last)?))) {
        Some((rest, zone)) => Ok((rest, Some(zone))),
        None => Ok((text, None)),
    }
}

/// `+01:00`, or `Z`.
fn offset(text: &str) -> Option<TimeZone> {
    // jiff reads an offset only with a date. Midnight in UTC on this date is second 0.
    let midnight: Timestamp = format!("1970-01-01T00:00{text}").parse().ok()?;
    let seconds = i32::try_from(midnight.as_second()).ok()?;
    tz::Offset::from_seconds(-seconds).ok().map(TimeZone::fixed)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn every_form_is_read() {
        let six = time(18, 0, 0, 0);
        let last = Day::Date(date(2030, 1, 31));
        let berlin = || TimeZone::get("Europe/Berlin").ok();
        let plus_five = || Some(TimeZone::fixed(tz::offset(5)));
        for (text, wanted) in [
            ("now", Written::Now),
            ("6h", Written::Length(SignedDuration::from_hours(6))),
            ("18:00", Written::Clock(six, None)),
            ("9:05:30", Written::Clock(time(9, 5, 30, 0), None)),
            ("18:00Z", Written::Clock(six, Some(TimeZone::UTC))),
            ("18:00 +05:00", Written::Clock(six, plus_five())),
            ("18:00+05:00", Written::Clock(six, plus_five())),
            ("2030-01-31", Written::Day(last, None, None)),
            ("2030-01-31T18:00", Written::Day(last, Some(six), None)),
            ("2030-01-31 18:00", Written::Day(last, Some(six), None)),
            ("2030-01-31 Europe/Berlin", Written::Day(last, None, berlin())),
            ("2030-01-31T18:00[Europe/Berlin]", Written::Day(last, Some(six), berlin())),
            ("2030-01-31 18:00 Europe/Berlin", Written::Day(last, Some(six), berlin())),
            ("Yesterday", Written::Day(Day::FromToday(-1), None, None)),
            ("today 18:00", Written::Day(Day::FromToday(0), Some(six), None)),
            (
                "tomorrow 18:00 UTC",
                Written::Day(Day::FromToday(1), Some(six), TimeZone::get("UTC").ok()),
            ),
        ] {
            assert_eq!(Written::of(text), Ok(wanted), "{text}");
        }
        for text in ["2030-01-31T17:00:00Z", "2030-01-31T18:00+01:00", "2030-01-31 17:00Z"] {
            let at = "2030-01-31T17:00:00Z".parse().map(Written::Exact);
            assert_eq!(Written::of(text).ok(), at.ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for text in [
            "",
            "soon",
            "18",
            "24:00",
            "18:60",
            "18:00 CET",
            "2030-02-30",
            "2030-01-31 evening",
            "18:00 today",
            "-1h",
            "1:2:3:4",
            "25:00:00",
            "2030-01-31T18:00 18:00",
        ] {
            assert_eq!(Written::of(text), Err(Unread::NoTime), "{text}");
        }
        let unknown = Unread::UnknownZone("Europe/Berlim".to_owned());
        for text in ["18:00 Europe/Berlim", "2030-01-31T18:00[Europe/Berlim]"] {
            assert_eq!(Written::of(text), Err(unknown.clone()), "{text}");
        }
    }
}
