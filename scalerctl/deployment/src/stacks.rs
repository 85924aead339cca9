//! The stacks of the region, by their functions.

use reactive_scaler::config::Route;
use scalerctl_operator::account::{
    call_error::CallResult, function_search::short_name, routes::Routes,
};

use crate::clients::Clients;

/// Between the name of the stack and the id, in the name that CloudFormation gives to the function.
const LOGICAL_ID: &str = "-ScalerFunction-";

/// A function with `SCALER_ROUTES`, and its stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// The stack's name. `None`: no stack created the function.
    pub stack: Option<String>,
    /// The function's ARN.
    pub function: String,
    /// Its routes.
    pub routes: Routes,
}

impl Deployed {
    /// Whether a route covers the endpoint. `None`: the routes are not known.
    pub fn covers(&self, endpoint: &str) -> Option<bool> {
        match &self.routes {
            Routes::Here(_) => Some(self.routes.covering(endpoint).is_some()),
            Routes::Stored(_) | Routes::Unusable(_) => None,
        }
    }

    /// The buckets of the routes, each once.
    pub fn buckets(&self) -> Vec<String> {
        let Routes::Here(routes) = &self.routes else { return Vec::new() };
        let mut buckets: Vec<String> = routes.iter().filter_map(bucket).collect();
        buckets.sort();
        buckets.dedup();
        buckets
    }
}

fn bucket(route: &Route) -> Option<String> {
    route.bucket.clone()
}

/// All of them.
///
/// # Errors
///
/// If the functions cannot be listed.
pub async fn all(clients: &Clients) -> CallResult<Vec<Deployed>> {
    let mut found = Vec::new();
    for (function, routes) in clients.lambda.with_routes().await? {
        let (stack, routes) = (of(clients, &function).await, Routes::read(&routes));
        found.push(Deployed { stack, function, routes });
    }
    Ok(found)
}

/// The stack of the function with this ARN. `None`: no stack created it.
pub async fn of(clients: &Clients, function: &str) -> Option<String> {
    // Without the permission for the tags, the function's name says it, if it is not too long.
    let tagged = clients.functions.stack(function).await.ok().flatten();
    let name = short_name(function);
    let named = || name.split_once(LOGICAL_ID).map(|(stack, _)| stack.to_owned());
    tagged.or_else(named)
}
