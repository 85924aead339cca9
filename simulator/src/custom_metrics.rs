//! Metrics of anybody's namespace, such as the function's own: put by a test, seen at once.

use jiff::Timestamp;
use reactive_scaler::port::Datapoint;
use serde_json::Value;

use crate::{World, world::minute_of};

/// Namespace, name and dimensions of a metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomMetric {
    /// `Namespace`.
    pub namespace: String,
    /// `MetricName`.
    pub name: String,
    /// `Dimensions`, sorted: they are part of a metric's identity, their order is not.
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

impl World {
    /// One value of a metric, as PutMetricData would put it.
    pub fn put_metric(&mut self, metric: CustomMetric, at: Timestamp, value: f64) {
        self.custom.entry(metric).or_default().push(Datapoint { at: minute_of(at), value });
    }

    /// What CloudWatch makes of a log line in the embedded metric format (CloudWatch User Guide,
    /// "Specification: Embedded metric format"): its metrics, under each set of dimensions. A line
    /// without metrics puts none.
    pub fn put_embedded_metrics(&mut self, line: &Value) {
        let at = line["_aws"]["Timestamp"].as_i64();
        let Some(at) = at.and_then(|at| Timestamp::from_millisecond(at).ok()) else { return };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        for directive in list(&line["_aws"]["CloudWatchMetrics"]) {
            for (set, metric) in list(&directive["Dimensions"])
                .iter()
                .flat_map(|set| list(&directive["Metrics"]).into_iter().map(move |it| (set, it)))
            {
                let name = text(&metric["Name"]);
                let Some(value) = line[name.as_str()].as_f64() else { continue };
                let dimension = |key: &Value| (text(key), text(&line[text(key)]));
                let mut dimensions = list(set).iter().map(dimension).collect::<Vec<_>>();
                dimensions.sort();
                let namespace = text(&directive["Namespace"]);
                self.put_metric(CustomMetric { namespace, name, dimensions }, at, value);
            }
        }
    }

    /// What a reader sees of it, stamped in `from..until`; one datapoint per value.
    pub(crate) fn custom_datapoints(
        &self,
        metric: &CustomMetric,
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<Datapoint> {
        let from = minute_of(from);
        let all = self.custom.get(metric).map(Vec::as_slice).unwrap_or_default();
        let within = |point: &&Datapoint| from <= point.at && point.at < until;
        all.iter().filter(within).copied().collect()
    }
}
