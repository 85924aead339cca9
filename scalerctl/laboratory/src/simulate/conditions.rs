//! What all policies of a comparison have in common, in words.

use jiff::{Timestamp, tz::TimeZone};

use super::{distribution::exact, scenario::Scenario, tariff::Tariff};

/// Workload, horizon, and tariff of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    /// The workload's name, or the file of its requests.
    pub workload: &'a str,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// How the bill is computed.
    pub tariff: Tariff,
}

impl Conditions<'_> {
    /// Two sentences: the workload, and the horizon.
    pub fn text(&self) -> [String; 2] {
        let scenario = self.scenario;
        let requests = match scenario.arrivals.len() {
            1 => "1 request".to_owned(),
            count => format!("{count} requests"),
        };
        let length = scenario.billed_until.duration_since(scenario.from);
        [
            format!(
                "Workload: {}, {requests}. At most {} instances. Seed {}.",
                self.workload, scenario.max, scenario.seed
            ),
            format!(
                "Billed, for every policy: {} to {} UTC ({}).",
                minute(scenario.from),
                minute(scenario.billed_until),
                exact(length.try_into().unwrap_or_default())
            ),
        ]
    }

    /// What the bill is computed from.
    pub fn bill(&self) -> String {
        let from = self.tariff.from.text();
        match self.tariff.price_per_hour {
            Some(price) => format!("instance hours from {from}, at {price} an hour"),
            None => format!("instance hours from {from}"),
        }
    }
}

fn minute(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}
