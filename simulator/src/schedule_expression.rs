//! When a scheduled action runs, by its `Schedule` and `Timezone`.
//!
//! The model runs `at(...)`, and `cron(...)` expressions whose day of month, month and year are `*`
//! or `?`, in any IANA time zone. It stores and lists `rate(...)` and any other `cron(...)`, but
//! does not run them.

use jiff::{
    SignedDuration, Timestamp,
    civil::{DateTime, Weekday},
    tz::TimeZone,
};

/// A schedule that the model can run.
#[derive(Debug, Clone)]
pub(crate) enum Runs {
    /// Runs once, at this time.
    Once(Timestamp),
    /// Runs at each matching time.
    Cron { minutes: Vec<i8>, hours: Vec<i8>, weekdays: Vec<Weekday>, zone: TimeZone },
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
            return Ok(Self::cron(cron, zone).unwrap_or(Self::Never));
        }
        inner("rate(").map(|_| Self::Never).ok_or_else(malformed)
    }

    fn cron(fields: &str, zone: TimeZone) -> Option<Self> {
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let [minutes, hours, day, month, weekdays, year] = fields.as_slice() else { return None };
        let any = |field: &&&str| matches!(**field, "*" | "?");
        if ![day, month, year].iter().all(any) {
            return None;
        }
        let numbers = |field: &str, until: i8| match field {
            "*" => Some((0..until).collect()),
            field => field.split(',').map(|number| number.parse().ok()).collect(),
        };
        let weekdays = weekdays_of(weekdays)?;
        Some(Self::Cron {
            minutes: numbers(minutes, 60)?,
            hours: numbers(hours, 24)?,
            weekdays,
            zone,
        })
    }

    /// The next run after this time. A one-time schedule returns its time in any case.
    pub(crate) fn next_after(&self, then: Timestamp) -> Option<Timestamp> {
        let (minutes, hours, weekdays, zone) = match self {
            Self::Once(at) => return Some(*at),
            Self::Never => return None,
            Self::Cron { minutes, hours, weekdays, zone } => (minutes, hours, weekdays, zone),
        };
        let today = zone.to_datetime(then).date();
        // Nine days contain a match for every combination of weekdays and hours.
        let days = std::iter::successors(Some(today), |day| day.tomorrow().ok()).take(9);
        let times = days.filter(|day| weekdays.contains(&day.weekday())).flat_map(|day| {
            hours.iter().flat_map(move |hour| {
                minutes.iter().map(move |minute| day.at(*hour, *minute, 0, 0))
            })
        });
        let times = times.filter_map(|time| zone.to_timestamp(time).ok());
        times.filter(|time| time.duration_since(then) > SignedDuration::ZERO).min()
    }
}

/// Days of the week by their three letters: one, a list, or a range.
fn weekdays_of(field: &str) -> Option<Vec<Weekday>> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    const DAYS: [(&str, Weekday); 7] = [
        ("SUN", Sunday),
        ("MON", Monday),
        ("TUE", Tuesday),
        ("WED", Wednesday),
        ("THU", Thursday),
        ("FRI", Friday),
        ("SAT", Saturday),
    ];
    let place = |name: &str| DAYS.iter().position(|(known, _)| *known == name);
    match field.split_once('-') {
        _ if matches!(field, "*" | "?") => Some(DAYS.iter().map(|(_, day)| *day).collect()),
        Some((from, until)) => {
            let span = DAYS.get(place(from)?..=place(until)?)?;
            Some(span.iter().map(|(_, day)| *day).collect())
        }
        None => field.split(',').map(|name| Some(DAYS.get(place(name)?)?.1)).collect(),
    }
}
