//! Metrics of other namespaces, such as those of the function. A test publishes them, and they are
//! visible immediately.

/// Namespace, name and dimensions of a metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
}
