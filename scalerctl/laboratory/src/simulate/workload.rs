//! The requests of a scenario.

use std::{path::Path, time::Duration};

use clap::ValueEnum;
use jiff::{SignedDuration, Timestamp, civil::Weekday, tz::TimeZone};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, Exp};
use serde::Deserialize;

use super::distribution::DurationDistribution;
use scalerctl_console::Failure;

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
        let day = |n: u32| begin() + SignedDuration::from_hours(24 * i64::from(n));
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: Timestamp,
    processing_seconds: Option<f64>,
    #[serde(default)]
    inline: Option<bool>,
}

/// Reads arrivals from a CSV file with the column `at` (RFC 3339), and optionally
/// `processing_seconds` and `inline`.
///
/// # Errors
///
/// [`Failure::Usage`] with the line that is not valid.
pub fn from_csv(
    file: &Path,
    processing: &DurationDistribution,
    seed: u64,
) -> Result<Vec<Arrival>, Failure> {
    let refused =
        |problem: String| Failure::Usage(format!("arrivals of {}: {problem}", file.display()));
    let mut random = StdRng::seed_from_u64(seed);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|error| refused(error.to_string()))?;
    let mut arrivals = Vec::new();
    for line in reader.deserialize::<Line>() {
        let line = line.map_err(|error| refused(error.to_string()))?;
        let processing = match line.processing_seconds {
            None => processing.draw(&mut random),
            Some(seconds) => Duration::try_from_secs_f64(seconds)
                .ok()
                .filter(|time| !time.is_zero())
                .ok_or_else(|| refused(format!("processing_seconds {seconds} of {}", line.at)))?,
        };
        arrivals.push(Arrival { at: line.at, processing, inline: line.inline.unwrap_or_default() });
    }
    if arrivals.is_empty() {
        return Err(refused(
            "the file has no arrivals; its first line names the columns, for example at".into(),
        ));
    }
    arrivals.sort_by_key(|arrival| arrival.at);
    Ok(arrivals)
}
