//! Invocations that CloudTrail reports, on routes whose results are connected.

use std::time::Duration;

use jiff::Timestamp;

use super::{Done, Scaler, Subject, age::is_within, event::Event, ledger::Recorded, unit::Unit};
use crate::{
    decide::Trigger,
    ledger::{INVOCATION_SPAN, explains},
    port::{Aws, AwsResult, Clock},
    reason::Reason,
    signal::What,
};

/// Maximum time that an invocation waits for the ledger before it acts as an alarm.
const READ: Duration = Duration::from_millis(2500);

/// An upload that the ledger has.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownUpload {
    /// When it was touched.
    touched: Timestamp,
    /// When the ledger was read.
    read_at: Timestamp,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Serves the invocations of a unit. If the ledger explains them, the work is known and may be done: nothing is
    /// written. Otherwise, or if the ledger cannot be read, they act as an alarm.
    pub(super) async fn serve_invocations(
        &self,
        unit: &Unit<'_>,
        event: &Event<'_>,
    ) -> Option<Done> {
        let times = unit.in_event(event.signals).filter_map(|what| match what {
            What::Invocation { at, .. } => Some(*at),
            _ => None,
        });
        // An invocation without a time can be of any upload, or of none.
        let times: Option<Vec<Timestamp>> = times.collect();
        let explained = match times {
            Some(times) => self.explained(unit, &times, event).await,
            None => Ok(false),
        };
        let failure = match explained {
            Ok(true) => {
                let subject = Subject::of(unit, event.mode);
                return Some(Done::without_a_look(subject, Reason::InvocationSeen, Vec::new()));
            }
            Ok(false) => None,
            Err(failure) => Some(failure),
        };
        self.serve_variant(unit, Trigger::Invocation, Some(Recorded::No(failure)), event).await
    }

    /// Whether the ledger has an upload for each invocation at these times. A container reads the ledger once in W.
    async fn explained(
        &self,
        unit: &Unit<'_>,
        times: &[Timestamp],
        event: &Event<'_>,
    ) -> AwsResult<bool> {
        let endpoint = &unit.route.endpoint;
        let now = self.clock.now();
        let known = self.memory().known_upload.get(endpoint).copied().filter(|known| {
            is_within(unit.route.policy().renewal_step(), known.read_at, now)
                && times.iter().all(|at| explains(known.touched, *at))
        });
        if known.is_some() {
            return Ok(true);
        }
        let session = self.session(unit, event.mode, event.waits);
        let reading = session.items_within(READ, endpoint, enough(times, now)).await?;
        let uploads = times.iter().map(|at| reading.upload_of(*at));
        let Some(uploads) = uploads.collect::<Option<Vec<Timestamp>>>() else {
            return Ok(false);
        };
        if let Some(touched) = uploads.into_iter().max() {
            let known = KnownUpload { touched, read_at: now };
            self.memory().known_upload.insert(endpoint.clone(), known);
        }
        Ok(true)
    }
}

/// An outstanding item that was touched at this time or later explains all these invocations, so the rest of the items
/// need not be read. If there is no such time, all items are read.
fn enough(times: &[Timestamp], now: Timestamp) -> Timestamp {
    match (times.iter().min(), times.iter().max()) {
        (Some(oldest), Some(newest)) if explains(now, *oldest) => *newest - INVOCATION_SPAN,
        _ => Timestamp::MAX,
    }
}
