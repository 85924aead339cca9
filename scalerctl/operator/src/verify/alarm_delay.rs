//! How late the alarms on the endpoint's backlog tell that an instance serves.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Clock;

use super::answer::{ALARMS, Learnt};
use crate::{account::alarm_states::Alarms, deeds::Operator};

/// Reads how the alarms changed since capacity was requested.
pub async fn look(operator: &Operator, served: Timestamp, learnt: &mut Learnt) {
    let Some(began) = learnt.woke_at else { return };
    let span = (began, operator.clock.now());
    let alarms = match Alarms::new(&operator.config).of(operator.endpoint(), span).await {
        Ok(alarms) => alarms,
        Err(refusal) => {
            learnt.not_measured(ALARMS, refusal.told());
            return;
        }
    };
    let mut changed = Vec::new();
    for alarm in &alarms {
        for pair in alarm.states.windows(2) {
            let [before, after] = pair else { continue };
            let (name, at) = (&alarm.name, after.at);
            let seconds = at.duration_since(began).as_secs();
            changed.push(format!(
                "{name}: {} to {} {seconds} s after the request",
                before.state, after.state
            ));
            let delay = at.duration_since(served);
            if delay >= SignedDuration::ZERO {
                let least = learnt.alarm_delay.map_or(delay, |least| least.min(delay));
                learnt.alarm_delay = Some(least);
            }
        }
    }
    match (alarms.as_slice(), changed.as_slice()) {
        ([], _) => learnt.not_measured(ALARMS, "no alarm watches the endpoint's backlog"),
        (some, []) => {
            learnt.not_measured(ALARMS, format!("none of its {} alarms changed", some.len()));
        }
        (_, changed) => learnt.tell(ALARMS, changed.join("; ")),
    }
}
