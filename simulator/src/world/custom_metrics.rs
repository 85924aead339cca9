//! Metrics of other namespaces: published and read.

use jiff::Timestamp;
use reactive_scaler::port::Datapoint;
use serde_json::Value;

use crate::{CustomMetric, minute::minute_of};

use super::World;

impl World {
    /// Publishes one value of a metric, as PutMetricData does.
    pub fn put_metric(&mut self, metric: CustomMetric, at: Timestamp, value: f64) {
        self.custom.entry(metric).or_default().push(Datapoint { at: minute_of(at), value });
    }

    /// Publishes the metrics of a log line in the embedded metric format, under each set of
    /// dimensions (CloudWatch User Guide, "Specification: Embedded metric format"). A line without
    /// metrics publishes none.
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

    /// The visible datapoints of a metric in `from..until`, one per value.
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
