//! Routes that cover more than one endpoint: what an object's key says of the endpoint that it is for.
//!
//! A route may name its endpoint, take it from the object's key (`{endpoint}`), or cover every name
//! that matches a pattern (`*`). The candidates are the variants that are registered in Application
//! Auto Scaling: registration with `MinCapacity` 0 is consent, so a new endpoint needs no change of
//! configuration.

pub mod sdk_key;

pub use crate::config::Registered;
use crate::config::{Route, Whom, key_pattern::InKey};

/// What an upload says of the endpoint that it is for, by one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant<'k> {
    /// The endpoint that the route names.
    Named,
    /// Endpoints that match the route's pattern.
    Matching,
    /// The endpoint that the key names.
    InKey(InKey<'k>),
    /// NAME of a key that the SageMaker Python SDK made.
    SdkName(&'k str),
}

/// What an upload means by this route; `None` where the route does not take it.
pub fn meant<'k>(route: &Route, bucket: &str, key: &'k str) -> Option<Meant<'k>> {
    if route.bucket.as_deref().is_some_and(|wanted| wanted != bucket) {
        return None;
    }
    match &route.whom {
        Whom::Named => route.takes(bucket, key).then_some(Meant::Named),
        Whom::Matching { .. } => route.takes(bucket, key).then_some(Meant::Matching),
        Whom::InKey(form) => form.look(key).map(Meant::InKey),
        Whom::SdkKey => sdk_key::name_in(key).map(Meant::SdkName),
    }
}

/// Whether a route covers an endpoint of this name.
pub fn covers(route: &Route, name: &str) -> bool {
    match &route.whom {
        Whom::Named => route.endpoint == name,
        Whom::Matching { pattern, .. } => pattern.matches(name),
        Whom::InKey(_) | Whom::SdkKey => true,
    }
}
