//! Notification configurations of buckets: those of the model as those of s3s, and back.

use s3s::{
    S3Result,
    dto::{
        Event, EventBridgeConfiguration, FilterRule, FilterRuleName,
        GetBucketNotificationConfigurationOutput, LambdaFunctionConfiguration,
        NotificationConfiguration, NotificationConfigurationFilter, QueueConfiguration,
        S3KeyFilter, TopicConfiguration,
    },
    s3_error,
};
use simulator::{Bucket, BucketNotification, NotificationKind};

/// The types of events of which S3 notifies, up to a `*`.
const EVENTS: [&str; 4] = [
    "s3:ObjectCreated:",
    "s3:ObjectRemoved:",
    "s3:ObjectRestore:",
    "s3:ReducedRedundancyLostObject",
];

/// The configuration of a bucket.
pub(super) fn described(bucket: &Bucket) -> GetBucketNotificationConfigurationOutput {
    let of = |kind: NotificationKind| bucket.notifications.iter().filter(move |it| it.kind == kind);
    let functions: Vec<_> = of(NotificationKind::Function)
        .map(|it| LambdaFunctionConfiguration {
            id: Some(it.id.clone()),
            lambda_function_arn: it.target.clone(),
            events: events(it),
            filter: filter(it),
        })
        .collect();
    let queues: Vec<_> = of(NotificationKind::Queue)
        .map(|it| QueueConfiguration {
            id: Some(it.id.clone()),
            queue_arn: it.target.clone(),
            events: events(it),
            filter: filter(it),
        })
        .collect();
    let topics: Vec<_> = of(NotificationKind::Topic)
        .map(|it| TopicConfiguration {
            id: Some(it.id.clone()),
            topic_arn: it.target.clone(),
            events: events(it),
            filter: filter(it),
        })
        .collect();
    GetBucketNotificationConfigurationOutput {
        event_bridge_configuration: bucket.event_bridge.then(EventBridgeConfiguration::default),
        lambda_function_configurations: (!functions.is_empty()).then_some(functions),
        queue_configurations: (!queues.is_empty()).then_some(queues),
        topic_configurations: (!topics.is_empty()).then_some(topics),
    }
}

fn events(of: &BucketNotification) -> Vec<Event> {
    of.events.iter().map(|event| event.clone().into()).collect()
}

fn filter(of: &BucketNotification) -> Option<NotificationConfigurationFilter> {
    let rules = [("Prefix", &of.prefix), ("Suffix", &of.suffix)];
    let rules = rules.into_iter().filter(|(_, value)| !value.is_empty());
    let rules = rules.map(|(name, value)| FilterRule {
        name: Some(FilterRuleName::from(name.to_owned())),
        value: Some(value.clone()),
    });
    let rules: Vec<_> = rules.collect();
    (!rules.is_empty()).then_some(NotificationConfigurationFilter {
        key: Some(S3KeyFilter { filter_rules: Some(rules) }),
    })
}

/// The configuration of a request.
///
/// # Errors
///
/// `InvalidArgument` for an event or a filter that S3 does not have, and for two notifications that would both be sent
/// for one event.
pub(super) fn read(configuration: NotificationConfiguration) -> S3Result<Bucket> {
    let mut found = Vec::new();
    for it in configuration.lambda_function_configurations.unwrap_or_default() {
        let parts = (it.id, it.lambda_function_arn, it.events, it.filter);
        found.push(notification(NotificationKind::Function, found.len(), parts)?);
    }
    for it in configuration.queue_configurations.unwrap_or_default() {
        let parts = (it.id, it.queue_arn, it.events, it.filter);
        found.push(notification(NotificationKind::Queue, found.len(), parts)?);
    }
    for it in configuration.topic_configurations.unwrap_or_default() {
        let parts = (it.id, it.topic_arn, it.events, it.filter);
        found.push(notification(NotificationKind::Topic, found.len(), parts)?);
    }
    for (row, one) in found.iter().enumerate() {
        if found.iter().skip(row + 1).any(|other| overlap(one, other)) {
            return Err(s3_error!(
                InvalidArgument,
                "Configurations overlap. Configurations on the same bucket cannot share a common event type."
            ));
        }
    }
    let event_bridge = configuration.event_bridge_configuration.is_some();
    Ok(Bucket { event_bridge, notifications: found })
}

type Parts = (Option<String>, String, Vec<Event>, Option<NotificationConfigurationFilter>);

fn notification(
    kind: NotificationKind,
    row: usize,
    (id, target, events, filter): Parts,
) -> S3Result<BucketNotification> {
    let events: Vec<String> = events.into_iter().map(String::from).collect();
    let known = |event: &String| EVENTS.iter().any(|known| event.starts_with(known));
    if events.is_empty() || !events.iter().all(known) {
        return Err(s3_error!(
            InvalidArgument,
            "A specified event is not supported for notifications."
        ));
    }
    let mut read = BucketNotification {
        id: id.unwrap_or_else(|| format!("notification-{row}")),
        kind,
        target,
        events,
        prefix: String::new(),
        suffix: String::new(),
    };
    let rules = filter.and_then(|it| it.key).and_then(|it| it.filter_rules).unwrap_or_default();
    for FilterRule { name, value } in rules {
        let value = value.unwrap_or_default();
        match name.map(|name| name.as_str().to_lowercase()).as_deref() {
            Some("prefix") => read.prefix = value,
            Some("suffix") => read.suffix = value,
            _ => {
                return Err(s3_error!(
                    InvalidArgument,
                    "filter rule name must be either prefix or suffix"
                ));
            }
        }
    }
    Ok(read)
}

/// Whether one event can be of both: an event type in common, and prefixes and suffixes that one key can have.
fn overlap(one: &BucketNotification, other: &BucketNotification) -> bool {
    let covers = |one: &str, other: &str| match one.strip_suffix('*') {
        Some(start) => other.starts_with(start),
        None => one == other,
    };
    let shares = |event: &String| {
        other.events.iter().any(|other| covers(event, other) || covers(other, event))
    };
    let prefixes = one.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&one.prefix);
    let suffixes = one.suffix.ends_with(&other.suffix) || other.suffix.ends_with(&one.suffix);
    one.events.iter().any(shares) && prefixes && suffixes
}
