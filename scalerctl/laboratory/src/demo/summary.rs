//! The story in numbers.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use super::{
    course::Course,
    invocation::{Invocation, Trigger},
    story::{EVENT_DELIVERY, Story},
};

/// The story in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// From the upload until capacity was requested: the simulated time, and the invocation's real
    /// one on top.
    pub detection_seconds: Option<f64>,
    /// Of it, the assumed time until S3's event invokes the function.
    pub event_delivery_seconds: f64,
    /// What the invocation by S3's event took on this machine, in milliseconds.
    pub wake_invocation_ms: Option<f64>,
    /// AWS calls that it made.
    pub wake_calls: usize,
    /// The milestones, and what was paid for.
    #[serde(flatten)]
    pub course: Course,
    /// Ticks, those before the upload included.
    pub ticks: usize,
    /// AWS calls, of all invocations.
    pub calls_total: usize,
    /// The same by operation.
    pub calls: BTreeMap<&'static str, usize>,
}

impl Summary {
    /// Counts.
    pub fn of(story: &Story) -> Self {
        let is = |wanted: Trigger| move |i: &&Invocation| i.trigger == wanted;
        let wake = story.invocations.iter().find(is(Trigger::Upload));
        let took = wake.map_or(Duration::ZERO, |wake| wake.took);
        let mut calls = BTreeMap::new();
        for call in story.invocations.iter().flat_map(|invocation| &invocation.calls) {
            *calls.entry(call.operation.as_str()).or_default() += 1;
        }
        let detection = story.course.requested.map(|simulated| simulated.as_secs_f64());
        let milliseconds = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
        Self {
            detection_seconds: detection
                .map(|simulated| milliseconds(simulated + took.as_secs_f64())),
            event_delivery_seconds: EVENT_DELIVERY.as_secs_f64(),
            wake_invocation_ms: wake.map(Invocation::took_ms),
            wake_calls: wake.map_or(0, |wake| wake.calls.len()),
            course: story.course,
            ticks: story.invocations.iter().filter(is(Trigger::Tick)).count(),
            calls_total: calls.values().sum(),
            calls,
        }
    }
}
