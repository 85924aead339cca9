//! Instance time before an instance is in service.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use simulator::Event;

/// The time from each request for more instances until they are in service, before `until`: two
/// instances for a minute are two minutes. A request that fails counts nothing.
pub fn starting(events: &[(Timestamp, Event)], until: Timestamp) -> Duration {
    let mut total = SignedDuration::ZERO;
    let mut begun: Option<(Timestamp, i32)> = None;
    for (at, event) in events {
        match event {
            Event::CapacityRequested { from, to, .. } => {
                begun = (to > from).then_some((*at, to - from));
            }
            Event::InService(..) => {
                if let Some((since, instances)) = begun.take() {
                    total += (*at).min(until).duration_since(since.min(until)) * instances;
                }
            }
            Event::CapacityFailed(_) => begun = None,
            _ => {}
        }
    }
    total.try_into().unwrap_or_default()
}
