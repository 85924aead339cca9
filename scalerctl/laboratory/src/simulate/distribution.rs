//! Distributions of durations, and how they are written in arguments.

use std::{fmt, str::FromStr, time::Duration};

use jiff::SignedDuration;
use rand::{Rng, RngExt, seq::IndexedRandom};
use rand_distr::{Distribution, LogNormal};
use scalerctl_console::times::duration::{duration_or_zero, positive_duration};

/// The 95th percentile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_2;

/// A distribution of durations.
#[derive(Debug, Clone, PartialEq)]
pub enum DurationDistribution {
    /// One value.
    Fixed(Duration),
    /// Uniform between two values.
    Uniform(Duration, Duration),
    /// Log-normal, with this median and 95th percentile.
    LogNormal(Duration, Duration),
    /// One of these values, with the same probability.
    Samples(Vec<Duration>),
}

impl DurationDistribution {
    /// Draws a value.
    pub fn draw(&self, random: &mut impl Rng) -> Duration {
        match self {
            Self::Fixed(time) => *time,
            Self::Samples(times) => times.choose(random).copied().unwrap_or_default(),
            Self::Uniform(from, to) => {
                Duration::from_secs_f64(random.random_range(from.as_secs_f64()..=to.as_secs_f64()))
            }
            Self::LogNormal(median, p95) => {
                let mu = median.as_secs_f64().ln();
                let sigma = (p95.as_secs_f64().ln() - mu) / Z95;
                match LogNormal::new(mu, sigma) {
                    Ok(normal) => Duration::from_secs_f64(normal.sample(random)),
                    // Not reached: the parser rejects such a median and percentile.
                    Err(_) => *median,
                }
            }
        }
    }
}

/// `45s`, `3m..10m` or `6m/11m`.
impl FromStr for DurationDistribution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (duration(from)?, duration(to)?);
            return match from <= to {
                true => Ok(Self::Uniform(from, to)),
                false => Err(format!("{text}: the range ends before it begins")),
            };
        }
        if let Some((median, p95)) = text.split_once('/') {
            let (median, p95) = (duration(median)?, duration(p95)?);
            return match median < p95 {
                true => Ok(Self::LogNormal(median, p95)),
                false => Err(format!("{text}: the 95th percentile must be above the median")),
            };
        }
        duration(text).map(Self::Fixed)
    }
}

/// Parses a duration above zero, for example `45s` or `1h30m`.
///
/// # Errors
///
/// Why the text is not valid.
pub fn duration(text: &str) -> Result<Duration, String> {
    positive_duration(text).map(SignedDuration::unsigned_abs)
}

/// Parses a duration of 0 or more, for example `0s` or `2m30s`.
///
/// # Errors
///
/// Why the text is not valid.
pub fn delay(text: &str) -> Result<Duration, String> {
    duration_or_zero(text).map(SignedDuration::unsigned_abs)
}

impl fmt::Display for DurationDistribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(time) => f.write_str(&exact(*time)),
            Self::Uniform(from, to) => write!(f, "{} to {}", exact(*from), exact(*to)),
            Self::Samples(times) => {
                let (least, most) = (times.iter().min(), times.iter().max());
                let [least, most] =
                    [least, most].map(|time| exact(time.copied().unwrap_or_default()));
                write!(f, "one of {}, {least} to {most}", times.len())
            }
            Self::LogNormal(median, p95) => {
                write!(f, "{} (median), {} (95th percentile)", exact(*median), exact(*p95))
            }
        }
    }
}

/// A duration in full, such as `1h 30m`.
pub fn exact(time: Duration) -> String {
    SignedDuration::try_from(time).map_or_else(|_| String::new(), |time| format!("{time:#}"))
}
