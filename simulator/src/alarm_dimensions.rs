//! The dimensions of the metric of an alarm.

use crate::AlarmSpec;

/// Names and values of the dimensions of an alarm's metric.
pub(crate) fn dimensions(spec: &AlarmSpec) -> impl Iterator<Item = (&str, &str)> {
    let endpoint = (!spec.endpoint.is_empty()).then_some(("EndpointName", spec.endpoint.as_str()));
    let further = spec.metric.further().iter();
    endpoint.into_iter().chain(further.map(|(name, value)| (name.as_str(), value.as_str())))
}
