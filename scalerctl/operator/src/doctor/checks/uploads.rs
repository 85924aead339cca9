//! Findings about uploads: the bucket's events, the route, and the location of results.

use reactive_scaler::{
    config::key_pattern::PLACE,
    config::{Route, Selector},
    fleet::sdk_key,
};

use super::{Facts, Finding, FindingId, cli_commands};
use crate::account::{
    Function,
    s3::{BucketEvents, Kind, Notification},
};
use crate::doctor::read::ConfigLookup;
use scalerctl_console::shell_quoting::quoted;

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
    match &route.selector {
        Selector::SdkKey => sdk_key::FOLDER.to_owned(),
        Selector::InKey(_) => route.prefix.replace(PLACE, endpoint),
        Selector::Named | Selector::Matching { .. } => route.prefix.clone(),
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
        // A route without a bucket is not reported, because doctor does not know which buckets send events.
        let same_bucket = route.bucket.as_deref() == Some(bucket);
        let key = key_of_result(folder);
        if same_bucket && is_input(&key, &prefix, &route.suffix) {
            found.push(apart(path, bucket, &key, route, facts));
            return;
        }
    }
}

fn key_of_result(folder: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => RESULT.to_owned(),
        folder => format!("{folder}/{RESULT}"),
    }
}

fn is_input(key: &str, prefix: &str, suffix: &str) -> bool {
    key.starts_with(prefix) && key.ends_with(suffix)
}

/// The finding, with two ways to keep results and inputs apart: another place for the inputs, or for the results.
fn apart(path: &str, bucket: &str, key: &str, route: &Route, facts: &Facts) -> Finding {
    let name = &facts.endpoint.name;
    let prefix = prefix(route, name);
    let mut ways = Vec::new();
    // Only for these routes is the parameter's value the prefix.
    if !matches!(route.selector, Selector::SdkKey | Selector::InKey(_)) {
        let folder = prefix.trim_end_matches('/');
        let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inputs = ["inputs/", "scaler-inputs/"].map(|last| format!("{below}{last}"));
        let inputs = inputs.into_iter().find(|inputs| !key.starts_with(inputs));
        let set = |inputs: &str| facts.set_parameters(&format!("InputPrefix={}", quoted(inputs)));
        ways.extend(inputs.and_then(|inputs| {
            let how = format!(
                "upload inputs below s3://{bucket}/{inputs}, and let only those be inputs, in the \
                 folder of the template"
            );
            Some((how, vec![set(&inputs)?]))
        }));
    }
    let results = [format!("{name}-results/"), format!("results-of-{name}/")];
    let is_plain = !path.contains(['\'', '"', '\\']);
    let is_apart = |folder: &&String| !is_input(&key_of_result(folder), &prefix, &route.suffix);
    ways.extend(results.iter().filter(|_| is_plain).find(is_apart).map(|folder| {
        let to = format!("s3://{bucket}/{folder}");
        let how = format!(
            "let the endpoint write results to {to}, where its execution role must be allowed to \
             write; the update replaces running instances"
        );
        (how, cli_commands::move_results(name, &facts.endpoint.config, path, &to).to_vec())
    }));
    let mut ways = ways.into_iter();
    let (first, commands) = ways.next().unwrap_or_else(|| {
        ("create an endpoint configuration with another bucket in S3OutputPath".into(), Vec::new())
    });
    let what =
        format!("results go to {path}, which the route (prefix {prefix:?}) matches as inputs");
    let finding = Finding::new(FindingId::ResultsAmongInputs, what, first);
    let finding = commands.into_iter().fold(finding, Finding::command);
    ways.fold(finding, |finding, (how, commands)| {
        commands.into_iter().fold(finding.or(how), Finding::command)
    })
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
                "turn it on; the bucket's other notifications stay",
            )
            .command(cli_commands::turn_event_bridge_on(bucket)),
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
