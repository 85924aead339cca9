//! Whether the state-change events of the measurement reached the deployed function.

use reactive_scaler::port::Clock;

use super::findings::{EVENTS, Measurements};
use crate::{account::decision_log::DecisionLog, local_scaler::LocalScaler};

/// The signal of such an event in the function's log.
const SIGNAL: &str = "endpoint_changed";

/// Reads the function's decisions since capacity was requested.
pub async fn look(scaler: &LocalScaler, log_group: Option<&str>, measurements: &mut Measurements) {
    let Some(group) = log_group else {
        measurements.not_measured(EVENTS, "name the function with --function: its log shows them");
        return;
    };
    let Some(began) = measurements.woke_at else { return };
    let span = (began, scaler.clock.now());
    let log = DecisionLog::new(&scaler.config);
    let decided = match log.read(group, Some(scaler.endpoint()), span).await {
        Ok(decided) => decided,
        Err(error) => {
            measurements.not_measured(EVENTS, error.with_advice());
            return;
        }
    };
    let mut matching = decided.iter().filter(|decision| decision.signal == SIGNAL);
    match matching.next() {
        Some(first) => {
            let count = 1 + matching.count();
            let seconds = first.at.duration_since(began).as_secs();
            measurements.answer(
                EVENTS,
                format!(
                    "yes: {count} decisions with the signal {SIGNAL}, the first {seconds} s after \
                     the request"
                ),
            );
        }
        // No event is an answer only if the function logs decisions for this endpoint.
        None if decided.is_empty() => measurements.not_measured(
            EVENTS,
            format!("{group} has no decision about the endpoint: does a route cover it?"),
        ),
        None => measurements.answer(
            EVENTS,
            format!(
                "no: {} decisions since the request, none with the signal {SIGNAL}",
                decided.len()
            ),
        ),
    }
}
