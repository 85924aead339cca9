//! Metrics that are put, and the values of a metric that a reader sees.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    CallResult, CustomMetric, Metric, MetricDatum, Operation, Refusal,
    custom_metrics::{NO_UNIT, PutValues},
    minute::minute_of,
    statistic::Summary,
};

use super::World;

impl World {
    /// Publishes one value of a metric without an API call.
    pub fn put_metric(&mut self, metric: CustomMetric, at: Timestamp, value: f64) {
        let (unit, values) = (NO_UNIT.into(), Summary::of(value, 1.0));
        self.put_values(metric, PutValues { at: minute_of(at), unit, values });
    }

    /// Publishes values of several metrics of one endpoint now, without an API call.
    pub fn put_metrics_of_endpoint(
        &mut self,
        namespace: &str,
        dimension: (&str, &str),
        values: impl IntoIterator<Item = (&'static str, f64)>,
    ) {
        let at = minute_of(self.now());
        let mut metric = CustomMetric::new(namespace, "", dimension);
        for (name, value) in values {
            metric.name.clear();
            metric.name.push_str(name);
            let values = Summary::of(value, 1.0);
            let put = PutValues { at, unit: NO_UNIT.into(), values };
            // A long past has many values: the key is copied for the first one only.
            match self.custom.get_mut(&metric) {
                Some(all) if all.last().is_none_or(|last| last.at <= at) => all.push(put),
                _ => self.put_values(metric.clone(), put),
            }
        }
    }

    fn put_values(&mut self, metric: CustomMetric, put: PutValues) {
        let all = self.custom.entry(metric).or_default();
        let place = all.partition_point(|it| it.at <= put.at);
        all.insert(place, put);
    }

    /// PutMetricData.
    ///
    /// # Errors
    ///
    /// The errors of AWS: a namespace of AWS, a time outside of the last two weeks and the next two hours, or a
    /// value that is not finite.
    pub fn put_metric_data(&mut self, namespace: &str, data: &[MetricDatum]) -> CallResult<()> {
        let names = data.iter().map(|it| it.metric.name.as_str()).collect::<Vec<_>>().join(",");
        self.call(Operation::PutMetricData, namespace, names, |world| {
            if namespace.starts_with("AWS/") {
                let message = format!("The value {namespace} for parameter Namespace is invalid.");
                return Err(Refusal::new("InvalidParameterValue", message));
            }
            let now = world.now();
            data.iter().try_for_each(|datum| check(datum, now))?;
            for datum in data {
                let at = datum.at.unwrap_or(now);
                let at = if datum.is_high_resolution { second_of(at) } else { minute_of(at) };
                let unit = datum.unit.clone().map_or(NO_UNIT.into(), Into::into);
                let values = datum.values.summary();
                world.put_values(datum.metric.clone(), PutValues { at, unit, values });
            }
            Ok(())
        })
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

    /// Gives `take` the visible values of a metric in `from..until`, in the order of their times. With a unit, only
    /// those in this unit.
    pub(crate) fn each_value(
        &self,
        metric: &Metric,
        endpoint: &str,
        unit: Option<&str>,
        (from, until): (Timestamp, Timestamp),
        mut take: impl FnMut(Timestamp, &Summary),
    ) {
        let Some(published) = metric.published() else {
            let put = self.put_of(metric, endpoint);
            let first = put.partition_point(|it| it.at < from);
            let within = put.iter().skip(first).take_while(|it| it.at < until);
            let in_unit = within.filter(|it| unit.is_none_or(|unit| unit == it.unit));
            return in_unit.for_each(|it| take(it.at, &it.values));
        };
        if unit.is_none_or(|unit| unit == published.unit()) {
            self.each_visible(published, endpoint, (from, until), |at, value| {
                take(at, &Summary::of(value, 1.0));
            });
        }
    }

    /// The unit of a metric's values. `None` if there are none.
    pub(crate) fn unit_of(&self, metric: &Metric, endpoint: &str) -> Option<&str> {
        match metric.published() {
            Some(published) => Some(published.unit()),
            None => self.put_of(metric, endpoint).last().map(|it| it.unit.as_ref()),
        }
    }

    /// The start of the newest minute in which a metric has a visible value.
    pub(crate) fn newest_minute(&self, metric: &Metric, endpoint: &str) -> Option<Timestamp> {
        match metric.published() {
            Some(published) => self.newest_visible(published, endpoint),
            None => self.put_of(metric, endpoint).last().map(|it| minute_of(it.at)),
        }
    }

    fn put_of(&self, metric: &Metric, endpoint: &str) -> &[PutValues] {
        if self.custom.is_empty() {
            return &[];
        }
        let all = self.custom.get(&CustomMetric::of(metric, endpoint));
        all.map(Vec::as_slice).unwrap_or_default()
    }
}

/// The rules of the API reference of PutMetricData and MetricDatum.
fn check(datum: &MetricDatum, now: Timestamp) -> Result<(), Refusal> {
    let invalid = |what: &str, why: &str| {
        let message = format!("The parameter {what} {why}");
        Err(Refusal::new("InvalidParameterValue", message))
    };
    let at = datum.at.unwrap_or(now);
    let age = now.duration_since(at);
    if age > SignedDuration::from_hours(14 * 24) || age < SignedDuration::from_hours(-2) {
        return invalid(
            "MetricData.member.Timestamp",
            "must specify a time within two weeks before and two hours after the current time.",
        );
    }
    let limit = 2f64.powi(360);
    let numbers = match &datum.values {
        crate::DatumValues::Each(values) => values.iter().flat_map(|it| [it.0, it.1]).collect(),
        crate::DatumValues::Set { count, sum, least, most } => vec![*count, *sum, *least, *most],
    };
    match numbers.iter().all(|it| it.abs() <= limit) {
        true => Ok(()),
        false => invalid("MetricData.member.Value", "must be from -2^360 to 2^360."),
    }
}

fn second_of(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_millisecond().div_euclid(1000)).unwrap_or(at)
}
