//! Which function covers the endpoint.

use super::Account;
use crate::{
    account::{CallError, Function, routes::Routes},
    doctor::args::DoctorArgs,
};
use scalerctl_console::Failure;

/// What is known of the function.
#[derive(Debug)]
pub enum FunctionLookup {
    /// It could not be looked for.
    NotSeen,
    /// None is seen to cover the endpoint.
    None {
        /// Those whose routes are not seen, by ARN: one of them may cover it.
        unseen: Vec<String>,
    },
    /// It was found, or named.
    Here {
        /// Its configuration.
        function: Box<Function>,
        /// What its settings say of its routes.
        routes: Routes,
        /// Other functions with a route for the endpoint, by ARN.
        others: Vec<String>,
    },
}

impl FunctionLookup {
    /// The function that was named, or else the one of the region that covers the endpoint.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAccess`] where a function that was named cannot be read. Any other error goes
    /// to `call_errors`.
    pub async fn find(
        account: &Account,
        arguments: &DoctorArgs,
        call_errors: &mut Vec<CallError>,
    ) -> Result<Self, Failure> {
        let (arn, others) = match &arguments.function {
            Some(named) => (named.clone(), Vec::new()),
            None => match account.lambda.with_routes().await {
                Ok(functions) => match covering(&functions, &arguments.endpoint) {
                    Ok(found) => found,
                    Err(unseen) => return Ok(Self::None { unseen }),
                },
                Err(error) => {
                    call_errors.push(error);
                    return Ok(Self::NotSeen);
                }
            },
        };
        match account.lambda.function(&arn).await {
            Ok(function) => {
                let routes = Routes::of(&function);
                Ok(Self::Here { function: Box::new(function), routes, others })
            }
            Err(error) if arguments.function.is_some() => {
                Err(Failure::NoAccess(error.with_advice()))
            }
            Err(error) => {
                call_errors.push(error);
                Ok(Self::NotSeen)
            }
        }
    }
}

/// The function that covers the endpoint, and others that do. If none is seen to, it is the only one
/// whose routes cannot be seen. Of several, it is not known.
fn covering(
    functions: &[(String, String)],
    endpoint: &str,
) -> Result<(String, Vec<String>), Vec<String>> {
    let mut covering = Vec::new();
    let mut unseen = Vec::new();
    for (arn, routes) in functions {
        match Routes::read(routes) {
            here @ Routes::Here(_) if here.covering(endpoint).is_some() => {
                covering.push(arn.clone());
            }
            Routes::Stored(_) | Routes::Unusable(_) => unseen.push(arn.clone()),
            // It scales other endpoints.
            Routes::Here(_) => {}
        }
    }
    match (covering.split_first(), unseen.as_slice()) {
        (Some((first, others)), _) => Ok((first.clone(), others.to_vec())),
        (None, [only]) => Ok((only.clone(), Vec::new())),
        (None, _) => Err(unseen),
    }
}
