//! The route of the endpoint: from a deployed function's routes, or from the arguments.

use aws_config::SdkConfig;
use reactive_scaler::config::{Mode, Route, routes_from_json};
use serde_json::json;

use super::args::{PolicyArgs, ScalerArgs};
use crate::account::{
    args::AccountArgs,
    function_search::{FunctionSearch, NamedBy, names, short_name},
    lambda::{Function, Lambda},
    routes::Routes,
};
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
    /// Whether `--function` names it. Nothing of another one has to be readable.
    pub is_required: bool,
}

/// Where the settings of a command come from.
#[derive(Debug)]
pub enum Settings {
    /// The arguments, or their defaults.
    Arguments,
    /// This function, if it has a route for the endpoint.
    Function {
        /// Its configuration.
        function: Box<Function>,
        /// Its name, as the output has it.
        name: String,
        /// Whether `--function` names it, so that a route is required.
        is_required: bool,
    },
}

/// What a command needs of a deployed function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// Its settings, if one function has a route for the endpoint. Otherwise, the defaults do.
    Settings,
    /// Its settings and its ledger. With several functions the command is refused: it could cut the work of one.
    Ledger,
}

impl Settings {
    /// Looks for the function that the command needs, unless the arguments have a setting.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAccess`] if a function that the user named cannot be read, [`Failure::Usage`] if the function has to
    /// be known and there are several.
    pub async fn find(
        config: &SdkConfig,
        account: &AccountArgs,
        policy: &PolicyArgs,
        endpoints: &[String],
        need: Need,
    ) -> Result<Self, Failure> {
        if need == Need::Nothing || policy.has_settings() {
            return Ok(Self::Arguments);
        }
        let named = policy.function.as_deref();
        let search = FunctionSearch::of(config, account, named, endpoints).await?;
        let lambda = Lambda::new(config);
        match search {
            FunctionSearch::Named(named) => {
                let function = named.read(&lambda).await?;
                let is_required = named.by == NamedBy::Option;
                Ok(Self::Function { function: Box::new(function), name: named.name, is_required })
            }
            FunctionSearch::Found { arn } => Ok(match lambda.function(&arn).await {
                Ok(function) => Self::Function {
                    name: short_name(&arn).to_owned(),
                    function: Box::new(function),
                    is_required: false,
                },
                Err(_) => Self::Arguments,
            }),
            FunctionSearch::Several(arns) if need == Need::Ledger => Err(Failure::Usage(format!(
                "several functions have a route for {}: {} (what to do: name the one that scales it with \
                     --function)",
                endpoints.join(", "),
                names(&arns)
            ))),
            FunctionSearch::Several(_)
            | FunctionSearch::Nowhere
            | FunctionSearch::Unknown { .. } => Ok(Self::Arguments),
        }
    }

    /// The route for the scaler, and the function that has it.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if the arguments are not valid, or no route of the function of `--function` covers the
    /// endpoint.
    pub fn route(
        &self,
        arguments: &ScalerArgs,
        policy: &PolicyArgs,
    ) -> Result<(Route, Option<CoveringFunction>), Failure> {
        let endpoint = arguments.endpoint.name.as_str();
        let variant = &arguments.options.variant;
        let Self::Function { function, name, is_required } = self else {
            return Ok((of_arguments(arguments, policy)?, None));
        };
        let routes = Routes::of(function);
        let instead = "use --idle-minutes, --job-minutes, and --wake-to instead of --function";
        match (&routes, routes.covering(endpoint)) {
            (Routes::Here(_), Some(route)) => {
                let variant = variant.clone().or_else(|| route.variant.clone());
                let covering = CoveringFunction {
                    name: name.clone(),
                    only_observes: Mode::read(|_| function.mode.clone()) == Ok(Mode::Observe),
                    table: function.ledger.clone(),
                    is_required: *is_required,
                };
                Ok((Route { variant, ..route.of_endpoint(endpoint) }, Some(covering)))
            }
            _ if !is_required => Ok((of_arguments(arguments, policy)?, None)),
            (Routes::Unusable(problem), _) => {
                Err(Failure::Usage(format!("SCALER_ROUTES of {name} cannot be used: {problem}")))
            }
            (Routes::Stored(place), _) => Err(Failure::Usage(format!(
                "SCALER_ROUTES of {name} is {place}, which scalerctl does not read: {instead}"
            ))),
            (Routes::Here(_), None) => {
                Err(Failure::Usage(format!("no route of {name} covers {endpoint}: {instead}")))
            }
        }
    }
}

fn of_arguments(arguments: &ScalerArgs, policy: &PolicyArgs) -> Result<Route, Failure> {
    let route = json!([{
        "endpoint": arguments.endpoint.name,
        "variant": arguments.options.variant,
        "idle_minutes": policy.idle_minutes.unwrap_or(10),
        "job_minutes": policy.job_minutes.unwrap_or(15),
        "wake_to": policy.wake_to.unwrap_or(1),
    }]);
    // The arguments were checked when they were parsed.
    let routes =
        routes_from_json(&route.to_string()).map_err(|error| Failure::Usage(error.to_string()))?;
    routes.into_iter().next().ok_or_else(|| Failure::Usage("no route".to_owned()))
}
