//! Rule 7, every wait has a bound: an endpoint that has instances and is not ready is told of by a tick
//! that fails.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::EndpointStatus;

use crate::{
    history::{End, History, Signal},
    past::Stand,
    plan::Plan,
};

/// The longest bound, and the hour in which one tick fails.
const LONGEST: SignedDuration = SignedDuration::from_mins(130);

pub fn broken(plan: &Plan, history: &History) -> Option<String> {
    (0..plan.endpoints.len()).find_map(|endpoint| {
        let name = &plan.endpoints[endpoint].name;
        let mut since: Option<Timestamp> = None;
        history.moments.iter().find_map(|moment| {
            if !waits(&moment.stands[endpoint]) {
                since = None;
                return None;
            }
            let began = *since.get_or_insert(moment.at);
            if moment.at.duration_since(began) < LONGEST {
                return None;
            }
            let told = history.invocations.iter().any(|made| {
                let within = made.began.at > began && made.began.at <= moment.at;
                let about = matches!(&made.end, End::Failed(message) if message.contains(name));
                made.signal == Signal::Tick && within && about
            });
            (!told).then(|| {
                format!(
                    "{name} has not been ready since {began}, and no tick failed by {}",
                    moment.at
                )
            })
        })
    })
}

fn waits(stand: &Stand) -> bool {
    let Some(endpoint) = &stand.endpoint else { return false };
    let current = endpoint.variants[0].current.unwrap_or(0);
    stand.desired > 0 && (endpoint.status != EndpointStatus::InService || current < stand.desired)
}
