//! The endpoints that a stack scales.

use reactive_scaler::{aws::SdkAws, port::Scaling};
use scalerctl_console::Failure;
use scalerctl_operator::account::CallError;

use crate::{
    clients::Clients,
    covering::{Covering, DeployedFunctions},
    owner,
    registration::facts::Facts,
};

/// What was read about each endpoint that the function scales: its variant is registered, and its `MinCapacity` is not
/// the owner's.
///
/// # Errors
///
/// [`Failure::NoAccess`] if a call fails.
pub async fn endpoints(clients: &Clients, function: &str) -> Result<Vec<Facts>, Failure> {
    let function = clients.lambda.function(function).await.map_err(no_access)?;
    let functions = DeployedFunctions::only(&function);
    let targets = SdkAws::new(&clients.config).targets().await;
    let targets = targets.map_err(|error| no_access(error.into()))?;
    let mut scaled = Vec::new();
    for target in targets {
        let covering = functions.covering(&target.id.endpoint);
        if covering == Covering::Nobody {
            continue;
        }
        let (endpoint, variant) = (&target.id.endpoint, Some(target.id.variant.as_str()));
        let facts = Facts::read(clients, endpoint, variant, covering).await.map_err(no_access)?;
        let is_async = facts.endpoint.as_ref().is_some_and(|endpoint| endpoint.asynchronous);
        let is_scaled = facts
            .target
            .as_ref()
            .is_some_and(|target| !owner::set_minimum(target, &facts.actions, facts.now));
        if is_async && is_scaled {
            scaled.push(facts);
        }
    }
    Ok(scaled)
}

fn no_access(error: CallError) -> Failure {
    Failure::NoAccess(error.with_advice())
}
