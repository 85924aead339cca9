//! Times that vary: a fixed one, an even range, or a log-normal of which median and 95th percentile
//! are known.

use std::{fmt, str::FromStr, time::Duration};

use jiff::SignedDuration;
use rand::{Rng, RngExt, seq::IndexedRandom};
use rand_distr::{Distribution, LogNormal};

/// The 95th percentile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_2;

/// How long something takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Spread {
    /// Always the same.
    Fixed(Duration),
    /// Any time in between is as likely as any other.
    Even(Duration, Duration),
    /// Log-normal: half of them under the first time, 19 of 20 under the second.
    Skewed(Duration, Duration),
    /// One of these, each as likely as any other.
    Any(Vec<Duration>),
}

impl Spread {
    /// One of its times.
    pub fn draw(&self, random: &mut impl Rng) -> Duration {
        match self {
            Self::Fixed(time) => *time,
            Self::Any(times) => times.choose(random).copied().unwrap_or_default(),
            Self::Even(from, to) => {
                Duration::from_secs_f64(random.random_range(from.as_secs_f64()..=to.as_secs_f64()))
            }
            Self::Skewed(median, p95) => {
                let mu = median.as_secs_f64().ln();
                let sigma = (p95.as_secs_f64().ln() - mu) / Z95;
                match LogNormal::new(mu, sigma) {
                    Ok(skewed) => Duration::from_secs_f64(skewed.sample(random)),
                    // Not reached: median and percentile are checked when they are read.
                    Err(_) => *median,
                }
            }
        }
    }
}

/// `45s`, `3m..10m` or `6m/11m`.
impl FromStr for Spread {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (duration(from)?, duration(to)?);
            return match from <= to {
                true => Ok(Self::Even(from, to)),
                false => Err(format!("{text}: the range ends before it begins")),
            };
        }
        if let Some((median, p95)) = text.split_once('/') {
            let (median, p95) = (duration(median)?, duration(p95)?);
            return match median < p95 {
                true => Ok(Self::Skewed(median, p95)),
                false => Err(format!("{text}: the 95th percentile must be above the median")),
            };
        }
        duration(text).map(Self::Fixed)
    }
}

/// Reads a time above zero, for example `45s` or `1h30m`.
///
/// # Errors
///
/// What is wrong with it.
pub fn duration(text: &str) -> Result<Duration, String> {
    let read: SignedDuration = text
        .trim()
        .parse()
        .map_err(|error| format!("{text}: {error}; a good value is 45s or 6m"))?;
    match Duration::try_from(read) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err(format!("{text}: must be above zero")),
    }
}

/// Reads a time of 0 or more, for example `0s` or `2m30s`.
///
/// # Errors
///
/// What is wrong with it.
pub fn delay(text: &str) -> Result<Duration, String> {
    match text.trim() {
        "0" | "0s" => Ok(Duration::ZERO),
        text => duration(text),
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |time: Duration| {
            SignedDuration::try_from(time)
                .map_or_else(|_| String::new(), |time| format!("{time:#}"))
        };
        match self {
            Self::Fixed(time) => f.write_str(&short(*time)),
            Self::Even(from, to) => write!(f, "{} to {}", short(*from), short(*to)),
            Self::Any(times) => {
                let (least, most) = (times.iter().min(), times.iter().max());
                let [least, most] =
                    [least, most].map(|time| short(time.copied().unwrap_or_default()));
                write!(f, "one of {}, {least} to {most}", times.len())
            }
            Self::Skewed(median, p95) => {
                write!(f, "{} (median), {} (95th percentile)", short(*median), short(*p95))
            }
        }
    }
}
