//! The time range of a command.

use jiff::{SignedDuration, Timestamp, tz};
use scalerctl_console::{
    Failure,
    times::{
        in_full::in_full,
        local_zone,
        moment::{Moment, Reading, Way},
    },
};

use crate::monitoring::args::{TimeArgs, TimeRangeArgs};

/// A time range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// Its start.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

impl TimeRange {
    /// Reads the time range from the arguments. `usual` is its length if they contain no start. A time without a zone is
    /// in the zone in which times are printed. On stderr, it says how a short form was read.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if a time is not valid, or if the range is empty or starts in the future.
    pub fn of(
        arguments: &TimeRangeArgs,
        times: &TimeArgs,
        usual: SignedDuration,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let zone = if times.utc { Ok(tz::TimeZone::UTC) } else { local_zone::of_input() };
        let (range, meant) = Self::read(arguments, usual, now, &zone).map_err(Failure::Usage)?;
        for text in meant {
            anstream::eprintln!("scalerctl: {text}");
        }
        Ok(range)
    }

    /// The range, and how short forms were read.
    fn read(
        arguments: &TimeRangeArgs,
        usual: SignedDuration,
        now: Timestamp,
        zone: &Result<tz::TimeZone, String>,
    ) -> Result<(Self, Vec<String>), String> {
        let read = |option, text: Option<&String>, from| match text {
            Some(text) => Reading { option, way: Way::Back, now, from, zone }.of(text).map(Some),
            None => Ok(None),
        };
        let mut end = read("--until", arguments.until.as_ref(), now)?.unwrap_or(now.into());
        if end.at > now {
            let text = arguments.until.as_deref().unwrap_or_default();
            let meant = format!("--until {text} is in the future, so the range ends now");
            end = Moment { at: now, meant: Some(meant) };
        }
        let start = read("--since", arguments.since.as_ref(), end.at)?;
        let start = start.unwrap_or_else(|| (end.at - usual).into());
        if start.at >= end.at {
            let zone = zone.clone().unwrap_or(tz::TimeZone::UTC);
            return Err(format!(
                "--since {:?}: the time range is empty: it starts at {} and ends at {} (what to do: use an earlier \
                 start, such as --since 6h)",
                arguments.since.as_deref().unwrap_or_default(),
                in_full(start.at, &zone),
                in_full(end.at, &zone)
            ));
        }
        let meant = [start.meant, end.meant].into_iter().flatten().collect();
        Ok((Self { from: start.at, until: end.at }, meant))
    }

    /// Start and end.
    pub fn pair(self) -> (Timestamp, Timestamp) {
        (self.from, self.until)
    }

    /// Its length.
    pub fn length(self) -> SignedDuration {
        self.until.duration_since(self.from)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn range(since: Option<&str>, until: Option<&str>) -> Result<(String, String, usize), String> {
        let now = "2030-01-31T12:00:00Z".parse().unwrap();
        let arguments =
            TimeRangeArgs { since: since.map(Into::into), until: until.map(Into::into) };
        let zone = Ok(tz::TimeZone::UTC);
        let (range, meant) =
            TimeRange::read(&arguments, SignedDuration::from_hours(6), now, &zone)?;
        Ok((range.from.to_string(), range.until.to_string(), meant.len()))
    }

    #[test]
    fn a_start_is_read_before_the_end_and_an_end_before_now() {
        let now = "2030-01-31T12:00:00Z";
        for (since, until, from, to, meant) in [
            (None, None, "2030-01-31T06:00:00Z", now, 0),
            (Some("90m"), None, "2030-01-31T10:30:00Z", now, 0),
            (Some("2d"), Some("1d"), "2030-01-28T12:00:00Z", "2030-01-30T12:00:00Z", 0),
            (Some("10:00"), None, "2030-01-31T10:00:00Z", now, 0),
            (Some("18:00"), None, "2030-01-30T18:00:00Z", now, 1),
            (Some("18:00"), Some("13:00"), "2030-01-29T18:00:00Z", "2030-01-30T13:00:00Z", 2),
            (Some("yesterday"), Some("today"), "2030-01-30T00:00:00Z", "2030-01-31T00:00:00Z", 0),
            (Some("2030-01-01T00:00:00+01:00"), None, "2029-12-31T23:00:00Z", now, 0),
            (Some("1h"), Some("tomorrow"), "2030-01-31T11:00:00Z", now, 1),
        ] {
            assert_eq!(
                range(since, until),
                Ok((from.into(), to.into(), meant)),
                "{since:?} {until:?}"
            );
        }
    }

    #[test]
    fn invalid_times_and_empty_ranges_are_refused() {
        for since in ["soon", "", "0s", "-1h", "now", "tomorrow", "2030-01-31T12:00:00Z"] {
            let refused = range(Some(since), None).unwrap_err();
            let named = format!("--since {since:?}");
            assert!(refused.starts_with(&named), "{refused}");
        }
        assert!(range(Some("1s"), None).is_ok());
    }
}
