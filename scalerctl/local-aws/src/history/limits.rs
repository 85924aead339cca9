//! Which pasts are refused: those without an endpoint, and those that take too long or too much memory.

use jiff::SignedDuration;
use reactive_scaler::config::{Route, Selector};
use scalerctl_console::Failure;

/// The longest past, in days.
pub const MOST_DAYS: i64 = 60;

/// The most days of all endpoints together. They take about a megabyte each.
const MOST_ENDPOINT_DAYS: i64 = 3000;

/// Refuses a past that cannot be made.
///
/// # Errors
///
/// [`Failure::Usage`] with what to do.
pub fn check(length: SignedDuration, routes: &[Route]) -> Result<(), Failure> {
    let endpoints = routes.iter().filter(|it| it.selector == Selector::Named).count();
    let endpoints = i64::try_from(endpoints).unwrap_or(i64::MAX);
    if endpoints == 0 {
        return Err(Failure::Usage(
            "--history: --routes names no endpoint, so there is no past (what to do: name the endpoints in the JSON of \
             --routes, or use --endpoints N)"
                .to_owned(),
        ));
    }
    let most = SignedDuration::from_hours(24 * MOST_ENDPOINT_DAYS / endpoints);
    match length <= most {
        true => Ok(()),
        false => Err(Failure::Usage(format!(
            "--history: a past of {endpoints} endpoints can have at most {} hours (what to do: use a shorter --history, or \
             fewer --endpoints)",
            most.as_hours()
        ))),
    }
}
