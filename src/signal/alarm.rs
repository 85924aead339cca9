//! CloudWatch alarms in their three forms: in an SNS message, straight to Lambda, and on an event
//! bus. The forms differ in where things stand and in how they are spelled; what is read is the
//! same.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Meaning, Read, What, alarm_rule, json};

/// The namespace of SageMaker's invocation metrics.
const NAMESPACE: &str = "AWS/SageMaker";

/// The metrics that tell of waiting work (SageMaker AI Developer Guide, "Monitor asynchronous
/// endpoint"). An alarm on another one, say on latency, is no reason to wake.
const BACKLOG_METRICS: [&str; 4] = [
    "ApproximateBacklogSize",
    "ApproximateBacklogSizePerInstance",
    "HasBacklogWithoutCapacity",
    "ApproximateAgeOfOldestRequest",
];

/// Whether this is what an alarm publishes to a topic (CloudWatch User Guide, "Notifying users on
/// alarm changes").
pub(super) fn is_notification(event: &Value) -> bool {
    event.get("AlarmName").is_some() && event.get("NewStateValue").is_some()
}

/// Whether this is what an alarm invokes a function with (CloudWatch User Guide, "Invoke a Lambda
/// function from an alarm").
pub(super) fn is_direct(event: &Value) -> bool {
    json::text(event, "/source") == Some("aws.cloudwatch") && event.get("alarmData").is_some()
}

/// An alarm in an SNS message.
pub(super) fn notification(event: &Value) -> Read {
    let trigger = &event["Trigger"];
    let alarm = Alarm {
        state: json::required(event, "/NewStateValue")?,
        name: json::text(event, "/AlarmName"),
        rule: json::text(event, "/AlarmRule"),
        children: json::elements(event, "/TriggeringChildren"),
        metrics: std::iter::once(trigger)
            .chain(stats(json::elements(trigger, "/Metrics"), "/MetricStat/Metric"))
            .collect(),
        at: json::time(event, "/StateChangeTime"),
    };
    Ok(alarm.meaning())
}

/// An alarm straight to Lambda: its data stands in `alarmData`.
pub(super) fn direct(event: &Value) -> Read {
    with_data(event, "alarmData")
}

/// An alarm on an event bus (CloudWatch User Guide, "Alarm events and EventBridge"): its data
/// stands in `detail`.
pub(super) fn on_event_bus(event: &Value) -> Read {
    with_data(event, "detail")
}

fn with_data(event: &Value, field: &str) -> Read {
    let data = &event[field];
    let state =
        json::required(data, "/state/value").map_err(|problem| format!("{field}.{problem}"))?;
    let alarm = Alarm {
        state,
        name: json::text(data, "/alarmName"),
        rule: json::text(data, "/configuration/alarmRule"),
        children: json::elements(data, "/triggeringChildren"),
        metrics: stats(json::elements(data, "/configuration/metrics"), "/metricStat/metric")
            .collect(),
        at: json::time(data, "/state/timestamp").or_else(|| json::time(event, "/time")),
    };
    Ok(alarm.meaning())
}

/// The metrics among the entries of a metric-math list; its expressions name none.
fn stats<'a>(entries: &'a [Value], pointer: &'static str) -> impl Iterator<Item = &'a Value> {
    entries.iter().filter_map(move |entry| json::at(entry, pointer))
}

/// What the three forms have in common.
struct Alarm<'a> {
    state: &'a str,
    name: Option<&'a str>,
    rule: Option<&'a str>,
    children: &'a [Value],
    metrics: Vec<&'a Value>,
    at: Option<jiff::Timestamp>,
}

impl Alarm<'_> {
    fn meaning(self) -> Meaning {
        if self.state != "ALARM" {
            return Meaning::Ignored("an alarm that is not in the state ALARM");
        }
        let (endpoints, variant, mentioned) = match self.rule {
            Some(rule) => (Vec::new(), None, self.mentioned(rule)),
            None => {
                let (endpoints, variant) = self.endpoints();
                (endpoints, variant, Vec::new())
            }
        };
        if endpoints.is_empty() && mentioned.is_empty() {
            return Meaning::Ignored("an alarm on no backlog metric of an endpoint");
        }
        Meaning::Signal(What::Alarm { endpoints, variant, mentioned, at: self.at })
    }

    /// The endpoints of the backlog metrics, and the variant where only one can be meant.
    fn endpoints(&self) -> (Vec<String>, Option<String>) {
        let mut endpoints = BTreeSet::new();
        let mut variants = BTreeSet::new();
        for metric in self.metrics.iter().filter(|metric| is_backlog(metric)) {
            if let Some(endpoint) = dimension(metric, "EndpointName") {
                endpoints.insert(endpoint);
                variants.extend(dimension(metric, "VariantName"));
            }
        }
        let one = endpoints.len() == 1 && variants.len() == 1;
        let variant = variants.first().filter(|_| one).map(|&variant| variant.to_owned());
        (endpoints.into_iter().map(str::to_owned).collect(), variant)
    }

    /// A composite alarm's own name, and those of the alarms behind it.
    fn mentioned(&self, rule: &str) -> Vec<String> {
        let in_rule = alarm_rule::names(rule);
        let children = self.children.iter().filter_map(|child| {
            ["/Arn", "/arn", "/AlarmName", "/alarmName"]
                .iter()
                .find_map(|pointer| json::text(child, pointer))
        });
        let mentioned: BTreeSet<&str> = in_rule
            .iter()
            .map(String::as_str)
            .chain(self.name)
            .chain(children)
            .map(alarm_rule::name_of)
            .filter(|name| !name.is_empty())
            .collect();
        mentioned.into_iter().map(str::to_owned).collect()
    }
}

/// Whether a metric, in either spelling, tells of waiting work.
fn is_backlog(metric: &Value) -> bool {
    let namespace = json::text(metric, "/Namespace").or_else(|| json::text(metric, "/namespace"));
    let name = json::text(metric, "/MetricName").or_else(|| json::text(metric, "/name"));
    namespace == Some(NAMESPACE) && name.is_some_and(|name| BACKLOG_METRICS.contains(&name))
}

/// The value of a metric's dimension: of a list of names and values, or of a map.
fn dimension<'a>(metric: &'a Value, wanted: &str) -> Option<&'a str> {
    let value = match metric.get("Dimensions").or_else(|| metric.get("dimensions"))? {
        Value::Object(map) => map.get(wanted)?.as_str(),
        Value::Array(list) => list.iter().find_map(|entry| {
            let name = json::text(entry, "/name").or_else(|| json::text(entry, "/Name"));
            let value = json::text(entry, "/value").or_else(|| json::text(entry, "/Value"));
            value.filter(|_| name == Some(wanted))
        }),
        _ => None,
    };
    value.filter(|value| !value.is_empty())
}
