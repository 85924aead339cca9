//! The requests of a scenario.

use std::{path::Path, time::Duration};

use clap::ValueEnum;
use jiff::{SignedDuration, Timestamp, civil::Weekday, tz::TimeZone};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, Exp};

use super::distribution::DurationDistribution;
use scalerctl_console::{Failure, input_file};

/// Start of simulated time: a Monday.
pub const BEGIN: &str = "2030-01-07T00:00:00Z";

/// Number of inputs of a nightly batch.
const BATCH: u32 = 5000;

/// A request of the workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// When its input is uploaded, or when it is sent with an inline body.
    pub at: Timestamp,
    /// Its processing time.
    pub processing: Duration,
    /// Nothing is uploaded, so there is no event.
    pub inline: bool,
}

/// A pattern of arrivals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Pattern {
    /// One input, at 09:15:27 on the first day
    Single,
    /// 12 a day on average, at any time (Poisson)
    Sporadic,
    /// 30 an hour on average, Monday to Friday from 9:00 to 17:00 UTC
    OfficeHours,
    /// 5,000 at 02:00 UTC each night, uploaded within 50 seconds
    NightlyBatch,
    /// 200 within a minute, at 14:00 UTC of the last day, and no others
    Burst,
    /// 4 a day on average, of 20 to 60 minutes each
    SlowJobs,
    /// 12 a day on average, with inline bodies: nothing is uploaded
    NoUpload,
}

impl Pattern {
    /// Default processing time.
    pub fn processing(self) -> DurationDistribution {
        match self {
            Self::NightlyBatch => DurationDistribution::Fixed(Duration::from_secs(6)),
            Self::SlowJobs => DurationDistribution::Uniform(
                Duration::from_secs(20 * 60),
                Duration::from_secs(3600),
            ),
            _ => DurationDistribution::Fixed(Duration::from_secs(45)),
        }
    }

    /// Its arrivals in this number of days.
    pub fn arrivals(self, days: u32, processing: &DurationDistribution, seed: u64) -> Vec<Arrival> {
        let mut random = StdRng::seed_from_u64(seed);
        let first = begin();
        let day = |n: u32| first + SignedDuration::from_hours(24 * i64::from(n));
        let at = |n: u32, seconds: i64| day(n) + SignedDuration::from_secs(seconds);
        let times: Vec<Timestamp> = match self {
            Self::Single => vec![at(0, 9 * 3600 + 15 * 60 + 27)],
            Self::Sporadic | Self::NoUpload => poisson(&mut random, day(0), day(days), 12.0 / 24.0),
            Self::SlowJobs => poisson(&mut random, day(0), day(days), 4.0 / 24.0),
            Self::OfficeHours => poisson(&mut random, day(0), day(days), 30.0)
                .into_iter()
                .filter(|at| is_office_hour(*at))
                .collect(),
            Self::NightlyBatch => (0..days)
                .flat_map(|n| (0..BATCH).map(move |input| (n, input)))
                .map(|(n, input)| {
                    at(n, 2 * 3600) + SignedDuration::from_millis(10 * i64::from(input))
                })
                .collect(),
            Self::Burst => (0..200)
                .map(|_| {
                    let within = random.random_range(0..60_000);
                    at(days.saturating_sub(1), 14 * 3600) + SignedDuration::from_millis(within)
                })
                .collect(),
        };
        let mut arrivals: Vec<Arrival> = times
            .into_iter()
            .map(|at| Arrival {
                at,
                processing: processing.draw(&mut random),
                inline: self == Self::NoUpload,
            })
            .collect();
        arrivals.sort_by_key(|arrival| arrival.at);
        arrivals
    }
}

/// Start of simulated time.
pub fn begin() -> Timestamp {
    // The constant is valid.
    BEGIN.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A Poisson process with this average per hour.
fn poisson(random: &mut StdRng, from: Timestamp, until: Timestamp, hourly: f64) -> Vec<Timestamp> {
    let Ok(gaps) = Exp::new(hourly / 3600.0) else { return Vec::new() };
    let mut times = Vec::new();
    let mut at = from;
    loop {
        at += SignedDuration::from_secs_f64(gaps.sample(random));
        if at >= until {
            return times;
        }
        times.push(at);
    }
}

fn is_office_hour(at: Timestamp) -> bool {
    let local = TimeZone::UTC.to_datetime(at);
    !matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday)
        && (9..17).contains(&local.hour())
}

/// The columns of a CSV file of arrivals.
const COLUMNS: [&str; 3] = ["at", "processing_seconds", "inline"];

/// Reads arrivals from a CSV file with the column `at` (RFC 3339), and optionally
/// `processing_seconds` and `inline`.
///
/// # Errors
///
/// [`Failure::Usage`] with the file, the line, and the column that is not valid.
pub fn from_csv(
    file: &Path,
    processing: &DurationDistribution,
    seed: u64,
) -> Result<Vec<Arrival>, Failure> {
    let text = input_file::read("--arrivals", file)?;
    let refused =
        |problem: String| Failure::Usage(format!("--arrivals {}: {problem}", file.display()));
    let mut random = StdRng::seed_from_u64(seed);
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| refused(error.to_string()))?.clone();
    let known = COLUMNS.join(", ");
    if let Some(other) = headers.iter().find(|name| !COLUMNS.contains(name)) {
        return Err(refused(format!(
            "line 1: the column {other:?} is unknown; the columns are {known}"
        )));
    }
    if !headers.iter().any(|name| name == "at") {
        return Err(refused(format!("line 1: there is no column at; the columns are {known}")));
    }
    let mut arrivals = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| refused(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != headers.len() {
            return Err(refused(format!(
                "line {line} has {} columns; it must have {}, as line 1",
                record.len(),
                headers.len()
            )));
        }
        let cells: Vec<(&str, &str)> = headers.iter().zip(&record).collect();
        let draw = || processing.draw(&mut random);
        let arrival =
            arrival(&cells, draw).map_err(|problem| refused(format!("line {line}: {problem}")))?;
        arrivals.push(arrival);
    }
    if arrivals.is_empty() {
        return Err(refused(
            "the file has no arrivals; its first line names the columns, for example at".into(),
        ));
    }
    arrivals.sort_by_key(|arrival| arrival.at);
    Ok(arrivals)
}

/// One line, by column. An empty optional cell is the same as no column.
fn arrival(cells: &[(&str, &str)], draw: impl FnOnce() -> Duration) -> Result<Arrival, String> {
    let cell = |name| cells.iter().find(|(column, _)| *column == name).map(|(_, value)| *value);
    let optional = |name| cell(name).filter(|value| !value.is_empty());
    let text = cell("at").unwrap_or_default();
    let at = text.parse().map_err(|_| {
        format!("at {text:?} is not a time in RFC 3339, such as 2030-01-08T12:00:00Z")
    })?;
    let processing = match optional("processing_seconds") {
        None => draw(),
        Some(text) => {
            let seconds = text.parse().ok().and_then(|it| Duration::try_from_secs_f64(it).ok());
            seconds.filter(|time| !time.is_zero()).ok_or_else(|| {
                format!("processing_seconds {text:?} is not a number of seconds above 0")
            })?
        }
    };
    let inline = match optional("inline") {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => return Err(format!("inline {other:?} is not true or false")),
    };
    Ok(Arrival { at, processing, inline })
}
