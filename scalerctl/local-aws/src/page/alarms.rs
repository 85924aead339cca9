//! The alarms of an endpoint, with the datapoints that they evaluated last.

use jiff::Timestamp;
use serde::Serialize;
use simulator::{Alarm, Comparison, World};

/// An alarm on a metric of the endpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct AlarmShown {
    name: String,
    state: &'static str,
    since: Timestamp,
    /// Its condition.
    rule: String,
    /// Oldest first.
    datapoints: Vec<f64>,
}

/// The alarms on metrics of an endpoint.
pub(super) fn alarms_of(world: &World, endpoint: &str) -> Vec<AlarmShown> {
    let of_endpoint = world.alarms().filter(|alarm| alarm.spec.endpoint == endpoint);
    of_endpoint.map(shown).collect()
}

fn shown(alarm: &Alarm) -> AlarmShown {
    AlarmShown {
        name: alarm.spec.name.clone(),
        state: alarm.state.as_str(),
        since: alarm.state_since,
        rule: rule(alarm),
        datapoints: alarm.datapoints().iter().rev().copied().collect(),
    }
}

fn rule(alarm: &Alarm) -> String {
    let spec = &alarm.spec;
    let comparison = match spec.comparison {
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
    };
    let metric = spec.metric.name();
    let of = spec.evaluation_periods;
    let needed = spec.datapoints_to_alarm.unwrap_or(of);
    format!("{metric} {comparison} {}, {needed} of {of} datapoints", spec.threshold)
}
