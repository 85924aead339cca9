//! Rule 7, no endless wait: if an endpoint has instances and does not become ready, a tick fails
//! and names it.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::EndpointStatus;

use crate::{
    event_log::{EventLog, InvocationEnd, Signal},
    plan::Plan,
    state_history::EndpointState,
};

/// The longest limit, and the hour in which one tick fails.
const LONGEST: SignedDuration = SignedDuration::from_mins(130);

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    (0..plan.endpoints.len()).find_map(|endpoint| {
        let name = &plan.endpoints[endpoint].name;
        let mut since: Option<Timestamp> = None;
        log.snapshots.iter().find_map(|snapshot| {
            if !waits(&snapshot.states[endpoint]) {
                since = None;
                return None;
            }
            let began = *since.get_or_insert(snapshot.at);
            if snapshot.at.duration_since(began) < LONGEST {
                return None;
            }
            let reported = log.invocations.iter().any(|made| {
                let within = made.began.at > began && made.began.at <= snapshot.at;
                let about =
                    matches!(&made.end, InvocationEnd::Failed(message) if message.contains(name));
                made.signal == Signal::Tick && within && about
            });
            (!reported).then(|| {
                format!(
                    "{name} has not been ready since {began}, and no tick failed by {}",
                    snapshot.at
                )
            })
        })
    })
}

fn waits(state: &EndpointState) -> bool {
    let Some(endpoint) = &state.endpoint else { return false };
    let current = endpoint.variants[0].current.unwrap_or(0);
    state.desired > 0 && (endpoint.status != EndpointStatus::InService || current < state.desired)
}
