//! Times as people read them: in their own zone, or in UTC.

use jiff::{SignedDuration, Timestamp, ZonedDateTime, tz::TimeZone};

use crate::monitoring::args::TimeArgs;

/// The zone in which times are shown.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC where it is asked for or the machine has no zone, else the machine's.
    pub fn of(arguments: &TimeArgs) -> Self {
        Self(if arguments.utc {
            TimeZone::UTC
        } else {
            TimeZone::try_system().unwrap_or(TimeZone::UTC)
        })
    }

    /// A time there.
    pub fn of_time(&self, at: Timestamp) -> ZonedDateTime {
        at.to_zoned_datetime(self.0.clone())
    }

    /// `14:03`.
    pub fn minute(&self, at: Timestamp) -> String {
        self.of_time(at).strftime("%H:%M").to_string()
    }

    /// `14:03:20`.
    pub fn second(&self, at: Timestamp) -> String {
        self.of_time(at).strftime("%H:%M:%S").to_string()
    }

    /// `2030-01-31 14:03`.
    pub fn date(&self, at: Timestamp) -> String {
        self.of_time(at).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// The zone's name at that time, for example `UTC` or `CET`.
    pub fn name(&self, at: Timestamp) -> String {
        self.of_time(at).strftime("%Z").to_string()
    }
}

/// A length in its two largest units at most: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`.
pub fn long(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min"),
        3600..86_400 if minutes % 60 == 0 => format!("{hours} h"),
        3600..86_400 => format!("{hours} h {} min", minutes % 60),
        _ if hours % 24 == 0 => format!("{days} d"),
        _ => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_changes_its_units_at_each_whole_one() {
        for (seconds, told) in [
            (-5, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (3660, "1 h 1 min"),
            (86_399, "23 h 59 min"),
            (86_400, "1 d"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(long(SignedDuration::from_secs(seconds)), told);
        }
    }
}
