//! Why an alarm or a policy for an async endpoint cannot use a metric.

use std::fmt;

use crate::{Metric, MetricName, PolicyFindingId};

/// A metric that an alarm or a policy of an endpoint cannot use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricFault {
    /// What is wrong.
    pub kind: MetricFaultKind,
    /// The metric, with its namespace and dimensions.
    pub metric: String,
}

/// What is wrong with the metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricFaultKind {
    /// SageMaker does not publish it for async endpoints.
    NotPublished,
    /// SageMaker publishes it with other dimensions.
    WrongDimension,
    /// It is the metric of another endpoint.
    WrongEndpoint,
}

/// "Monitor an asynchronous endpoint" in the SageMaker guide: async endpoints do not publish these.
const OF_REAL_TIME: [&str; 2] = ["Invocations", "InvocationsPerInstance"];

impl MetricFault {
    /// The fault of a metric of this endpoint; `None` if there is none. `named`: the value of the
    /// dimension `EndpointName`; empty if there is no such dimension.
    pub fn of(metric: &Metric, named: &str, endpoint: &str) -> Option<Self> {
        let is_backlog = MetricName::from_api(metric.name()).is_some();
        let kind = if metric.namespace() != Metric::NAMESPACE {
            // Only AWS publishes metrics in these namespaces. Names are case-sensitive.
            let namespace = metric.namespace().to_ascii_lowercase();
            let is_of_aws = namespace.starts_with("aws/") || namespace.starts_with("/aws/");
            (is_of_aws && is_backlog).then_some(MetricFaultKind::NotPublished)
        } else if OF_REAL_TIME.contains(&metric.name()) {
            Some(MetricFaultKind::NotPublished)
        } else if is_backlog && (named.is_empty() || !metric.further().is_empty()) {
            Some(MetricFaultKind::WrongDimension)
        } else {
            (!named.is_empty() && named != endpoint).then_some(MetricFaultKind::WrongEndpoint)
        };
        Some(Self { kind: kind?, metric: described(metric, named) })
    }
}

impl MetricFaultKind {
    /// The finding about it.
    pub fn finding(self) -> PolicyFindingId {
        match self {
            Self::NotPublished => PolicyFindingId::MetricNotPublished,
            Self::WrongDimension => PolicyFindingId::WrongDimension,
            Self::WrongEndpoint => PolicyFindingId::WrongEndpoint,
        }
    }
}

impl fmt::Display for MetricFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, metric } = self;
        match kind {
            MetricFaultKind::NotPublished => {
                write!(f, "async endpoints do not publish the metric {metric}")
            }
            MetricFaultKind::WrongDimension => write!(
                f,
                "the metric {metric} has no datapoints, because the backlog metrics have only the \
                 dimension EndpointName"
            ),
            MetricFaultKind::WrongEndpoint => {
                write!(f, "it uses the metric of another endpoint, {metric}")
            }
        }
    }
}

/// `NAME of NAMESPACE (DIMENSION=VALUE, ...)`.
fn described(metric: &Metric, named: &str) -> String {
    let endpoint = (!named.is_empty()).then(|| format!("EndpointName={named}"));
    let further = metric.further().iter().map(|(name, value)| format!("{name}={value}"));
    let dimensions: Vec<String> = endpoint.into_iter().chain(further).collect();
    let dimensions = match dimensions.as_slice() {
        [] => "without a dimension".to_owned(),
        some => format!("({})", some.join(", ")),
    };
    format!("{} of {} {dimensions}", metric.name(), metric.namespace())
}
