//! The summary of a run.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use super::{
    invocation::{Invocation, Trigger},
    milestones::Milestones,
    upload_run::{EVENT_DELIVERY, UploadRun},
};

/// The summary of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// From the upload until capacity was requested: simulated time, plus the real time of the
    /// invocation.
    pub detection_seconds: Option<f64>,
    /// The part of it that is assumed for the delivery of the S3 event.
    pub event_delivery_seconds: f64,
    /// Real time of the invocation by the S3 event, in milliseconds.
    pub wake_invocation_ms: Option<f64>,
    /// AWS calls of that invocation.
    pub wake_calls: usize,
    /// Milestones and instance time.
    #[serde(flatten)]
    pub milestones: Milestones,
    /// Ticks, including those before the upload.
    pub ticks: usize,
    /// AWS calls of all invocations.
    pub calls_total: usize,
    /// The same by operation.
    pub calls: BTreeMap<&'static str, usize>,
}

impl Summary {
    /// The summary of this run.
    pub fn of(run: &UploadRun) -> Self {
        let is = |wanted: Trigger| move |i: &&Invocation| i.trigger == wanted;
        let wake = run.invocations.iter().find(is(Trigger::Upload));
        let took = wake.map_or(Duration::ZERO, |wake| wake.took);
        let mut calls = BTreeMap::new();
        for call in run.invocations.iter().flat_map(|invocation| &invocation.calls) {
            *calls.entry(call.operation.as_str()).or_default() += 1;
        }
        let detection = run.milestones.requested.map(|simulated| simulated.as_secs_f64());
        let milliseconds = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
        Self {
            detection_seconds: detection
                .map(|simulated| milliseconds(simulated + took.as_secs_f64())),
            event_delivery_seconds: EVENT_DELIVERY.as_secs_f64(),
            wake_invocation_ms: wake.map(Invocation::took_ms),
            wake_calls: wake.map_or(0, |wake| wake.calls.len()),
            milestones: run.milestones,
            ticks: run.invocations.iter().filter(is(Trigger::Tick)).count(),
            calls_total: calls.values().sum(),
            calls,
        }
    }
}
