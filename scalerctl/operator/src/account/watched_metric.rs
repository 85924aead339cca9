//! The metric of a policy or an alarm.

use std::{collections::BTreeMap, fmt};

/// A metric with its dimensions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WatchedMetric {
    /// `Namespace`.
    pub namespace: String,
    /// `MetricName`.
    pub name: String,
    /// `Dimensions`, by name.
    pub dimensions: BTreeMap<String, String>,
    /// `Statistic`.
    pub statistic: String,
}

impl fmt::Display for WatchedMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.name, self.namespace)?;
        let dimensions: Vec<String> =
            self.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        match dimensions.as_slice() {
            [] => write!(f, " without a dimension"),
            some => write!(f, " ({})", some.join(", ")),
        }
    }
}
