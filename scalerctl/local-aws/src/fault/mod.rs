//! `scalerctl aws --fault NAME`: faults of the account that doctor finds.
//!
//! | file | faults |
//! |---|---|
//! | `check` | whether the routes have what a fault is about |
//! | `capacity` | `quota`, `no-capacity` |
//! | `delays` | `late-metrics`, `throttling` |
//! | `triggers` | `eventbridge-off`, `results-not-connected` |
//! | `scaling` | `policy-never-acts`, `owners-schedule` |

mod capacity;
mod check;
mod delays;
mod scaling;
mod triggers;

use clap::{ValueEnum, builder::PossibleValue};
use reactive_scaler::config::Route;
use simulator::World;

pub use check::check;

/// A fault of the account that doctor finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// EventBridge is off on the buckets of the routes.
    EventbridgeOff,
    /// The quota of instances is 0.
    Quota,
    /// AWS has no instance of the type.
    NoCapacity,
    /// Datapoints arrive late.
    LateMetrics,
    /// Calls are throttled.
    Throttling,
    /// The topics of results do not reach the function.
    ResultsNotConnected,
    /// A policy cannot act.
    PolicyNeverActs,
    /// The owner's schedule sets `MinCapacity`.
    OwnersSchedule,
}

impl Fault {
    /// All faults, in the order of the help.
    pub const ALL: [Self; 8] = [
        Self::EventbridgeOff,
        Self::Quota,
        Self::NoCapacity,
        Self::LateMetrics,
        Self::Throttling,
        Self::ResultsNotConnected,
        Self::PolicyNeverActs,
        Self::OwnersSchedule,
    ];

    /// Its name in the option `--fault`.
    pub fn name(self) -> &'static str {
        match self {
            Self::EventbridgeOff => "eventbridge-off",
            Self::Quota => "quota",
            Self::NoCapacity => "no-capacity",
            Self::LateMetrics => "late-metrics",
            Self::Throttling => "throttling",
            Self::ResultsNotConnected => "results-not-connected",
            Self::PolicyNeverActs => "policy-never-acts",
            Self::OwnersSchedule => "owners-schedule",
        }
    }

    /// What it is, in one sentence.
    pub fn description(self) -> &'static str {
        match self {
            Self::EventbridgeOff => {
                "EventBridge is off on the buckets of the routes, so uploads do not reach the function"
            }
            Self::Quota => "The account's quota of instances for endpoints is 0",
            Self::NoCapacity => "AWS has no instance of the type, so scaling out fails",
            Self::LateMetrics => "The backlog metrics arrive 15 minutes late",
            Self::Throttling => "AWS throttles the calls that change the capacity",
            Self::ResultsNotConnected => {
                "The topics of results have no subscription of the function; needs a route with \"results\": true"
            }
            Self::PolicyNeverActs => {
                "A target tracking policy on ApproximateBacklogSizePerInstance never has a datapoint to act on"
            }
            Self::OwnersSchedule => {
                "A scheduled action of the owner sets MinCapacity to 1 each weekday at 8:00 UTC"
            }
        }
    }

    /// Whether it is a fault of AWS, which [`end`] ends. The others are settings of the account, which the command of
    /// doctor corrects.
    pub fn is_of_aws(self) -> bool {
        match self {
            Self::Quota | Self::NoCapacity | Self::LateMetrics | Self::Throttling => true,
            Self::EventbridgeOff
            | Self::ResultsNotConnected
            | Self::PolicyNeverActs
            | Self::OwnersSchedule => false,
        }
    }
}

impl ValueEnum for Fault {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.description()))
    }
}

/// Adds the fault to the world for these routes, from now on.
pub fn inject(world: &mut World, routes: &[Route], fault: Fault) {
    match fault {
        Fault::EventbridgeOff => triggers::turn_event_bridge_off(world, routes),
        Fault::Quota => capacity::set_quota(world, routes, Some(0)),
        Fault::NoCapacity => capacity::set_shortage(world, routes, true),
        Fault::LateMetrics => delays::delay_metrics(world),
        Fault::Throttling => delays::throttle(world),
        Fault::ResultsNotConnected => triggers::disconnect_results(world, routes),
        Fault::PolicyNeverActs => scaling::put_policy(world, routes),
        Fault::OwnersSchedule => scaling::put_schedule(world, routes),
    }
}

/// Ends it, as far as it is not the account's own setting that a remedy changes.
pub fn end(world: &mut World, routes: &[Route], fault: Fault) {
    match fault {
        Fault::Quota => capacity::set_quota(world, routes, None),
        Fault::NoCapacity => capacity::set_shortage(world, routes, false),
        Fault::LateMetrics => delays::end_delay(world),
        Fault::Throttling => delays::end_throttling(world),
        Fault::EventbridgeOff
        | Fault::ResultsNotConnected
        | Fault::PolicyNeverActs
        | Fault::OwnersSchedule => {}
    }
}

/// Whether it is there now.
pub fn is_present(world: &World, routes: &[Route], fault: Fault) -> bool {
    match fault {
        Fault::EventbridgeOff => triggers::is_event_bridge_off(world, routes),
        Fault::Quota => capacity::has_no_quota(world, routes),
        Fault::NoCapacity => capacity::has_shortage(world, routes),
        Fault::LateMetrics => delays::are_metrics_late(world),
        Fault::Throttling => delays::is_throttled(world),
        Fault::ResultsNotConnected => triggers::are_results_disconnected(world, routes),
        Fault::PolicyNeverActs => scaling::has_policy(world, routes),
        Fault::OwnersSchedule => scaling::has_schedule(world, routes),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use reactive_scaler::config::routes_from_json;
    use simulator::Settings;

    use super::*;
    use crate::initial_world::initial_world;

    const ROUTES: &str = r#"[{"endpoint":"a","bucket":"inputs","results":true},{"endpoint":"b"}]"#;

    #[test]
    fn a_fault_is_present_from_its_injection_and_those_of_aws_end() {
        let routes = routes_from_json(ROUTES).unwrap();
        for fault in Fault::ALL {
            let begin = Timestamp::UNIX_EPOCH;
            let (sim, _) =
                initial_world(begin, Settings::default(), &routes, Some(BTreeMap::new()));
            sim.with(|world| {
                let present = |world: &World| -> Vec<Fault> {
                    Fault::ALL.into_iter().filter(|it| is_present(world, &routes, *it)).collect()
                };
                assert_eq!(present(world), []);
                // The second time changes nothing.
                for _ in 0..2 {
                    inject(world, &routes, fault);
                    assert_eq!(present(world), [fault]);
                }
                end(world, &routes, fault);
                let left = if fault.is_of_aws() { vec![] } else { vec![fault] };
                assert_eq!(present(world), left);
            });
        }
    }

    /// The page can offer a fault when the endpoint or the function is gone.
    #[test]
    fn a_world_without_the_endpoint_and_the_function_has_no_fault_of_them() {
        let routes = routes_from_json(ROUTES).unwrap();
        let begin = Timestamp::UNIX_EPOCH;
        let (sim, _) = initial_world(begin, Settings::default(), &routes, None);
        sim.with(|world| {
            for name in ["a", "b"] {
                world.delete_endpoint(name);
            }
            for fault in Fault::ALL {
                inject(world, &routes, fault);
                end(world, &routes, fault);
                assert!(!is_present(world, &routes, fault), "{fault:?}");
            }
        });
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_str(fault.name(), false), Ok(fault));
        }
    }
}
