//! Statistics: how the values of one period become one datapoint.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A statistic of CloudWatch.
///
/// SageMaker's metrics have one value per minute in the model, so `SampleCount` is the number of minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Statistic {
    /// `Average`.
    Average,
    /// `Maximum`.
    Maximum,
    /// `Minimum`.
    Minimum,
    /// `Sum`.
    Sum,
    /// `SampleCount`.
    SampleCount,
    /// A percentile, such as `p99.9`, in thousandths of a percent.
    Percentile(u32),
}

impl Statistic {
    /// Reads the API's spelling of `Statistic`.
    pub fn from_api(name: &str) -> Option<Self> {
        match name {
            "Average" => Some(Self::Average),
            "Maximum" => Some(Self::Maximum),
            "Minimum" => Some(Self::Minimum),
            "Sum" => Some(Self::Sum),
            "SampleCount" => Some(Self::SampleCount),
            _ => None,
        }
    }

    /// Reads the API's spelling of `ExtendedStatistic`. The model has percentiles only.
    pub fn from_extended(name: &str) -> Option<Self> {
        let percent = name.strip_prefix('p')?;
        let digits = percent.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        let percent = percent.parse::<f64>().ok().filter(|it| digits && *it <= 100.0)?;
        Some(Self::Percentile((percent * 1000.0).round() as u32))
    }

    /// Reads either spelling, as GetMetricData does.
    pub fn from_any(name: &str) -> Option<Self> {
        Self::from_api(name).or_else(|| Self::from_extended(name))
    }

    /// Whether this is an `ExtendedStatistic`.
    pub fn is_extended(self) -> bool {
        matches!(self, Self::Percentile(_))
    }

    /// The statistic of these values. `None` if there are none.
    pub(crate) fn of(self, values: impl IntoIterator<Item = f64>) -> Option<f64> {
        let mut all = Summary::default();
        values.into_iter().for_each(|value| all.merge(&Summary::of(value, 1.0), self));
        all.get(self)
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Average => f.write_str("Average"),
            Self::Maximum => f.write_str("Maximum"),
            Self::Minimum => f.write_str("Minimum"),
            Self::Sum => f.write_str("Sum"),
            Self::SampleCount => f.write_str("SampleCount"),
            Self::Percentile(thousandths) => write!(f, "p{}", f64::from(*thousandths) / 1000.0),
        }
    }
}

/// A summary of the values of a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "SummaryRow", into = "SummaryRow")]
pub(crate) struct Summary {
    count: f64,
    sum: f64,
    least: f64,
    most: f64,
    /// Each value with its count. Empty if all values are equal, or only their summary is known.
    values: Vec<(f64, f64)>,
}

/// The stored form: there are many.
type SummaryRow = (f64, f64, f64, f64, Vec<(f64, f64)>);

impl From<SummaryRow> for Summary {
    fn from((count, sum, least, most, values): SummaryRow) -> Self {
        Self { count, sum, least, most, values }
    }
}

impl From<Summary> for SummaryRow {
    fn from(Summary { count, sum, least, most, values }: Summary) -> Self {
        (count, sum, least, most, values)
    }
}

impl Default for Summary {
    fn default() -> Self {
        let (least, most) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { count: 0.0, sum: 0.0, least, most, values: Vec::new() }
    }
}

impl Summary {
    /// A value that occurred this many times.
    pub(crate) fn of(value: f64, count: f64) -> Self {
        Self { count, sum: value * count, least: value, most: value, values: Vec::new() }
    }

    /// `StatisticValues` of PutMetricData.
    pub(crate) fn known(count: f64, sum: f64, least: f64, most: f64) -> Self {
        Self { count, sum, least, most, values: Vec::new() }
    }

    /// Values with their counts.
    pub(crate) fn of_all(values: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut all = Self::default();
        let values = values.into_iter().map(|(value, count)| Self::of(value, count));
        values.for_each(|one| all.merge(&one, Statistic::Percentile(0)));
        all
    }

    /// Adds values, as far as this statistic needs them.
    pub(crate) fn merge(&mut self, other: &Self, statistic: Statistic) {
        self.count += other.count;
        self.sum += other.sum;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        if statistic.is_extended() {
            self.values.extend(other.weighted());
        }
    }

    /// `None` if there is no value, or the values are not known.
    pub(crate) fn get(&self, statistic: Statistic) -> Option<f64> {
        if self.count <= 0.0 {
            return None;
        }
        Some(match statistic {
            Statistic::Average => self.sum / self.count,
            Statistic::Maximum => self.most,
            Statistic::Minimum => self.least,
            Statistic::Sum => self.sum,
            Statistic::SampleCount => self.count,
            Statistic::Percentile(thousandths) => {
                return self.percentile(f64::from(thousandths) / 100_000.0);
            }
        })
    }

    /// The least value that at least this part of the values does not exceed. Assumption: CloudWatch does not
    /// document how it interpolates.
    fn percentile(&self, part: f64) -> Option<f64> {
        let mut values = self.weighted().collect::<Vec<_>>();
        values.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        // A statistic set has no values.
        let known: f64 = values.iter().map(|(_, count)| count).sum();
        let wanted = part * self.count;
        let mut seen = 0.0;
        let reached = |(_, count): &&(f64, f64)| {
            seen += count;
            seen >= wanted
        };
        (known >= self.count).then(|| values.iter().find(reached).map(|(value, _)| *value))?
    }

    fn weighted(&self) -> impl Iterator<Item = (f64, f64)> {
        let alike =
            (self.least == self.most && self.values.is_empty()).then_some((self.least, self.count));
        self.values.iter().copied().chain(alike)
    }
}
