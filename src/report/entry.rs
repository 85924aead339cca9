//! One decision, as docs/reference.md defines it.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    decide::{Action, FloorWithheld},
    reason::Reason,
    scaler::{Done, SignalKind, Status},
};

/// One decision, as in the contract.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    endpoint: &'a str,
    variant: Option<&'a str>,
    signal: SignalKind,
    action: Action,
    reason: Reason,
    from: Option<i32>,
    to: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    awake_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor_withheld: Option<FloorWithheld>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recheck_in_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wake_latency_ms: Option<i128>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    name_was_cut: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a Status>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(done: &'a Done) -> Self {
        let Done { subject, effects, .. } = done;
        Self {
            endpoint: &subject.endpoint,
            variant: subject.variant.as_deref(),
            signal: subject.signal,
            action: done.action,
            reason: done.reason,
            from: done.from(),
            to: done.to(),
            awake_until: effects.awake_until,
            floor_withheld: done.floor_withheld,
            recheck_in_seconds: done.recheck_in.map(|after| after.as_secs()),
            wake_latency_ms: effects.wake_latency.map(|latency| latency.as_millis()),
            name_was_cut: subject.name_was_cut,
            status: done.status.as_ref(),
            errors: effects.failures.iter().map(ToString::to_string).collect(),
        }
    }
}
