//! Finds the function that covers the endpoint.

use reactive_scaler::config::Mode;

use super::Account;
use crate::account::{CallError, Function, routes::Routes};
use scalerctl_console::Failure;

/// The result of the search for the function.
#[derive(Debug)]
pub enum FunctionLookup {
    /// The functions could not be read.
    NotSeen,
    /// No function is known to cover the endpoint.
    None {
        /// ARNs of the functions whose routes cannot be read. One of them may cover the endpoint.
        unread: Vec<String>,
    },
    /// The function was found, or the user named it.
    Here {
        /// Its configuration.
        function: Box<Function>,
        /// The routes from its settings.
        routes: Routes,
        /// ARNs of other functions with a route for the endpoint.
        others: Vec<String>,
    },
}

/// Whether a function manages the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// A function wakes it and scales it to zero.
    Managed,
    /// No function does.
    Unmanaged,
    /// It is not known.
    Unknown,
}

impl FunctionLookup {
    fn here(function: Function, others: Vec<String>) -> Self {
        let routes = Routes::of(&function);
        Self::Here { function: Box::new(function), routes, others }
    }

    /// Whether a function manages the endpoint.
    pub fn coverage(&self, endpoint: &str) -> Coverage {
        let (function, routes) = match self {
            Self::Here { function, routes, .. } => (function, routes),
            Self::None { unread } if unread.is_empty() => return Coverage::Unmanaged,
            Self::None { .. } | Self::NotSeen => return Coverage::Unknown,
        };
        let acts = Mode::read(|_| function.mode.clone()) == Ok(Mode::Act);
        match (function.state.as_str(), routes) {
            _ if !acts => Coverage::Unmanaged,
            // A function becomes inactive if it is not invoked for a long time. The next event
            // activates it.
            ("Active" | "Inactive", Routes::Here(_)) if routes.covering(endpoint).is_some() => {
                Coverage::Managed
            }
            ("Pending", _) | (_, Routes::Stored(_)) => Coverage::Unknown,
            _ => Coverage::Unmanaged,
        }
    }

    /// The function that the user named, or else the function in the region that covers the endpoint.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAccess`] if a function that the user named cannot be read. Other errors are added to
    /// `call_errors`.
    pub async fn find(
        account: &Account,
        endpoint: &str,
        call_errors: &mut Vec<CallError>,
    ) -> Result<Self, Failure> {
        if let Some(named) = &account.named {
            return Ok(Self::here(named.read(&account.lambda).await?, Vec::new()));
        }
        let (arn, others) = match account.lambda.with_routes().await {
            Ok(functions) => match covering(&functions, endpoint) {
                Ok(found) => found,
                Err(unread) => return Ok(Self::None { unread }),
            },
            Err(error) => {
                call_errors.push(error);
                return Ok(Self::NotSeen);
            }
        };
        match account.lambda.function(&arn).await {
            Ok(function) => Ok(Self::here(function, others)),
            Err(error) => {
                call_errors.push(error);
                Ok(Self::NotSeen)
            }
        }
    }
}

/// The function that covers the endpoint, and other functions that do. If no function is known to cover it, and the
/// routes of exactly one function cannot be read, that function is returned. Otherwise, the error lists these
/// functions.
fn covering(
    functions: &[(String, String)],
    endpoint: &str,
) -> Result<(String, Vec<String>), Vec<String>> {
    let mut covering = Vec::new();
    let mut unread = Vec::new();
    for (arn, routes) in functions {
        match Routes::read(routes) {
            here @ Routes::Here(_) if here.covering(endpoint).is_some() => {
                covering.push(arn.clone());
            }
            Routes::Stored(_) | Routes::Unusable(_) => unread.push(arn.clone()),
            // The function scales other endpoints.
            Routes::Here(_) => {}
        }
    }
    match (covering.split_first(), unread.as_slice()) {
        (Some((first, others)), _) => Ok((first.clone(), others.to_vec())),
        (None, [only]) => Ok((only.clone(), Vec::new())),
        (None, _) => Err(unread),
    }
}
