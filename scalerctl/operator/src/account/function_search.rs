//! The deployed function of a command: named by the user, or found in the account.
//!
//! In this order: `--function`, `SCALERCTL_FUNCTION`, `scalerctl.toml`, the functions of the region. With `--local`,
//! what the environment and the file name is passed over: it is a function of a real account.

use std::{env, fmt, path::PathBuf, time::Duration};

use aws_config::SdkConfig;
use reactive_scaler::port::FailureKind;
use scalerctl_console::Failure;
use tokio::time::timeout;

use super::{
    args::AccountArgs,
    caller::account_number,
    lambda::{Function, Lambda},
    routes::Routes,
    user_settings::{Surroundings, UserSettings},
};

/// The variable that names the function.
const VARIABLE: &str = "SCALERCTL_FUNCTION";

const NAME_IT: &str = "name the function with --function";

/// The longest time for the search. Without it, a network that drops packets would delay commands that need no function.
const PATIENCE: Duration = Duration::from_secs(10);

/// The function of a command.
#[derive(Debug)]
pub enum FunctionSearch {
    /// The user named it.
    Named(NamedFunction),
    /// The only one in the region with a route for an endpoint, or whose routes are not known.
    Found {
        /// Its ARN.
        arn: String,
    },
    /// More than one: their ARNs.
    Several(Vec<String>),
    /// None has a route for an endpoint.
    Nowhere,
    /// They could not be listed.
    Unknown {
        /// Why.
        why: String,
        /// What to do about it.
        what_to_do: String,
    },
}

/// A function that the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFunction {
    /// Its name or ARN.
    pub name: String,
    /// Where.
    pub by: NamedBy,
}

/// Where the user named a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedBy {
    /// `--function`.
    Option,
    /// `SCALERCTL_FUNCTION`.
    Variable,
    /// This file.
    File(PathBuf),
}

impl fmt::Display for NamedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option => f.write_str("--function"),
            Self::Variable => f.write_str(VARIABLE),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The function of `--function`, else of `SCALERCTL_FUNCTION`: what is known before the account is. An ARN has a region.
pub fn named(option: Option<&str>, account: &AccountArgs) -> Option<NamedFunction> {
    let of_option = option.map(|name| NamedFunction { name: name.to_owned(), by: NamedBy::Option });
    let of_variable = || {
        let name = env::var(VARIABLE).ok().filter(|name| !name.is_empty() && !account.local)?;
        Some(NamedFunction { name, by: NamedBy::Variable })
    };
    of_option.or_else(of_variable)
}

/// The function that the user named in any of the three places.
///
/// # Errors
///
/// [`Failure::Usage`] if the file cannot be used, [`Failure::NoAccess`] if an entry depends on the account and its
/// number cannot be read.
pub async fn named_anywhere(
    config: &SdkConfig,
    account: &AccountArgs,
    option: Option<&str>,
) -> Result<Option<NamedFunction>, Failure> {
    if let Some(named) = named(option, account) {
        return Ok(Some(named));
    }
    if account.local {
        return Ok(None);
    }
    let Some((path, settings)) = UserSettings::read()? else { return Ok(None) };
    let number = match settings.needs_account() {
        true => {
            let number = account_number(config).await;
            Some(number.map_err(|error| Failure::NoAccess(error.with_advice()))?)
        }
        false => None,
    };
    let of_environment = env::var("AWS_PROFILE").ok();
    let here = Surroundings {
        region: config.region().map_or("", |region| region.as_ref()),
        account: number.as_deref(),
        profile: account.profile.as_deref().or(of_environment.as_deref()),
    };
    let name = settings.function(here).map(str::to_owned);
    Ok(name.map(|name| NamedFunction { name, by: NamedBy::File(path) }))
}

impl NamedFunction {
    /// Its settings.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] with the place that names it if it does not exist, [`Failure::NoAccess`] if it cannot be read.
    pub async fn read(&self, lambda: &Lambda) -> Result<Function, Failure> {
        let Self { name, by } = self;
        lambda.function(name).await.map_err(|error| match error.is("ResourceNotFoundException") {
            true => Failure::Usage(format!(
                "{by} names {name}: there is no function {name} in this region: {error} (what to do: correct {by}, or set \
                 the function's region with --region)"
            )),
            false => Failure::NoAccess(error.with_advice()),
        })
    }
}

impl FunctionSearch {
    /// The function for these endpoints. No endpoints mean all.
    ///
    /// # Errors
    ///
    /// As [`named_anywhere`]. A search that fails is no error: it is [`FunctionSearch::Unknown`].
    pub async fn of(
        config: &SdkConfig,
        account: &AccountArgs,
        option: Option<&str>,
        endpoints: &[String],
    ) -> Result<Self, Failure> {
        if let Some(named) = named_anywhere(config, account, option).await? {
            return Ok(Self::Named(named));
        }
        let lambda = Lambda::new(config);
        Ok(match timeout(PATIENCE, lambda.with_routes()).await {
            Ok(Ok(functions)) => Self::among(&functions, endpoints),
            Ok(Err(error)) => {
                // The advice can end with a command.
                let first = if error.kind() == FailureKind::AccessDenied {
                    format!("{NAME_IT}, or ")
                } else {
                    String::new()
                };
                Self::Unknown {
                    why: error.to_string(),
                    what_to_do: format!("{first}{}", error.advice()),
                }
            }
            Err(_) => Self::Unknown {
                why: format!("lambda:ListFunctions took more than {} s", PATIENCE.as_secs()),
                what_to_do: NAME_IT.to_owned(),
            },
        })
    }

    /// Functions with a route for one of the endpoints; if there are none, those whose routes cannot be read here.
    fn among(functions: &[(String, String)], endpoints: &[String]) -> Self {
        let (mut covering, mut unread) = (Vec::new(), Vec::new());
        for (arn, routes) in functions {
            match Routes::read(routes) {
                here @ Routes::Here(_) => {
                    let covers = |name: &String| here.covering(name).is_some();
                    if endpoints.is_empty() || endpoints.iter().any(covers) {
                        covering.push(arn.clone());
                    }
                }
                Routes::Stored(_) | Routes::Unusable(_) => unread.push(arn.clone()),
            }
        }
        let candidates = if covering.is_empty() { unread } else { covering };
        match candidates.as_slice() {
            [] => Self::Nowhere,
            [only] => Self::Found { arn: only.clone() },
            _ => Self::Several(candidates),
        }
    }

    /// What the output says about it: which function is used and why, or why none is. `None`: `--function` names it, or there is none.
    pub fn note(&self) -> Option<String> {
        Some(match self {
            Self::Named(NamedFunction { by: NamedBy::Option, .. }) | Self::Nowhere => return None,
            Self::Named(NamedFunction { name, by }) => format!("function: {name}, from {by}"),
            Self::Found { arn } => {
                format!("function: {}, found by its routes", short_name(arn))
            }
            Self::Several(arns) => format!(
                "no function's log was read: {} have routes for this; name one with --function",
                names(arns)
            ),
            Self::Unknown { why, .. } => format!("no function's log was read: {why}; {NAME_IT}"),
        })
    }
}

/// The names of these functions.
pub fn names(arns: &[String]) -> String {
    arns.iter().map(|arn| short_name(arn)).collect::<Vec<_>>().join(", ")
}

/// The function's name in its ARN.
pub fn short_name(arn: &str) -> &str {
    let name = arn.split_once(":function:").map_or(arn, |(_, name)| name);
    name.split(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::FunctionSearch;

    #[test]
    fn a_function_with_a_route_comes_before_one_whose_routes_are_stored() {
        let function = |name: &str, routes: &str| (name.to_owned(), routes.to_owned());
        let mine = function("mine", r#"[{"endpoint":"a"}]"#);
        let other = function("other", r#"[{"endpoint":"b"}]"#);
        let stored = function("stored", "ssm:/routes");
        for (functions, endpoints, shown) in [
            (
                vec![mine.clone(), other.clone(), stored.clone()],
                vec!["a"],
                "Found { arn: \"mine\" }",
            ),
            (vec![mine.clone(), other.clone()], vec!["a", "b"], "Several([\"mine\", \"other\"])"),
            (vec![mine.clone(), other.clone()], vec![], "Several([\"mine\", \"other\"])"),
            (vec![other.clone(), stored], vec!["a"], "Found { arn: \"stored\" }"),
            (vec![other], vec!["a"], "Nowhere"),
        ] {
            let endpoints: Vec<String> = endpoints.into_iter().map(str::to_owned).collect();
            let found = FunctionSearch::among(&functions, &endpoints);
            assert_eq!(format!("{found:?}"), shown);
        }
    }
}
