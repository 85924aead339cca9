//! When a scheduled action runs, by its `Schedule` and `Timezone`: `at(...)`, `rate(...)`, or `cron(...)` in any IANA
//! time zone ("Schedule recurring scaling actions using cron expressions" in the Application Auto Scaling guide).

use jiff::{Span, Timestamp, civil::DateTime, tz::TimeZone};

use crate::cron_expression::Cron;

/// A schedule.
#[derive(Debug, Clone)]
pub(crate) enum Runs {
    /// Runs once, at this time.
    Once(Timestamp),
    /// Runs again after each of these spans.
    Rate(Span),
    /// Runs at each matching time.
    Cron { cron: Cron, zone: TimeZone },
    /// Stored and listed only.
    Never,
}

impl Runs {
    /// Parses a schedule. The error is the message of AWS.
    pub(crate) fn parse(schedule: &str, timezone: Option<&str>) -> Result<Self, String> {
        let malformed = || format!("Invalid schedule expression: {schedule}");
        let inner = |kind: &str| schedule.strip_prefix(kind)?.strip_suffix(')');
        let name = timezone.filter(|name| !name.is_empty()).unwrap_or("UTC");
        let zone = TimeZone::get(name).map_err(|_| format!("Invalid timezone: {name}"))?;
        if let Some(at) = inner("at(") {
            let at = at.parse::<DateTime>().map_err(|_| malformed())?;
            return zone.to_timestamp(at).map(Self::Once).map_err(|_| malformed());
        }
        if let Some(cron) = inner("cron(") {
            let cron = Cron::parse(cron).ok_or_else(malformed)?;
            return Ok(Self::Cron { cron, zone });
        }
        inner("rate(").and_then(rate).map(Self::Rate).ok_or_else(malformed)
    }

    /// Whether it runs more than once.
    pub(crate) fn recurs(&self) -> bool {
        matches!(self, Self::Rate(_) | Self::Cron { .. })
    }

    /// The next run after this time, or after the last run. A one-time schedule returns its time in any case.
    pub(crate) fn next_after(&self, then: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Once(at) => Some(*at),
            Self::Rate(span) => then.checked_add(*span).ok(),
            Self::Cron { cron, zone } => cron.next_after(then, zone),
            Self::Never => None,
        }
    }

    /// The first run after this time, and from `start` on. The first run of a rate is at its start.
    pub(crate) fn first_after(
        &self,
        now: Timestamp,
        start: Option<Timestamp>,
    ) -> Option<Timestamp> {
        match (self, start.filter(|start| *start > now)) {
            (Self::Rate(_), Some(start)) => Some(start),
            (Self::Cron { .. }, Some(start)) => {
                self.next_after(start.checked_sub(Span::new().seconds(1)).ok()?)
            }
            _ => self.next_after(now),
        }
    }
}

/// `5 minutes`: the units are minutes, hours, and days.
fn rate(text: &str) -> Option<Span> {
    let (number, unit) = text.trim().split_once(' ')?;
    let number = number.parse::<i32>().ok().filter(|number| *number > 0)?;
    match unit.trim() {
        "minute" | "minutes" => Some(Span::new().minutes(number)),
        "hour" | "hours" => Some(Span::new().hours(number)),
        // A day of 24 hours: a rate has no time zone.
        "day" | "days" => Some(Span::new().hours(number.checked_mul(24)?)),
        _ => None,
    }
}
