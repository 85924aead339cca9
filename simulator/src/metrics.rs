//! The metrics of an endpoint's backlog: one sample per minute, visible after the metric lag.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::port::Datapoint;
use serde::{Deserialize, Serialize};

use crate::{Statistic, metric_expression::Expression};

/// A metric of the namespace `AWS/SageMaker` that the model publishes, by endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MetricName {
    /// `ApproximateBacklogSize`: items yet to be processed, and items being processed if
    /// [`Settings::backlog_counts_running`](crate::Settings::backlog_counts_running) is true.
    BacklogSize,
    /// `ApproximateBacklogSizePerInstance`.
    /// [`Settings::backlog_per_instance_at_zero`](crate::Settings::backlog_per_instance_at_zero)
    /// defines its value if there is no instance.
    BacklogSizePerInstance,
    /// `ApproximateAgeOfOldestRequest`: how many seconds the oldest item has waited; 0 if there is
    /// none.
    AgeOfOldestRequest,
    /// `HasBacklogWithoutCapacity`: 1 if items waited and there was no instance.
    HasBacklogWithoutCapacity,
}

impl MetricName {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::AgeOfOldestRequest,
        Self::BacklogSize,
        Self::BacklogSizePerInstance,
        Self::HasBacklogWithoutCapacity,
    ];

    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::AgeOfOldestRequest => "Seconds",
            Self::BacklogSize | Self::BacklogSizePerInstance | Self::HasBacklogWithoutCapacity => {
                "Count"
            }
        }
    }

    /// Reads the API's spelling.
    pub fn from_api(name: &str) -> Option<Self> {
        match name {
            "ApproximateBacklogSize" => Some(Self::BacklogSize),
            "ApproximateBacklogSizePerInstance" => Some(Self::BacklogSizePerInstance),
            "ApproximateAgeOfOldestRequest" => Some(Self::AgeOfOldestRequest),
            "HasBacklogWithoutCapacity" => Some(Self::HasBacklogWithoutCapacity),
            _ => None,
        }
    }

    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BacklogSize => "ApproximateBacklogSize",
            Self::BacklogSizePerInstance => "ApproximateBacklogSizePerInstance",
            Self::AgeOfOldestRequest => "ApproximateAgeOfOldestRequest",
            Self::HasBacklogWithoutCapacity => "HasBacklogWithoutCapacity",
        }
    }
}

/// A metric that an alarm watches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Metric {
    /// A metric that the model publishes.
    Published(MetricName),
    /// A metric that the model does not publish. It has the values that were put.
    Unpublished {
        /// `Namespace`.
        namespace: String,
        /// `MetricName`.
        name: String,
        /// The `Dimensions` other than `EndpointName`, with their values.
        further: Vec<(String, String)>,
    },
    /// An expression over metrics. Each has its own dimensions.
    Math(Box<MetricMath>),
}

/// `Metrics` of an alarm or of a target tracking policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricMath {
    /// The expression that returns data, as it is written.
    pub text: String,
    /// The metrics that it can name.
    pub inputs: Vec<MathInput>,
    /// The same, as it is evaluated.
    pub(crate) expression: Expression,
}

/// One metric of metric math.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MathInput {
    /// `Id`.
    pub id: String,
    /// The metric, which is not metric math itself.
    pub metric: Metric,
    /// The dimension `EndpointName`. Empty: there is none.
    pub endpoint: String,
    /// `Stat`.
    pub statistic: Statistic,
    /// `Unit`.
    pub unit: Option<String>,
}

impl Metric {
    /// The namespace of the metrics that the model publishes.
    pub const NAMESPACE: &str = "AWS/SageMaker";

    /// The metric of that name. The published metrics have no dimension other than `EndpointName`.
    pub fn named(namespace: &str, name: &str, by_endpoint_alone: bool) -> Self {
        let known = MetricName::from_api(name);
        match known.filter(|_| namespace == Self::NAMESPACE && by_endpoint_alone) {
            Some(known) => Self::Published(known),
            None => Self::Unpublished {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                further: Vec::new(),
            },
        }
    }

    /// The metric of that name with these dimensions, and the value of the dimension
    /// `EndpointName`; empty if there is no such dimension.
    pub fn with_dimensions<'a>(
        namespace: &str,
        name: &str,
        dimensions: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, String) {
        let (mut endpoint, mut others) = (None, Vec::new());
        for (dimension, value) in dimensions {
            match dimension {
                "EndpointName" => endpoint = Some(value.to_owned()),
                _ => others.push((dimension.to_owned(), value.to_owned())),
            }
        }
        let mut metric = Self::named(namespace, name, endpoint.is_some() && others.is_empty());
        if let Self::Unpublished { further, .. } = &mut metric {
            *further = others;
        }
        (metric, endpoint.unwrap_or_default())
    }

    /// `Namespace`. An expression has none.
    pub fn namespace(&self) -> &str {
        match self {
            Self::Published(_) => Self::NAMESPACE,
            Self::Unpublished { namespace, .. } => namespace,
            Self::Math(_) => "",
        }
    }

    /// `MetricName`, or the text of an expression.
    pub fn name(&self) -> &str {
        match self {
            Self::Published(metric) => metric.as_str(),
            Self::Unpublished { name, .. } => name,
            Self::Math(math) => &math.text,
        }
    }

    /// The dimensions other than `EndpointName`.
    pub(crate) fn further(&self) -> &[(String, String)] {
        match self {
            Self::Published(_) | Self::Math(_) => &[],
            Self::Unpublished { further, .. } => further,
        }
    }

    /// The published metric, if it is one.
    pub fn published(&self) -> Option<MetricName> {
        match self {
            Self::Published(metric) => Some(*metric),
            Self::Unpublished { .. } | Self::Math(_) => None,
        }
    }
}

impl From<MetricName> for Metric {
    fn from(metric: MetricName) -> Self {
        Self::Published(metric)
    }
}

/// One query of GetMetricData.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricQuery {
    /// The metric. `None` for a metric that the model does not publish: it has no datapoints.
    pub metric: Option<MetricName>,
    /// The dimension `EndpointName`.
    pub endpoint: String,
}

/// What a reader asks for: one metric, in periods.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesQuery {
    /// `Namespace`, `MetricName`, and the dimensions other than `EndpointName`.
    pub metric: Metric,
    /// The dimension `EndpointName`. Empty: there is none.
    pub endpoint: String,
    /// `Period`.
    pub period: Duration,
    /// `Stat` of GetMetricData.
    pub statistic: Statistic,
    /// `Unit`. Absent: values in any unit.
    pub unit: Option<String>,
}

/// The datapoints of GetMetricStatistics.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricStatistics {
    /// The start of each period, with the statistics in the order of the request.
    pub rows: Vec<(Timestamp, Vec<f64>)>,
    /// `Unit`.
    pub unit: String,
}

/// The filters of ListMetrics. An absent filter covers all metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetricFilter {
    /// `Namespace`.
    pub namespace: Option<String>,
    /// `MetricName`.
    pub name: Option<String>,
    /// `Dimensions`: names, in some cases with a value. A metric has all of them.
    pub dimensions: Vec<(String, Option<String>)>,
    /// `RecentlyActive`: with datapoints in the last three hours.
    pub recently_active: bool,
}

/// The metrics of one endpoint for one minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "SampleRow", into = "SampleRow")]
pub(crate) struct Sample {
    /// The start of the minute.
    pub(crate) at: Timestamp,
    pub(crate) seen_from: Timestamp,
    pub(crate) backlog: f64,
    pub(crate) per_instance: Option<f64>,
    pub(crate) oldest: f64,
    pub(crate) without_capacity: bool,
}

/// The stored form, with times in milliseconds: there are many.
type SampleRow = (i64, i64, f64, Option<f64>, f64, bool);

impl From<SampleRow> for Sample {
    fn from((at, later, backlog, per_instance, oldest, without_capacity): SampleRow) -> Self {
        let at = Timestamp::from_millisecond(at).unwrap_or_default();
        let seen_from = at + Duration::from_millis(later.unsigned_abs());
        Self { at, seen_from, backlog, per_instance, oldest, without_capacity }
    }
}

impl From<Sample> for SampleRow {
    fn from(it: Sample) -> Self {
        let (at, seen_from) = (it.at.as_millisecond(), it.seen_from.as_millisecond());
        (at, seen_from - at, it.backlog, it.per_instance, it.oldest, it.without_capacity)
    }
}

impl Sample {
    pub(crate) fn value(&self, metric: MetricName) -> Option<f64> {
        match metric {
            MetricName::BacklogSize => Some(self.backlog),
            MetricName::BacklogSizePerInstance => self.per_instance,
            MetricName::AgeOfOldestRequest => Some(self.oldest),
            MetricName::HasBacklogWithoutCapacity => Some(f64::from(self.without_capacity)),
        }
    }
}

/// The metrics of one endpoint name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Series {
    pub(crate) samples: Vec<Sample>,
    /// The largest backlog in the current minute.
    pub(crate) highest: usize,
    /// The longest time that the oldest item has waited in the current minute.
    pub(crate) oldest: Duration,
    pub(crate) without_capacity: bool,
    /// A value that is published in place of the backlog.
    pub(crate) stuck: Option<f64>,
    /// The datapoints that readers see in place of the backlog samples.
    pub(crate) shown: Option<Vec<Datapoint>>,
}
