//! Findings about uploads: the bucket's events, the route, and the location of results.

use reactive_scaler::{
    config::key_pattern::PLACE,
    config::{Route, Whom},
    fleet::sdk_key,
};

use super::{Facts, Finding, FindingId};
use crate::account::{
    Function,
    s3::{BucketEvents, Kind, Notification},
};
use crate::doctor::read::ConfigLookup;
use scalerctl_console::suggested::Suggested;

/// The end of a result's key, from the examples of InvokeEndpointAsync.
const RESULT: &str = "0.out";

pub fn examine(facts: &Facts, found: &mut Vec<Finding>) {
    let (Some(function), Some(route)) = (facts.function(), facts.route()) else { return };
    results(route, facts, found);
    let Some(bucket) = &route.bucket else { return };
    let own = [("prefix", &route.prefix), ("suffix", &route.suffix)];
    let impossible = own.into_iter().filter(|(_, text)| {
        text.contains('*') || text.starts_with('/') || text.starts_with("s3://")
    });
    for (name, text) in impossible {
        found.push(Finding::new(
            FindingId::PatternCannotMatch,
            format!(
                "the route's {name} is {text:?}: it is compared literally, and keys rarely \
                     contain this text"
            ),
            format!(
                "set the stack's parameter Input{} to the literal start or end of the keys, such \
                 as async/in/ or .json",
                if name == "prefix" { "Prefix" } else { "Suffix" }
            ),
        ));
    }
    if let Some(events) = &facts.bucket
        && !events.event_bridge
    {
        notifications(bucket, route, events, function, found);
    }
}

/// The prefix of the keys that the route matches for this endpoint.
fn prefix(route: &Route, endpoint: &str) -> String {
    match &route.whom {
        Whom::SdkKey => sdk_key::FOLDER.to_owned(),
        Whom::InKey(_) => route.prefix.replace(PLACE, endpoint),
        Whom::Named | Whom::Matching { .. } => route.prefix.clone(),
    }
}

fn results(route: &Route, facts: &Facts, found: &mut Vec<Finding>) {
    let prefix = prefix(route, &facts.endpoint.name);
    let ConfigLookup::Found(config) = &facts.config else { return };
    for path in &config.output_paths {
        let Some((bucket, folder)) =
            path.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        else {
            continue;
        };
        let folder = folder.trim_end_matches('/');
        let key = if folder.is_empty() { RESULT.to_owned() } else { format!("{folder}/{RESULT}") };
        // A route without a bucket is not reported, because doctor does not know which buckets send events.
        let same_bucket = route.bucket.as_deref() == Some(bucket);
        if same_bucket && key.starts_with(&prefix) && key.ends_with(&route.suffix) {
            found.push(Finding::new(
                FindingId::ResultsAmongInputs,
                format!(
                    "results go to {path}, which the route (prefix {prefix:?}) matches as inputs"
                ),
                "narrow the stack's parameters InputPrefix and InputSuffix, or create an endpoint \
                 configuration with another S3OutputPath",
            ));
            return;
        }
    }
}

fn notifications(
    bucket: &str,
    route: &Route,
    events: &BucketEvents,
    function: &Function,
    found: &mut Vec<Finding>,
) {
    // doctor does not read the consumers of queues and topics.
    let ours = |notification: &&Notification| match notification.kind {
        Kind::Function => notification.target == function.arn,
        Kind::Queue | Kind::Topic => true,
    };
    let ours: Vec<&Notification> = events.notifications.iter().filter(ours).collect();
    if ours.is_empty() {
        found.push(
            Finding::new(
                FindingId::EventBridgeOff,
                format!(
                    "EventBridge is off for {bucket}, and no notification is sent to the function"
                ),
                "run the command in the stack's output TurnOnEventBridgeCommand, which keeps the \
                 bucket's other notifications; to show them",
            )
            .command(Suggested::aws(format!(
                "s3api get-bucket-notification-configuration --bucket {bucket}"
            ))),
        );
        return;
    }
    if !ours.iter().any(|notification| may_match(notification, route)) {
        let shown: Vec<String> = ours
            .iter()
            .map(|it| format!("{} (prefix {:?}, suffix {:?})", it.id, it.prefix, it.suffix))
            .collect();
        found.push(Finding::new(
            FindingId::PatternCannotMatch,
            format!(
                "the route matches keys with prefix {:?} and suffix {:?}; {bucket} sends \
                 notifications for others: {}",
                route.prefix,
                route.suffix,
                shown.join(", ")
            ),
            "set the notification's filter to the stack's parameters InputPrefix and InputSuffix, \
             and its event to s3:ObjectCreated:*",
        ));
    }
}

/// Whether a key exists that the notification and the route both match.
fn may_match(notification: &Notification, route: &Route) -> bool {
    let (prefix, suffix) = (&notification.prefix, &notification.suffix);
    let created = notification.events.iter().any(|event| event.starts_with("s3:ObjectCreated:"));
    // A placeholder in the route's prefix matches any text.
    let wanted = route.prefix.split(PLACE).next().unwrap_or_default();
    let begin = prefix.starts_with(wanted) || wanted.starts_with(prefix.as_str());
    let end = suffix.ends_with(&route.suffix) || route.suffix.ends_with(suffix.as_str());
    created && begin && end
}
