//! Metrics that are put: those of other namespaces, such as the function's. They are visible immediately.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Metric, MetricFilter, statistic::Summary};

/// Namespace, name and dimensions of a metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CustomMetric {
    /// `Namespace`.
    pub namespace: String,
    /// `MetricName`.
    pub name: String,
    /// `Dimensions`, sorted, because their order is not part of a metric's identity.
    pub dimensions: Vec<(String, String)>,
}

impl CustomMetric {
    /// A metric with one dimension.
    pub fn new(namespace: &str, name: &str, dimension: (&str, &str)) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: vec![(dimension.0.to_owned(), dimension.1.to_owned())],
        }
    }

    /// The metric of this endpoint. Empty: the metric has no dimension `EndpointName`.
    pub fn of(metric: &Metric, endpoint: &str) -> Self {
        let endpoint =
            (!endpoint.is_empty()).then(|| ("EndpointName".to_owned(), endpoint.to_owned()));
        let mut dimensions =
            endpoint.into_iter().chain(metric.further().iter().cloned()).collect::<Vec<_>>();
        dimensions.sort();
        Self {
            namespace: metric.namespace().to_owned(),
            name: metric.name().to_owned(),
            dimensions,
        }
    }
}

/// Values that were put at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "PutRow", into = "PutRow")]
pub(crate) struct PutValues {
    /// The start of the minute, or of the second for a high-resolution metric.
    pub(crate) at: Timestamp,
    pub(crate) unit: Cow<'static, str>,
    pub(crate) values: Summary,
}

/// The stored form, with the time in milliseconds: there are many.
type PutRow = (i64, Cow<'static, str>, Summary);

impl From<PutRow> for PutValues {
    fn from((at, unit, values): PutRow) -> Self {
        Self { at: Timestamp::from_millisecond(at).unwrap_or_default(), unit, values }
    }
}

impl From<PutValues> for PutRow {
    fn from(PutValues { at, unit, values }: PutValues) -> Self {
        (at.as_millisecond(), unit, values)
    }
}

/// The unit of values that were put without one.
pub(crate) const NO_UNIT: &str = "None";

/// One entry of `MetricData` of PutMetricData.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricDatum {
    /// `MetricName` and `Dimensions`, with the namespace of the request.
    pub metric: CustomMetric,
    /// `Timestamp`. Absent: now.
    pub at: Option<Timestamp>,
    /// `Unit`.
    pub unit: Option<String>,
    /// `StorageResolution` of 1.
    pub is_high_resolution: bool,
    /// `Value`, `Values` with `Counts`, or `StatisticValues`.
    pub values: DatumValues,
}

/// The values of a [`MetricDatum`].
#[derive(Debug, Clone, PartialEq)]
pub enum DatumValues {
    /// Each value with the number of times that it occurred.
    Each(Vec<(f64, f64)>),
    /// `StatisticValues`.
    Set {
        /// `SampleCount`.
        count: f64,
        /// `Sum`.
        sum: f64,
        /// `Minimum`.
        least: f64,
        /// `Maximum`.
        most: f64,
    },
}

impl DatumValues {
    pub(crate) fn summary(&self) -> Summary {
        match self {
            Self::Each(values) => Summary::of_all(values.iter().copied()),
            Self::Set { count, sum, least, most } => Summary::known(*count, *sum, *least, *most),
        }
    }
}

impl MetricFilter {
    pub(crate) fn covers(&self, metric: &CustomMetric) -> bool {
        let has = |(name, value): &(String, Option<String>)| {
            let is_it = |of: &(String, String)| {
                of.0 == *name && value.as_ref().is_none_or(|value| of.1 == *value)
            };
            metric.dimensions.iter().any(is_it)
        };
        self.namespace.as_ref().is_none_or(|it| metric.namespace == *it)
            && self.name.as_ref().is_none_or(|it| metric.name == *it)
            && self.dimensions.iter().all(has)
    }
}
