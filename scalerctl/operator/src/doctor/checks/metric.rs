//! Whether a metric exists for this async endpoint.

use super::FindingId;
use crate::account::{metrics::BACKLOG_METRICS, watched_metric::WatchedMetric};

/// 1 if requests wait and there is no instance. It changes to 0 when an instance starts to process the requests.
pub const WITHOUT_CAPACITY: &str = "HasBacklogWithoutCapacity";

/// "Monitor an asynchronous endpoint" in the SageMaker guide: async endpoints do not publish these.
const OF_REAL_TIME: [&str; 2] = ["Invocations", "InvocationsPerInstance"];

/// Why a policy for the endpoint cannot use this metric. `None` if it can.
pub fn fault(watched: &WatchedMetric, endpoint: &str) -> Option<FindingId> {
    if watched.namespace != "AWS/SageMaker" {
        return None;
    }
    let named = watched.dimensions.get("EndpointName").map(String::as_str);
    if OF_REAL_TIME.contains(&watched.name.as_str()) {
        return Some(FindingId::MetricNotPublished);
    }
    let by_endpoint = BACKLOG_METRICS.contains(&watched.name.as_str());
    if by_endpoint && (named.is_none() || watched.dimensions.len() != 1) {
        return Some(FindingId::WrongDimension);
    }
    (named.is_some_and(|named| named != endpoint)).then_some(FindingId::WrongEndpoint)
}
