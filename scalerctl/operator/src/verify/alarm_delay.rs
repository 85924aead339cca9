//! The delay from when an instance is in service until an alarm on the backlog changes its state.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Clock;

use super::findings::{ALARMS, Measurements};
use crate::{account::alarms::Alarms, local_scaler::LocalScaler};

/// Reads the state changes of the alarms since capacity was requested.
pub async fn look(scaler: &LocalScaler, served: Timestamp, measurements: &mut Measurements) {
    let Some(began) = measurements.woke_at else { return };
    let span = (began, scaler.clock.now());
    let alarms = match Alarms::new(&scaler.config).history(scaler.endpoint(), span).await {
        Ok(alarms) => alarms,
        Err(error) => {
            measurements.not_measured(ALARMS, error.with_advice());
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
                let least = measurements.alarm_delay.map_or(delay, |least| least.min(delay));
                measurements.alarm_delay = Some(least);
            }
        }
    }
    match (alarms.as_slice(), changed.as_slice()) {
        ([], _) => measurements.not_measured(ALARMS, "no alarm watches the endpoint's backlog"),
        (some, []) => {
            measurements.not_measured(ALARMS, format!("none of its {} alarms changed", some.len()));
        }
        (_, changed) => measurements.answer(ALARMS, changed.join("; ")),
    }
}
