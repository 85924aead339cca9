//! The time range of a command.

use jiff::{SignedDuration, Timestamp, Unit};

use crate::monitoring::args::TimeRangeArgs;
use scalerctl_console::Failure;

/// A time range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// Its start.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

impl TimeRange {
    /// Reads the time range from the arguments. `usual` is its length if they contain no start.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if a time is not valid, or if the range is empty or starts in the future.
    pub fn of(
        arguments: &TimeRangeArgs,
        usual: SignedDuration,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let until = match &arguments.until {
            None => now,
            Some(text) => time("--until", text, now)?.min(now),
        };
        let from = match &arguments.since {
            None => until - usual,
            Some(text) => time("--since", text, until)?,
        };
        if from >= until {
            return Err(Failure::Usage(format!(
                "--since: the time range is empty: it starts at {from:.0} and ends at {until:.0} (what to do: use an \
                 earlier start, such as --since 6h)"
            )));
        }
        Ok(Self { from, until })
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

/// Parses a time, or a duration before another time.
fn time(argument: &str, text: &str, before: Timestamp) -> Result<Timestamp, Failure> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let long = text.parse::<jiff::Span>().ok().and_then(|span| {
        // A day is 24 hours, because a duration has no time zone.
        let seconds = span.total((Unit::Second, jiff::SpanRelativeTo::days_are_24_hours())).ok()?;
        SignedDuration::try_from_secs_f64(seconds).ok()
    });
    long.and_then(|long| before.checked_sub(long).ok()).ok_or_else(|| {
        Failure::Usage(format!(
            "{argument} {text:?} is neither a duration (90m, 6h, 30d) nor a time \
             (2030-01-31T18:00:00Z)"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(since: &str, until: Option<&str>) -> Result<TimeRange, Failure> {
        let now = "2030-01-31T12:00:00Z".parse().map_err(|_| Failure::Usage("now".into()))?;
        let arguments = TimeRangeArgs { since: Some(since.into()), until: until.map(Into::into) };
        TimeRange::of(&arguments, SignedDuration::from_hours(6), now)
    }

    #[test]
    fn a_duration_counts_back_from_the_end_and_a_time_is_not_changed() {
        for (since, until, from) in [
            ("6h", None, "2030-01-31T06:00:00Z"),
            ("90m", None, "2030-01-31T10:30:00Z"),
            ("2d", Some("1d"), "2030-01-28T12:00:00Z"),
            ("2030-01-01T00:00:00+01:00", None, "2029-12-31T23:00:00Z"),
        ] {
            assert_eq!(range(since, until).map(|range| range.from.to_string()), Ok(from.into()));
        }
    }

    #[test]
    fn invalid_times_and_empty_ranges_are_refused() {
        for since in ["yesterday", "", "0s", "-1h", "2030-01-31T12:00:00Z", "2031-01-01T00:00:00Z"]
        {
            let refused = range(since, None);
            assert!(
                matches!(&refused, Err(Failure::Usage(why)) if why.contains("--since")),
                "{since}: {refused:?}"
            );
        }
        assert!(range("1s", None).is_ok());
    }
}
