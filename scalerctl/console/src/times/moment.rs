//! The moment that a text means, in a time zone and at a present.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use super::{
    TAKES,
    in_full::in_full,
    written::{Day, Unread, Written},
};

/// Where a duration, and a clock time without a date, leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the past: the last such time.
    Back,
    /// To the future: the next such time.
    Ahead,
}

/// How the value of an option is read.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// The option, for errors.
    pub option: &'a str,
    /// Where it leads.
    pub way: Way,
    /// The present.
    pub now: Timestamp,
    /// Where a duration begins, and what a clock time is before or after.
    pub from: Timestamp,
    /// The time zone of a time that has none, or why there is none.
    pub zone: &'a Result<TimeZone, String>,
}

/// A moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// How a clock time was read that is not today's.
    pub meant: Option<String>,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self { at, meant: None }
    }
}

impl Reading<'_> {
    /// The moment that this text means.
    ///
    /// # Errors
    ///
    /// A message that names the option, the value, and what to use instead: the text is no time, it is out of range, or
    /// on that day there is no such time or there are two.
    pub fn of(&self, text: &str) -> Result<Moment, String> {
        let written = Written::of(text).map_err(|unread| {
            let option = self.option;
            match unread {
                Unread::NoTime => {
                    format!("{option} {text:?} is not a time (what to do: correct it: {TAKES})")
                }
                Unread::UnknownZone(name) => format!(
                    "{option} {text:?} has the time zone {name}, which is not known (what to do: use a name such as \
                     Europe/Berlin, or an offset such as +01:00)"
                ),
            }
        })?;
        let moment = match written {
            Written::Now => self.now.into(),
            Written::Exact(at) => at.into(),
            Written::Length(length) => self.away(text, length)?.into(),
            Written::Clock(time, own) => self.clock(text, time, own)?,
            Written::Day(day, time, own) => {
                let zone = self.zone(own)?;
                let date = self.date(text, day, &zone)?;
                match time {
                    Some(time) => self.unambiguous(text, date.to_datetime(time), &zone)?.into(),
                    None => self.start(text, date, &zone)?.into(),
                }
            }
        };
        match self.way {
            Way::Ahead if moment.at <= self.now => Err(self.passed(text, moment.at)),
            Way::Ahead | Way::Back => Ok(moment),
        }
    }

    fn away(&self, text: &str, length: SignedDuration) -> Result<Timestamp, String> {
        let at = match self.way {
            Way::Back => self.from.checked_sub(length),
            Way::Ahead => self.from.checked_add(length),
        };
        at.map_err(|_| self.out_of_range(text))
    }

    fn date(&self, text: &str, day: Day, zone: &TimeZone) -> Result<Date, String> {
        match day {
            Day::Date(date) => Ok(date),
            Day::FromToday(days) => self.days_after(text, zone.to_datetime(self.now).date(), days),
        }
    }

    fn days_after(&self, text: &str, date: Date, days: i32) -> Result<Date, String> {
        let days = SignedDuration::from_hours(24 * i64::from(days));
        date.checked_add(days).map_err(|_| self.out_of_range(text))
    }

    /// A clock time: the last one, or the next one.
    fn clock(&self, text: &str, time: Time, own: Option<TimeZone>) -> Result<Moment, String> {
        let zone = self.zone(own)?;
        let near = zone.to_datetime(self.from).date();
        let on_that_day = zone.to_ambiguous_timestamp(near.to_datetime(time));
        let is_right = match self.way {
            Way::Back => on_that_day.earlier().is_ok_and(|at| at <= self.from),
            Way::Ahead => on_that_day.later().is_ok_and(|at| at > self.from),
        };
        if is_right {
            return Ok(self.unambiguous(text, near.to_datetime(time), &zone)?.into());
        }
        let days = match self.way {
            Way::Back => -1,
            Way::Ahead => 1,
        };
        let date = self.days_after(text, near, days)?;
        let at = self.unambiguous(text, date.to_datetime(time), &zone)?;
        let why = match self.way {
            Way::Ahead => "has passed today, so it is tomorrow's",
            Way::Back if self.from == self.now => "is in the future today, so it is yesterday's",
            Way::Back => "is the last one before the end",
        };
        let meant = format!("{} {text} {why}: {}", self.option, in_full(at, &zone));
        Ok(Moment { at, meant: Some(meant) })
    }

    /// The first moment of a day. Where the clocks go forward at midnight, this is not 00:00.
    fn start(&self, text: &str, date: Date, zone: &TimeZone) -> Result<Timestamp, String> {
        let start = zone.to_ambiguous_timestamp(date.to_datetime(Time::midnight()));
        start.compatible().map_err(|_| self.out_of_range(text))
    }

    /// A local time that there is once on its day.
    fn unambiguous(&self, text: &str, at: DateTime, zone: &TimeZone) -> Result<Timestamp, String> {
        let option = self.option;
        let local = at.strftime("%H:%M on %Y-%m-%d");
        let name = zone.iana_name().unwrap_or("the local time zone");
        let with = |offset: Offset| at_offset(at, offset);
        match zone.to_ambiguous_timestamp(at).offset() {
            AmbiguousOffset::Unambiguous { offset } => {
                offset.to_timestamp(at).map_err(|_| self.out_of_range(text))
            }
            AmbiguousOffset::Gap { before, .. } => Err(format!(
                "{option} {text:?}: in {name}, there is no {local}, because the clocks go forward over it (what to do: \
                 use another time, or one with an offset, such as {})",
                with(before)
            )),
            AmbiguousOffset::Fold { before, after } => Err(format!(
                "{option} {text:?}: in {name}, there is {local} twice, because the clocks go back (what to do: use {} \
                 for the first, or {} for the second)",
                with(before),
                with(after)
            )),
        }
    }

    fn zone(&self, own: Option<TimeZone>) -> Result<TimeZone, String> {
        match (own, self.zone) {
            (Some(zone), _) => Ok(zone),
            (None, Ok(zone)) => Ok(zone.clone()),
            (None, Err(problem)) => Err(format!(
                "{problem} (what to do: correct TZ, or give {} with a zone, such as 18:00Z)",
                self.option
            )),
        }
    }

    fn passed(&self, text: &str, at: Timestamp) -> String {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        format!(
            "{} {text:?} has passed: it is {}, and now it is {} (what to do: use a time in the future, such as 2h or \
             18:00)",
            self.option,
            in_full(at, &zone),
            in_full(self.now, &zone)
        )
    }

    fn out_of_range(&self, text: &str) -> String {
        let Self { option, .. } = self;
        format!("{option} {text:?} is out of range (what to do: use a time nearer to now)")
    }
}

/// A text that every option for a time takes: `2030-10-27T02:30:00+02:00`.
fn at_offset(at: DateTime, offset: Offset) -> String {
    match offset.to_timestamp(at) {
        Ok(moment) => moment.display_with_offset(offset).to_string(),
        Err(_) => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn stamp(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn read(way: Way, zone: &str, now: &str, text: &str) -> Result<Moment, String> {
        let zone = TimeZone::get(zone).map_err(|error| error.to_string());
        let now = stamp(now);
        Reading { option: "--at", way, now, from: now, zone: &zone }.of(text)
    }

    /// On a Thursday, at 12:00 in Berlin.
    fn noon(way: Way, text: &str) -> Result<Moment, String> {
        read(way, "Europe/Berlin", "2030-01-31T11:00:00Z", text)
    }

    #[test]
    fn the_past() {
        for (text, at) in [
            ("now", "2030-01-31T11:00:00Z"),
            ("6h", "2030-01-31T05:00:00Z"),
            ("7d", "2030-01-24T11:00:00Z"),
            ("1h 30m", "2030-01-31T09:30:00Z"),
            ("10:00", "2030-01-31T09:00:00Z"),
            ("12:00", "2030-01-31T11:00:00Z"),
            ("today", "2030-01-30T23:00:00Z"),
            ("yesterday", "2030-01-29T23:00:00Z"),
            ("yesterday 18:00", "2030-01-30T17:00:00Z"),
            ("2030-01-01", "2029-12-31T23:00:00Z"),
            ("2030-01-01 08:00", "2030-01-01T07:00:00Z"),
            ("2030-01-01 08:00 Asia/Tokyo", "2029-12-31T23:00:00Z"),
            ("2030-01-01T08:00[Asia/Tokyo]", "2029-12-31T23:00:00Z"),
            ("2030-01-01T00:00:00+01:00", "2029-12-31T23:00:00Z"),
        ] {
            assert_eq!(noon(Way::Back, text), Ok(stamp(at).into()), "{text}");
        }
        let moment = noon(Way::Back, "18:00").unwrap();
        assert_eq!(moment.at, stamp("2030-01-30T17:00:00Z"));
        let meant =
            "--at 18:00 is in the future today, so it is yesterday's: Wed 2030-01-30 18:00 CET";
        assert_eq!(moment.meant.as_deref(), Some(meant));
    }

    #[test]
    fn the_future() {
        for (text, at) in [
            ("6h", "2030-01-31T17:00:00Z"),
            ("18:00", "2030-01-31T17:00:00Z"),
            ("12:01", "2030-01-31T11:01:00Z"),
            ("11:30Z", "2030-01-31T11:30:00Z"),
            ("tomorrow", "2030-01-31T23:00:00Z"),
            ("tomorrow 9:00", "2030-02-01T08:00:00Z"),
            ("2030-02-03", "2030-02-02T23:00:00Z"),
        ] {
            assert_eq!(noon(Way::Ahead, text), Ok(stamp(at).into()), "{text}");
        }
        let moment = noon(Way::Ahead, "12:00").unwrap();
        assert_eq!(moment.at, stamp("2030-02-01T11:00:00Z"));
        let meant = "--at 12:00 has passed today, so it is tomorrow's: Fri 2030-02-01 12:00 CET";
        assert_eq!(moment.meant.as_deref(), Some(meant));
        for text in ["now", "0s", "today", "yesterday 18:00", "2030-01-01", "2030-01-31T11:00:00Z"]
        {
            let refused = noon(Way::Ahead, text).unwrap_err();
            assert!(refused.contains("has passed: it is ") && refused.contains(text), "{refused}");
        }
    }

    /// A start is read before the end of the range, and not before the present.
    #[test]
    fn a_clock_time_before_another_moment() {
        let zone = Ok(TimeZone::UTC);
        let now = stamp("2030-01-31T12:00:00Z");
        let from = stamp("2030-01-30T06:00:00Z");
        let moment =
            Reading { option: "--since", way: Way::Back, now, from, zone: &zone }.of("8:00");
        let Moment { at, meant } = moment.unwrap();
        assert_eq!(at, stamp("2030-01-29T08:00:00Z"));
        assert!(meant.unwrap().contains("the last one before the end: Tue 2030-01-29 08:00 UTC"));
    }

    #[test]
    fn a_local_time_that_there_is_twice_or_not_at_all_is_refused_with_times_that_are_read() {
        for (text, parts) in [
            ("2030-03-31 02:30", ["there is no 02:30 on 2030-03-31", "2030-03-31T02:30:00+01:00"]),
            (
                "2030-10-27 02:30",
                ["there is 02:30 on 2030-10-27 twice", "2030-10-27T02:30:00+02:00"],
            ),
            ("2030-10-27 02:30", ["Europe/Berlin", "2030-10-27T02:30:00+01:00"]),
        ] {
            let refused = noon(Way::Ahead, text).unwrap_err();
            assert!(parts.iter().all(|part| refused.contains(part)), "{refused}");
        }
        for text in ["2030-03-31T02:30:00+01:00", "2030-10-27T02:30:00+02:00"] {
            assert_eq!(noon(Way::Ahead, text), Ok(stamp(text).into()));
        }
    }

    /// On the days on which the clocks change, in Berlin at 02:00 and 03:00.
    #[test]
    fn a_clock_time_on_the_day_on_which_the_clocks_change() {
        let at = |way, now, text| read(way, "Europe/Berlin", now, text).map(|it| it.at.to_string());
        // Noon has passed or has not, whatever happened at night.
        let noon = at(Way::Ahead, "2030-03-31T00:30:00Z", "12:00");
        assert_eq!(noon.as_deref(), Ok("2030-03-31T10:00:00Z"));
        // 02:30 does not exist today; asked in the afternoon, it is tomorrow's.
        let night = at(Way::Ahead, "2030-03-31T12:00:00Z", "02:30");
        assert_eq!(night.as_deref(), Ok("2030-04-01T00:30:00Z"));
        // Asked the evening before, it is tonight's, which does not exist.
        let tonight = at(Way::Ahead, "2030-03-30T20:00:00Z", "02:30");
        assert!(tonight.is_err_and(|it| it.contains("there is no 02:30 on 2030-03-31")));
        // Between the two 02:30, the second is still to come.
        let second = at(Way::Ahead, "2030-10-27T00:45:00Z", "02:30");
        assert!(second.is_err_and(|it| it.contains("twice")));
        // A day that begins at 01:00.
        let start = read(Way::Back, "Africa/Cairo", "2030-04-26T12:00:00Z", "today");
        assert_eq!(start.map(|it| it.at.to_string()).as_deref(), Ok("2030-04-25T22:00:00Z"));
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_forms() {
        for text in ["soon", "", "24:00", "2030-02-30", "18:00 CET", "-1h"] {
            let refused = noon(Way::Back, text).unwrap_err();
            let begins = format!(
                "--at {text:?} is not a time (what to do: correct it: TIME is a duration (90m,"
            );
            assert!(refused.starts_with(&begins), "{refused}");
        }
        let refused = noon(Way::Back, "18:00 Europe/Berlim").unwrap_err();
        assert!(refused.contains("the time zone Europe/Berlim, which is not known"), "{refused}");
        let refused = noon(Way::Ahead, "99999999h").unwrap_err();
        assert!(refused.contains("out of range"), "{refused}");
    }

    #[test]
    fn an_unknown_local_zone_matters_only_for_local_times() {
        let zone = Err("TZ is \"x\"".to_owned());
        let now = stamp("2030-01-31T11:00:00Z");
        let read = |text| {
            Reading { option: "--at", way: Way::Ahead, now, from: now, zone: &zone }.of(text)
        };
        for text in ["18:00", "tomorrow", "2030-02-01"] {
            assert!(
                read(text).is_err_and(|it| it.starts_with("TZ is \"x\" (what to do: correct TZ"))
            );
        }
        for text in ["2h", "18:00Z", "2030-02-01T00:00:00Z", "2030-02-01 10:00 Europe/Berlin"] {
            assert!(read(text).is_ok(), "{text}");
        }
    }
}
