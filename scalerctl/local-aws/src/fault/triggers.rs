//! Faults of what invokes the function: events of the bucket, and results.

use std::collections::BTreeSet;

use reactive_scaler::config::{Route, Selector};
use serde_json::json;
use simulator::{Bucket, World};

use crate::initial_world::{FUNCTION, allow};

/// The rule of the template for uploads.
const RULE: &str = "reactive-scaler-uploads";

fn buckets(world: &World, routes: &[Route]) -> BTreeSet<String> {
    let named = routes.iter().filter_map(|route| route.bucket.clone());
    named.filter(|bucket| world.has_bucket(bucket)).collect()
}

/// As after the deployment of the template for a bucket that exists: the rule is there, and EventBridge is off.
pub(super) fn turn_event_bridge_off(world: &mut World, routes: &[Route]) {
    let buckets = buckets(world, routes);
    let pattern = json!({
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": { "bucket": { "name": buckets } },
    });
    let function = world.function_arn(FUNCTION);
    world.put_event_rule(RULE, &pattern, &function);
    let rule = world.rule_arn(RULE);
    allow(world, "events.amazonaws.com", &rule);
    for name in buckets {
        let Some(bucket) = world.bucket_state(&name).cloned() else { continue };
        let mut notifications = bucket.notifications;
        notifications.retain(|it| !it.target.starts_with(&function));
        world.put_bucket(name, Bucket { event_bridge: false, notifications, ..bucket });
    }
}

pub(super) fn is_event_bridge_off(world: &World, routes: &[Route]) -> bool {
    let function = world.function_arn(FUNCTION);
    let is_off = |name: &String| {
        world.bucket_state(name).is_some_and(|bucket| {
            !bucket.event_bridge
                && !bucket.notifications.iter().any(|it| it.target.starts_with(&function))
        })
    };
    world.function(FUNCTION).is_some() && buckets(world, routes).iter().any(is_off)
}

/// The topics of the endpoints whose routes have results.
fn topics(world: &World, routes: &[Route]) -> Vec<String> {
    let named = routes.iter().filter(|route| route.results && route.selector == Selector::Named);
    let endpoints = named.filter_map(|route| world.endpoint(&route.endpoint));
    let topics = endpoints.flat_map(|it| [it.topics.success.clone(), it.topics.error.clone()]);
    topics.flatten().collect()
}

/// The topics exist, and the function is not subscribed to them.
pub(super) fn disconnect_results(world: &mut World, routes: &[Route]) {
    let function = world.function_arn(FUNCTION);
    for topic in topics(world, routes) {
        let others = world.topic_subscriptions(&topic).unwrap_or_default().to_vec();
        let others = others.into_iter().filter(|it| !it.endpoint.starts_with(&function));
        let others = others.collect();
        world.put_topic(topic, others);
    }
}

pub(super) fn are_results_disconnected(world: &World, routes: &[Route]) -> bool {
    let function = world.function_arn(FUNCTION);
    topics(world, routes).iter().any(|topic| {
        let all = world.topic_subscriptions(topic).unwrap_or_default();
        !all.iter().any(|it| it.endpoint.starts_with(&function))
    })
}
