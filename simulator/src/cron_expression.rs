//! Cron expressions of AWS: minutes, hours, day of month, month, day of week, and year.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// Eight years contain a 29 February, also around a year such as 2100.
const DAYS_AHEAD: usize = 366 * 9;

/// A cron expression.
#[derive(Debug, Clone)]
pub(crate) struct Cron {
    minutes: Vec<i16>,
    hours: Vec<i16>,
    days: Days,
    months: Vec<i16>,
    weekdays: Weekdays,
    years: Vec<i16>,
}

/// The day of month.
#[derive(Debug, Clone)]
enum Days {
    Any,
    These(Vec<i16>),
    /// `L`: the last day.
    Last,
    /// `15W`: the day from Monday to Friday that is nearest to a day, in the same month.
    NearestWorkday(i16),
}

/// The day of week. Sunday is 1.
#[derive(Debug, Clone)]
enum Weekdays {
    Any,
    These(Vec<i16>),
    /// `6L`: the last Friday of the month. `L`: Saturday.
    Last(i16),
    /// `3#2`: the second Tuesday of the month.
    Nth(i16, i8),
}

impl Cron {
    /// `None` if the text is not a cron expression.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays, years] = fields.as_slice() else {
            return None;
        };
        Some(Self {
            minutes: numbers(minutes, 0, 59, &[])?,
            hours: numbers(hours, 0, 23, &[])?,
            days: Days::parse(days)?,
            months: numbers(months, 1, 12, &MONTHS)?,
            weekdays: Weekdays::parse(weekdays)?,
            years: numbers(years, 1970, 2199, &[])?,
        })
    }

    /// The next matching time after this one.
    pub(crate) fn next_after(&self, then: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = zone.to_datetime(then).date();
        let days = std::iter::successors(Some(today), |day| day.tomorrow().ok()).take(DAYS_AHEAD);
        let mut matching = days.filter(|day| self.covers(*day));
        matching.find_map(|day| {
            let times = self.hours.iter().flat_map(|hour| {
                let minutes = self.minutes.iter();
                minutes.filter_map(move |minute| {
                    Some((i8::try_from(*hour).ok()?, i8::try_from(*minute).ok()?))
                })
            });
            let times = times
                .filter_map(|(hour, minute)| zone.to_timestamp(day.at(hour, minute, 0, 0)).ok());
            times.filter(|time| time.duration_since(then) > SignedDuration::ZERO).min()
        })
    }

    fn covers(&self, day: Date) -> bool {
        self.months.contains(&day.month().into())
            && self.years.contains(&day.year())
            && self.days.covers(day)
            && self.weekdays.covers(day)
    }
}

impl Days {
    fn parse(field: &str) -> Option<Self> {
        match field {
            "*" | "?" => Some(Self::Any),
            "L" => Some(Self::Last),
            field => match field.strip_suffix('W') {
                Some(day) => number(day, 1, 31, &[]).map(Self::NearestWorkday),
                None => numbers(field, 1, 31, &[]).map(Self::These),
            },
        }
    }

    fn covers(&self, day: Date) -> bool {
        match self {
            Self::Any => true,
            Self::These(days) => days.contains(&day.day().into()),
            Self::Last => day == day.last_of_month(),
            Self::NearestWorkday(wanted) => nearest_workday(day, *wanted) == Some(day),
        }
    }
}

/// The day from Monday to Friday nearest to this day of the month.
fn nearest_workday(month: Date, wanted: i16) -> Option<Date> {
    let wanted = i8::try_from(wanted).ok()?.min(month.days_in_month());
    let day = Date::new(month.year(), month.month(), wanted).ok()?;
    let near = [0, -1, 1, -2, 2].into_iter().filter_map(|more: i8| {
        let near = wanted.checked_add(more)?;
        Date::new(day.year(), day.month(), near).ok()
    });
    near.into_iter().find(|day| (2..=6).contains(&weekday_of(*day)))
}

impl Weekdays {
    fn parse(field: &str) -> Option<Self> {
        match field {
            "*" | "?" => Some(Self::Any),
            "L" => Some(Self::These(vec![7])),
            field => match (field.strip_suffix('L'), field.split_once('#')) {
                (Some(day), _) => number(day, 1, 7, &WEEKDAYS).map(Self::Last),
                (None, Some((day, nth))) => {
                    let nth = number(nth, 1, 5, &[])?;
                    Some(Self::Nth(number(day, 1, 7, &WEEKDAYS)?, i8::try_from(nth).ok()?))
                }
                (None, None) => numbers(field, 1, 7, &WEEKDAYS).map(Self::These),
            },
        }
    }

    fn covers(&self, day: Date) -> bool {
        match self {
            Self::Any => true,
            Self::These(days) => days.contains(&weekday_of(day)),
            Self::Last(wanted) => weekday_of(day) == *wanted && day.day() + 7 > day.days_in_month(),
            Self::Nth(wanted, nth) => weekday_of(day) == *wanted && (day.day() - 1) / 7 + 1 == *nth,
        }
    }
}

fn weekday_of(day: Date) -> i16 {
    day.weekday().to_sunday_one_offset().into()
}

/// The numbers of a field: `*`, `?`, a number, a name, a range, an increment, or a list of them.
fn numbers(field: &str, least: i16, most: i16, names: &[&str]) -> Option<Vec<i16>> {
    let mut all = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(number(step, 1, i16::MAX, &[])?)),
            None => (part, None),
        };
        let (from, until) = match range.split_once('-') {
            _ if matches!(range, "*" | "?") => (least, most),
            Some((from, until)) => {
                (number(from, least, most, names)?, number(until, least, most, names)?)
            }
            None => {
                let from = number(range, least, most, names)?;
                (from, if step.is_some() { most } else { from })
            }
        };
        // A range such as FRI-MON goes on from the start.
        let values: Vec<i16> = match from <= until {
            true => (from..=until).collect(),
            false => (from..=most).chain(least..=until).collect(),
        };
        all.extend(values.into_iter().step_by(usize::try_from(step.unwrap_or(1)).ok()?));
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

/// A number, or the name of one.
fn number(text: &str, least: i16, most: i16, names: &[&str]) -> Option<i16> {
    let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let number = match named {
        Some(place) => least + i16::try_from(place).ok()?,
        None => text.parse().ok()?,
    };
    (least..=most).contains(&number).then_some(number)
}
