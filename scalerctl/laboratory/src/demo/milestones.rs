//! The milestones of one upload, and the instance time that was paid for.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::VariantId;
use serde::{Serialize, Serializer};
use simulator::{Event, World};

/// Times after the upload, and instance time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Milestones {
    /// Capacity was requested.
    #[serde(rename = "capacity_requested_after_seconds", serialize_with = "seconds")]
    pub requested: Option<SignedDuration>,
    /// The first instance was in service.
    #[serde(rename = "in_service_after_seconds", serialize_with = "seconds")]
    pub in_service: Option<SignedDuration>,
    /// The input was processed.
    #[serde(rename = "completed_after_seconds", serialize_with = "seconds")]
    pub completed: Option<SignedDuration>,
    /// A capacity of 0 was requested.
    #[serde(rename = "scaled_in_after_seconds", serialize_with = "seconds")]
    pub scaled_in: Option<SignedDuration>,
    /// No instance was left.
    #[serde(rename = "at_zero_after_seconds", serialize_with = "seconds")]
    pub at_zero: Option<SignedDuration>,
    /// Instance time, from in service to zero.
    #[serde(rename = "paid_minutes", serialize_with = "minutes")]
    pub paid: Duration,
    /// The part of it without work.
    #[serde(rename = "paid_idle_minutes", serialize_with = "minutes")]
    pub idle: Duration,
}

impl Milestones {
    /// From the end of the work until a capacity of 0 was requested.
    pub fn waited(&self) -> Option<SignedDuration> {
        Some(self.scaled_in? - self.completed?)
    }

    /// Reads them from the journal of a world.
    pub fn read(world: &World, id: &VariantId, uploaded_at: Timestamp) -> Self {
        let when = |wanted: &dyn Fn(&Event) -> bool| {
            let found = world.journal.events().find(|(at, e)| *at >= uploaded_at && wanted(e));
            found.map(|(at, _)| at.duration_since(uploaded_at))
        };
        let capacity = |event: &Event, up: bool| match event {
            Event::CapacityRequested { id: of, to, .. } => of == id && (*to > 0) == up,
            _ => false,
        };
        let paid = world.paid(&id.endpoint);
        Self {
            requested: when(&|event| capacity(event, true)),
            in_service: when(&|event| matches!(event, Event::InService(of, _) if of == id)),
            completed: when(&|event| matches!(event, Event::Completed(_))),
            scaled_in: when(&|event| capacity(event, false)),
            at_zero: when(&|event| matches!(event, Event::AtZero(of) if of == id)),
            paid,
            idle: paid.saturating_sub(world.worked(&id.endpoint)),
        }
    }
}

/// Minutes, rounded to a hundredth.
pub fn in_minutes(time: Duration) -> f64 {
    (time.as_secs_f64() / 60.0 * 100.0).round() / 100.0
}

fn minutes<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(in_minutes(*time))
}

fn seconds<S: Serializer>(time: &Option<SignedDuration>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(serializer)
}
