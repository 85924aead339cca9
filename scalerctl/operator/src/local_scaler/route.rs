//! The route of the endpoint: from the arguments, or from a deployed function's routes.

use aws_config::SdkConfig;
use reactive_scaler::config::{Mode, Route, routes_from_json};
use serde_json::json;

use super::args::{PolicyArgs, ScalerArgs};
use crate::account::{lambda::Lambda, routes::Routes};
use scalerctl_console::Failure;

/// The deployed function whose route covers the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveringFunction {
    /// Its name or ARN, as the user gave it.
    pub name: String,
    /// Whether `SCALER_MODE` is `observe`: it changes nothing.
    pub only_observes: bool,
    /// `SCALER_LEDGER`: the table of its ledger.
    pub table: Option<String>,
}

/// The route for the scaler, and the function that has it.
///
/// # Errors
///
/// [`Failure::Usage`] if the arguments are not valid or no route covers the endpoint,
/// [`Failure::NoAccess`] if the function cannot be read.
pub async fn route(
    arguments: &ScalerArgs,
    policy: &PolicyArgs,
    config: &SdkConfig,
) -> Result<(Route, Option<CoveringFunction>), Failure> {
    let ScalerArgs { endpoint, variant, .. } = arguments;
    let endpoint = endpoint.name.as_str();
    let Some(name) = &policy.function else {
        let route = json!([{
            "endpoint": endpoint,
            "variant": variant,
            "idle_minutes": policy.idle_minutes.unwrap_or(10),
            "job_minutes": policy.job_minutes.unwrap_or(15),
            "wake_to": policy.wake_to.unwrap_or(1),
        }]);
        // The arguments were checked when they were parsed.
        let routes = routes_from_json(&route.to_string())
            .map_err(|error| Failure::Usage(error.to_string()))?;
        let route = routes.into_iter().next();
        return Ok((route.ok_or_else(|| Failure::Usage("no route".to_owned()))?, None));
    };
    let function = Lambda::new(config)
        .function(name)
        .await
        .map_err(|error| Failure::NoAccess(error.with_advice()))?;
    let routes = Routes::of(&function);
    let instead = "use --idle-minutes, --job-minutes, and --wake-to instead of --function";
    match (&routes, routes.covering(endpoint)) {
        (Routes::Unusable(problem), _) => {
            Err(Failure::Usage(format!("SCALER_ROUTES of {name} cannot be used: {problem}")))
        }
        (Routes::Stored(place), _) => Err(Failure::Usage(format!(
            "SCALER_ROUTES of {name} is {place}, which scalerctl does not read: {instead}"
        ))),
        (Routes::Here(_), None) => {
            Err(Failure::Usage(format!("no route of {name} covers {endpoint}: {instead}")))
        }
        (Routes::Here(_), Some(route)) => {
            let variant = variant.clone().or_else(|| route.variant.clone());
            let only_observes = Mode::read(|_| function.mode.clone()) == Ok(Mode::Observe);
            let covering = CoveringFunction {
                name: name.clone(),
                only_observes,
                table: function.ledger.clone(),
            };
            Ok((Route { variant, ..route.of_endpoint(endpoint) }, Some(covering)))
        }
    }
}
