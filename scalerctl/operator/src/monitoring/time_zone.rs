//! Times as text, in the user's time zone or in UTC.

use jiff::{Timestamp, ZonedDateTime, tz};

use scalerctl_console::times::local_zone;

use crate::monitoring::args::TimeArgs;

/// The time zone in which times are shown.
#[derive(Debug, Clone)]
pub struct TimeZone(tz::TimeZone);

impl TimeZone {
    /// UTC with `--utc` or if the machine has no known time zone, else the machine's.
    pub fn of(arguments: &TimeArgs) -> Self {
        Self(if arguments.utc { tz::TimeZone::UTC } else { local_zone::of_output() })
    }

    /// UTC.
    pub fn utc() -> Self {
        Self(tz::TimeZone::UTC)
    }

    /// A time in this time zone.
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

    /// `2030-01-31`.
    pub fn day(&self, at: Timestamp) -> String {
        self.of_time(at).strftime("%Y-%m-%d").to_string()
    }

    /// `2030-01-31 14:03`.
    pub fn date(&self, at: Timestamp) -> String {
        self.of_time(at).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// The end of a time that began at `from`: `14:03`, or `2030-01-31 14:03` if that is another day.
    pub fn until(&self, from: Timestamp, until: Timestamp) -> String {
        if self.day(from) == self.day(until) { self.minute(until) } else { self.date(until) }
    }

    /// The zone's name at that time, for example `UTC` or `CET`.
    pub fn name(&self, at: Timestamp) -> String {
        self.of_time(at).strftime("%Z").to_string()
    }
}
