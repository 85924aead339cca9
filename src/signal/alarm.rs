//! CloudWatch alarms in three forms: in an SNS message, as a direct invocation of Lambda, and on an event
//! bus. The forms differ in the names and positions of fields.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    alarm_rule, insights_query, json,
    types::{Meaning, Read, What, Why},
};

/// The namespace of SageMaker's invocation metrics.
const NAMESPACE: &str = "AWS/SageMaker";

/// The metrics that indicate a backlog (SageMaker AI Developer Guide, "Monitor asynchronous endpoint"). An
/// alarm on another metric, such as latency, does not wake an endpoint.
const BACKLOG_METRICS: [&str; 4] = [
    "ApproximateBacklogSize",
    "ApproximateBacklogSizePerInstance",
    "HasBacklogWithoutCapacity",
    "ApproximateAgeOfOldestRequest",
];

/// The value of a label that a query groups by and that the metric does not have (CloudWatch User Guide,
/// "Troubleshooting Metrics Insights").
const NULL_GROUP: &str = "Other";

/// The other metrics of async endpoints (the same table).
const OTHER_ASYNC_METRICS: [&str; 11] = [
    "ExpiredRequests",
    "InvocationFailures",
    "InvocationsProcesssed",
    "NotificationFailures",
    "RequestDownloadFailures",
    "RequestDownloadLatency",
    "ResponseUploadFailures",
    "ResponseUploadLatency",
    "TimeInBacklog",
    "TimeToFirstByte",
    "TotalProcessingTime",
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

/// An alarm in an SNS message. For a contributor of a Metrics Insights alarm, the message contains its
/// attributes.
pub(super) fn notification(event: &Value) -> Read {
    let trigger = &event["Trigger"];
    let contributor = json::at(event, "/AlarmContributorAttributes");
    let mut watched: Vec<Watched> = Watched::metric(trigger).into_iter().collect();
    for entry in json::elements(trigger, "/Metrics") {
        watched.extend(json::at(entry, "/MetricStat/Metric").and_then(Watched::metric));
        let query = json::text(entry, "/Expression");
        watched.extend(query.and_then(|text| Watched::query(text, contributor)));
    }
    let alarm = Alarm {
        state: json::required(event, "/NewStateValue")?,
        name: json::text(event, "/AlarmName"),
        rule: json::text(event, "/AlarmRule"),
        children: children(json::elements(event, "/TriggeringChildren")),
        watched,
        at: json::time(event, "/StateChangeTime"),
    };
    Ok(alarm.meaning())
}

/// An alarm that invokes Lambda directly. Its data is in `alarmData`.
///
/// Alarms also invoke functions for single contributors (CloudWatch User Guide, "Acting on alarm changes").
/// We found no documentation of this event. Assumption: it has the same fields as on an event bus.
pub(super) fn direct(event: &Value) -> Read {
    with_data(event, "alarmData")
}

/// An alarm or a contributor on an event bus (CloudWatch User Guide, "Alarm events and EventBridge"). Its
/// data is in `detail`.
pub(super) fn on_event_bus(event: &Value) -> Read {
    with_data(event, "detail")
}

fn with_data(event: &Value, field: &str) -> Read {
    let data = &event[field];
    let state =
        json::required(data, "/state/value").map_err(|problem| format!("{field}.{problem}"))?;
    let contributor = json::at(data, "/alarmContributor/attributes");
    let mut watched = Vec::new();
    for entry in json::elements(data, "/configuration/metrics") {
        watched.extend(json::at(entry, "/metricStat/metric").and_then(Watched::metric));
        let query = json::text(entry, "/expression");
        watched.extend(query.and_then(|text| Watched::query(text, contributor)));
    }
    // A composite alarm contains its child alarms in a JSON string.
    let reason = json::text(data, "/state/reasonData")
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Value::Null);
    let mut children = children(json::elements(data, "/triggeringChildren"));
    children.extend(self::children(json::elements(&reason, "/triggeringAlarms")));
    let alarm = Alarm {
        state,
        name: json::text(data, "/alarmName"),
        rule: json::text(data, "/configuration/alarmRule"),
        children,
        watched,
        at: json::time(data, "/state/timestamp").or_else(|| json::time(event, "/time")),
    };
    Ok(alarm.meaning())
}

/// The ARNs or names of the alarms in a list.
fn children(list: &[Value]) -> Vec<String> {
    let named = |child: &Value| {
        ["/Arn", "/arn", "/AlarmName", "/alarmName"]
            .iter()
            .find_map(|pointer| json::text(child, pointer).map(str::to_owned))
    };
    list.iter().filter_map(named).collect()
}

/// The common content of the three forms.
struct Alarm<'a> {
    state: &'a str,
    name: Option<&'a str>,
    rule: Option<&'a str>,
    children: Vec<String>,
    watched: Vec<Watched>,
    at: Option<jiff::Timestamp>,
}

impl Alarm<'_> {
    fn meaning(self) -> Meaning {
        if self.state != "ALARM" {
            return Meaning::Ignored(Why::AlarmNotInAlarm);
        }
        let is_composite = self.rule.is_some() || !self.children.is_empty();
        let (endpoints, variant, mentioned) = if is_composite {
            (Vec::new(), None, self.mentioned())
        } else {
            let (endpoints, variant) = self.endpoints();
            (endpoints, variant, Vec::new())
        };
        if endpoints.is_empty() && mentioned.is_empty() {
            return Meaning::Ignored(self.why_ignored());
        }
        Meaning::Signal(What::Alarm { endpoints, variant, mentioned, at: self.at })
    }

    /// The endpoints of the backlog metrics, and the variant if it is unambiguous.
    fn endpoints(&self) -> (Vec<String>, Option<String>) {
        let mut endpoints = BTreeSet::new();
        let mut variants = BTreeSet::new();
        for watched in self.watched.iter().filter(|watched| watched.is_backlog()) {
            endpoints.extend(&watched.endpoints);
            if !watched.endpoints.is_empty() {
                variants.extend(&watched.variants);
            }
        }
        let one = endpoints.len() == 1 && variants.len() == 1;
        let variant = variants.first().filter(|_| one).map(|&variant| variant.clone());
        (endpoints.into_iter().cloned().collect(), variant)
    }

    /// The name of a composite alarm and the names of its child alarms.
    fn mentioned(&self) -> Vec<String> {
        let in_rule = alarm_rule::names(self.rule.unwrap_or_default());
        let mentioned: BTreeSet<&str> = in_rule
            .iter()
            .chain(&self.children)
            .map(String::as_str)
            .chain(self.name)
            .map(alarm_rule::name_of)
            .filter(|name| !name.is_empty())
            .collect();
        mentioned.into_iter().map(str::to_owned).collect()
    }

    /// Why an alarm in the state `ALARM` needs no action.
    fn why_ignored(&self) -> Why {
        if self.watched.iter().any(Watched::is_backlog) {
            Why::AlarmNamesNoEndpoint
        } else if self.watched.iter().any(Watched::is_async) {
            Why::AlarmOnOtherAsyncMetric
        } else {
            Why::AlarmOnOtherMetric
        }
    }
}

/// The metric that one entry of an alarm's configuration reads.
struct Watched {
    namespace: String,
    metric: String,
    endpoints: Vec<String>,
    variants: Vec<String>,
}

impl Watched {
    /// A metric, in upper or lower camel case.
    fn metric(metric: &Value) -> Option<Self> {
        let either = |upper, lower| json::text(metric, upper).or_else(|| json::text(metric, lower));
        Some(Self {
            namespace: either("/Namespace", "/namespace")?.to_owned(),
            metric: either("/MetricName", "/name")?.to_owned(),
            endpoints: dimension(metric, "EndpointName").into_iter().collect(),
            variants: dimension(metric, "VariantName").into_iter().collect(),
        })
    }

    /// A Metrics Insights query. Its conditions name dimensions. If it groups by them, the contributor's
    /// attributes do. `None` for metric math, which names none.
    ///
    /// [`NULL_GROUP`] as the variant means that the metric has no variant, like all backlog metrics. As the
    /// endpoint it is kept, because an endpoint can have this name.
    fn query(text: &str, contributor: Option<&Value>) -> Option<Self> {
        let query = insights_query::read(text)?;
        let named = |wanted: &str| {
            let conditions = query.labels.iter().filter(|(key, _)| key == wanted);
            let attribute = contributor
                .and_then(|attributes| attributes.get(wanted))
                .and_then(Value::as_str)
                .filter(|&value| wanted != "VariantName" || value != NULL_GROUP)
                .map(str::to_owned);
            let values = conditions.map(|(_, value)| value.clone()).chain(attribute);
            values.filter(|value| !value.is_empty()).collect()
        };
        let (endpoints, variants) = (named("EndpointName"), named("VariantName"));
        Some(Self { namespace: query.namespace, metric: query.metric, endpoints, variants })
    }

    /// Whether it indicates a backlog.
    fn is_backlog(&self) -> bool {
        self.namespace == NAMESPACE && BACKLOG_METRICS.contains(&self.metric.as_str())
    }

    /// Whether it is a metric of async endpoints that does not indicate a backlog.
    fn is_async(&self) -> bool {
        self.namespace == NAMESPACE && OTHER_ASYNC_METRICS.contains(&self.metric.as_str())
    }
}

/// The value of a dimension, from a list of names and values or from a map.
fn dimension(metric: &Value, wanted: &str) -> Option<String> {
    let value = match metric.get("Dimensions").or_else(|| metric.get("dimensions"))? {
        Value::Object(map) => map.get(wanted)?.as_str(),
        Value::Array(list) => list.iter().find_map(|entry| {
            let name = json::text(entry, "/name").or_else(|| json::text(entry, "/Name"));
            let value = json::text(entry, "/value").or_else(|| json::text(entry, "/Value"));
            value.filter(|_| name == Some(wanted))
        }),
        _ => None,
    };
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}
