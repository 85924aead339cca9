//! Whether a metric exists for this async endpoint.

use simulator::{Metric, MetricFault};

use super::FindingId;
use crate::account::watched_metric::WatchedMetric;

/// 1 if requests wait and there is no instance. It changes to 0 when an instance starts to process the requests.
pub const WITHOUT_CAPACITY: &str = "HasBacklogWithoutCapacity";

/// Why a policy for the endpoint cannot use this metric. `None` if it can.
pub fn fault(watched: &WatchedMetric, endpoint: &str) -> Option<FindingId> {
    let dimensions = watched.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let (metric, named) = Metric::with_dimensions(&watched.namespace, &watched.name, dimensions);
    let fault = MetricFault::of(&metric, &named, endpoint)?;
    Some(fault.kind.finding().into())
}
