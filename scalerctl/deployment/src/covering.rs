//! The deployed functions of the region, and which one covers an endpoint.

use reactive_scaler::config::Selector;
use scalerctl_operator::account::{call_error::CallResult, lambda::Function, routes::Routes};

use crate::clients::Clients;

/// The functions with `SCALER_ROUTES`.
#[derive(Debug)]
pub struct DeployedFunctions(Vec<(String, Routes)>);

/// The function that covers an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covering {
    /// This one.
    One(CoveringFunction),
    /// More than one has a route for it: their ARNs.
    Several(Vec<String>),
    /// None has a route for it.
    Nobody,
}

/// A function, and what its routes say about an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveringFunction {
    /// Its ARN.
    pub arn: String,
    /// Whether its routes could be read. Stored routes are not read.
    pub has_read_routes: bool,
    /// Whether a route has the endpoint's name, and not a pattern or a preset.
    pub names_endpoint: bool,
    /// Whether the route uses results. Unknown routes may.
    pub uses_results: bool,
}

impl DeployedFunctions {
    /// Only this function.
    pub fn only(function: &Function) -> Self {
        Self(vec![(function.unqualified_arn(), Routes::of(function))])
    }

    /// All in the region.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub async fn all(clients: &Clients) -> CallResult<Self> {
        let found = clients.lambda.with_routes().await?;
        Ok(Self(found.into_iter().map(|(arn, text)| (arn, Routes::read(&text))).collect()))
    }

    /// The function that covers an endpoint: one with a route for it, else the only one whose routes are unknown.
    pub fn covering(&self, endpoint: &str) -> Covering {
        let has_route = |routes: &Routes| routes.covering(endpoint).is_some();
        let sure: Vec<_> = self.0.iter().filter(|(_, routes)| has_route(routes)).collect();
        let is_unknown = |routes: &Routes| !matches!(routes, Routes::Here(_));
        let unknown: Vec<_> = self.0.iter().filter(|(_, routes)| is_unknown(routes)).collect();
        match (sure.as_slice(), unknown.as_slice()) {
            ([one], _) | ([], [one]) => Covering::One(function(one, endpoint)),
            ([], []) => Covering::Nobody,
            ([], many) | (many, _) => {
                Covering::Several(many.iter().map(|(arn, _)| arn.clone()).collect())
            }
        }
    }
}

fn function((arn, routes): &(String, Routes), endpoint: &str) -> CoveringFunction {
    let route = routes.covering(endpoint);
    let has_read_routes = matches!(routes, Routes::Here(_));
    CoveringFunction {
        arn: arn.clone(),
        has_read_routes,
        names_endpoint: route.is_some_and(|route| route.selector == Selector::Named),
        uses_results: route.map_or(!has_read_routes, |it| it.policy().done_after.is_some()),
    }
}
