//! Faults of the account that doctor finds.

use reactive_scaler::config::{Route, Whom};
use simulator::World;

/// A fault of the account that doctor finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Fault {
    /// The bucket does not send its events to EventBridge.
    EventbridgeOff,
    /// The quota of instances is used up.
    Quota,
    /// AWS has no instance of this type.
    NoCapacity,
    /// Datapoints arrive late.
    LateMetrics,
    /// AWS refuses calls that arrive too fast.
    Throttling,
    /// The results do not reach the function.
    ResultsNotConnected,
    /// A scaling policy can never act.
    PolicyNeverActs,
    /// The owner's schedule sets a minimum capacity.
    OwnersSchedule,
}

impl Fault {
    /// All of them.
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

    /// Its name in `--fault`.
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

    /// One sentence.
    pub fn description(self) -> &'static str {
        match self {
            Self::EventbridgeOff => "The bucket does not send its events to EventBridge.",
            Self::Quota => "The quota of instances is used up.",
            Self::NoCapacity => "AWS has no instance of this type.",
            Self::LateMetrics => "Datapoints arrive late.",
            Self::Throttling => "AWS refuses calls that arrive too fast.",
            Self::ResultsNotConnected => "The results do not reach the function.",
            Self::PolicyNeverActs => "A scaling policy can never act.",
            Self::OwnersSchedule => "The owner's schedule sets a minimum capacity.",
        }
    }
}

/// Adds the fault to the world for these routes, from now on.
pub fn inject(world: &mut World, routes: &[Route], fault: Fault) {
    set(world, routes, fault, true);
}

/// Ends it, as far as it is not the account's own setting that a remedy changes.
pub fn end(world: &mut World, routes: &[Route], fault: Fault) {
    set(world, routes, fault, false);
}

/// Whether it is there now.
pub fn is_present(world: &World, routes: &[Route], fault: Fault) -> bool {
    let mut endpoints = named(routes).filter_map(|name| world.endpoint(name));
    match fault {
        Fault::NoCapacity => endpoints.any(|endpoint| endpoint.capacity_shortage),
        Fault::Quota => endpoints.any(|endpoint| endpoint.quota == Some(0)),
        _ => false,
    }
}

fn set(world: &mut World, routes: &[Route], fault: Fault, present: bool) {
    for name in named(routes) {
        if world.endpoint(name).is_none() {
            continue;
        }
        match fault {
            Fault::NoCapacity => world.set_capacity_shortage(name, present),
            Fault::Quota => world.set_quota(name, present.then_some(0)),
            _ => {}
        }
    }
}

fn named(routes: &[Route]) -> impl Iterator<Item = &str> {
    routes.iter().filter(|route| route.whom == Whom::Named).map(|route| route.endpoint.as_str())
}
