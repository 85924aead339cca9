//! The settings of the function, read when a container starts. A setting that cannot be used is refused with the
//! field's name and an example.

mod error;
pub mod key_pattern;
pub mod name_pattern;
mod names;
mod policy;
mod route;
mod routes_json;

pub use error::ConfigError;
pub(crate) use names::is_bucket_name;
pub use names::{Registered, is_sagemaker_name};
pub use policy::{Policy, SHORTEST_IDLE};
pub use route::{Route, Selector, To};
pub use routes_json::routes_from_json;

/// An environment variable that the function reads itself. The AWS SDK and the Lambda runtime read others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The variable.
    pub variable: &'static str,
    /// The meaning of its value.
    pub meaning: &'static str,
    /// The default. `None`: the variable is required.
    pub default: Option<&'static str>,
}

/// All variables that the function reads itself.
pub const SETTINGS: &[Setting] = &[
    Setting {
        variable: "SCALER_ROUTES",
        meaning: "JSON array of routes, or a reference to it: ssm:/NAME or s3://BUCKET/KEY",
        default: None,
    },
    Setting {
        variable: "SCALER_LEDGER",
        meaning: "name of the DynamoDB table of uploads and results, for routes with \"results\": true",
        default: Some("no table"),
    },
    Setting {
        variable: "SCALER_MODE",
        meaning: "act, or observe: read, decide and report, but write nothing",
        default: Some("act"),
    },
    Setting {
        variable: "AWS_LAMBDA_LOG_LEVEL",
        meaning: "level of the diagnostic log (Lambda sets it from LoggingConfig). Decisions are always \
                  logged",
        default: Some("INFO"),
    },
];

/// Whether the function makes changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Decide, report and make changes.
    Act,
    /// Read, decide and report. Change nothing.
    Observe,
}

impl Mode {
    /// Reads `SCALER_MODE` with `variable`, which gives an environment variable's value.
    ///
    /// # Errors
    /// [`ConfigError::Mode`] for all other values.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        match variable("SCALER_MODE").as_deref() {
            None | Some("" | "act") => Ok(Self::Act),
            Some("observe") => Ok(Self::Observe),
            Some(other) => Err(ConfigError::Mode(other.to_owned())),
        }
    }
}

/// Reads `SCALER_LEDGER`, the name of the ledger's table.
///
/// # Errors
/// [`ConfigError::Ledger`] for a name that no table can have.
pub fn table_name(
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<String>, ConfigError> {
    // API: `CreateTable`, `TableName`.
    let is_name = |name: &str| {
        (3..=255).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    match variable("SCALER_LEDGER").filter(|name| !name.is_empty()) {
        None => Ok(None),
        Some(name) if is_name(&name) => Ok(Some(name)),
        Some(name) => Err(ConfigError::Ledger(name)),
    }
}

/// Checks that there is a table if a route needs one.
///
/// # Errors
/// [`ConfigError::Form`] names the first route that needs it.
pub fn check_table(routes: &[Route], table: Option<&str>) -> Result<(), ConfigError> {
    match routes.iter().position(|route| route.results) {
        Some(index) if table.is_none() => Err(ConfigError::Form {
            field: format!("[{index}].results"),
            problem: "is true, and SCALER_LEDGER names no table; the template creates one with ResultsRoleArns"
                .into(),
        }),
        _ => Ok(()),
    }
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// At least one route; no two contradict each other.
    pub routes: Vec<Route>,
    /// Whether decisions are carried out.
    pub mode: Mode,
}

impl Config {
    /// Reads the settings with `variable`, which gives an environment variable's value.
    ///
    /// # Errors
    /// [`ConfigError`] names the variable and the field, and shows a valid example.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let routes = variable("SCALER_ROUTES").ok_or(ConfigError::RoutesMissing)?;
        let mode = Mode::read(&variable)?;
        let table = table_name(&variable)?;
        let routes = routes_from_json(&routes)?;
        check_table(&routes, table.as_deref())?;
        Ok(Self { routes, mode })
    }
}
