//! Whether the routes have what a fault is about.

use reactive_scaler::config::{Route, Selector};

use super::Fault;

/// Checks that the fault changes something in a world of these routes.
///
/// # Errors
///
/// What the routes lack.
pub fn check(routes: &[Route], function_runs: bool, fault: Fault) -> Result<(), String> {
    let named = || routes.iter().filter(|route| route.selector == Selector::Named);
    let needs = |what: &str| Err(format!("--fault {} needs {what}", fault.name()));
    match fault {
        _ if named().next().is_none() => needs("a route in --routes that names an endpoint"),
        Fault::EventbridgeOff if named().all(|route| route.bucket.is_none()) => {
            needs("a route with a bucket")
        }
        Fault::ResultsNotConnected if named().all(|route| !route.results) => {
            needs("a route with \"results\": true")
        }
        Fault::EventbridgeOff | Fault::ResultsNotConnected if !function_runs => {
            needs("the function, so it cannot be used with --no-function")
        }
        Fault::EventbridgeOff
        | Fault::Quota
        | Fault::NoCapacity
        | Fault::LateMetrics
        | Fault::Throttling
        | Fault::ResultsNotConnected
        | Fault::PolicyNeverActs
        | Fault::OwnersSchedule => Ok(()),
    }
}
