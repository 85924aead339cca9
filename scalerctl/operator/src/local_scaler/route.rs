//! How the endpoint is scaled: as the arguments say, or as the function's routes do.

use aws_config::SdkConfig;
use reactive_scaler::config::{Route, routes_from_json};
use serde_json::json;

use super::args::{CommonArgs, PolicyArgs};
use crate::account::{lambda::Lambda, routes::Routes};
use scalerctl_common::Failure;

/// The route that the scaler goes by.
///
/// # Errors
///
/// [`Failure::Usage`] where the arguments cannot be used or no route covers the endpoint,
/// [`Failure::NoAccess`] where the function cannot be read.
pub async fn route(
    arguments: &CommonArgs,
    policy: &PolicyArgs,
    config: &SdkConfig,
) -> Result<Route, Failure> {
    let CommonArgs { endpoint, variant, .. } = arguments;
    let Some(name) = &policy.function else {
        let route = json!([{
            "endpoint": endpoint,
            "variant": variant,
            "idle_minutes": policy.idle_minutes.unwrap_or(10),
            "wake_to": policy.wake_to.unwrap_or(1),
        }]);
        let routes = routes_from_json(&route.to_string()).map_err(|_| {
            Failure::Usage(format!(
                "{endpoint:?} is no endpoint's name (what to do: 1 to 63 letters, digits and inner hyphens)"
            ))
        })?;
        return routes.into_iter().next().ok_or_else(|| Failure::Usage("no route".to_owned()));
    };
    let function = Lambda::new(config)
        .function(name)
        .await
        .map_err(|error| Failure::NoAccess(error.told()))?;
    let routes = Routes::of(&function);
    let instead = "give --idle-minutes and --wake-to instead of --function";
    match (&routes, routes.covering(endpoint)) {
        (Routes::Unusable(problem), _) => {
            Err(Failure::Usage(format!("SCALER_ROUTES of {name} cannot be used: {problem}")))
        }
        (Routes::Stored(place), _) => Err(Failure::Usage(format!(
            "SCALER_ROUTES of {name} is {place}, and what lies there is not read from here: \
             {instead}"
        ))),
        (Routes::Here(_), None) => {
            Err(Failure::Usage(format!("no route of {name} covers {endpoint}: {instead}")))
        }
        (Routes::Here(_), Some(route)) => {
            let variant = variant.clone().or_else(|| route.variant.clone());
            Ok(Route { variant, ..route.of_endpoint(endpoint) })
        }
    }
}
