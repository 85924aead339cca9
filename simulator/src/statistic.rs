//! Statistics: how the samples of one period become one datapoint.

/// A statistic of CloudWatch.
///
/// The model has one sample per minute, so `SampleCount` is the number of minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl Statistic {
    /// Reads the API's spelling.
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

    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Average => "Average",
            Self::Maximum => "Maximum",
            Self::Minimum => "Minimum",
            Self::Sum => "Sum",
            Self::SampleCount => "SampleCount",
        }
    }

    /// The statistic of these values. `None` if there are none.
    pub(crate) fn of(self, values: impl IntoIterator<Item = f64>) -> Option<f64> {
        let mut all = Summary::default();
        values.into_iter().for_each(|value| all.add(value));
        all.get(self)
    }
}

/// A running summary of the values of a period.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Summary {
    count: f64,
    sum: f64,
    least: f64,
    most: f64,
}

impl Default for Summary {
    fn default() -> Self {
        Self { count: 0.0, sum: 0.0, least: f64::INFINITY, most: f64::NEG_INFINITY }
    }
}

impl Summary {
    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.least = self.least.min(value);
        self.most = self.most.max(value);
    }

    /// `None` if no value was added.
    pub(crate) fn get(&self, statistic: Statistic) -> Option<f64> {
        (self.count > 0.0).then_some(match statistic {
            Statistic::Average => self.sum / self.count,
            Statistic::Maximum => self.most,
            Statistic::Minimum => self.least,
            Statistic::Sum => self.sum,
            Statistic::SampleCount => self.count,
        })
    }
}
