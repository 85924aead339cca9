//! Routes for several endpoints: which endpoint an object key refers to.
//!
//! A route names its endpoint, reads the name from the object key (`{endpoint}`), or covers all names that
//! match a pattern (`*`). Only variants that are registered as scalable targets are considered. Registration
//! with `MinCapacity` 0 counts as consent, so a new endpoint needs no change of the configuration.

pub mod sdk_key;

pub use crate::config::Registered;
use crate::config::{Route, Selector, key_pattern::InKey, name_pattern::Pattern};

/// How an upload identifies its endpoint, for one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointSource<'k> {
    /// The endpoint that the route names.
    Named,
    /// Endpoints that match the route's pattern.
    Matching,
    /// The endpoint that the key names.
    InKey(InKey<'k>),
    /// The name in a key of the SageMaker Python SDK.
    SdkName(&'k str),
}

/// How an upload identifies its endpoint. `None` if the route does not match the upload.
pub fn endpoint_source<'k>(
    route: &Route,
    bucket: &str,
    key: &'k str,
) -> Option<EndpointSource<'k>> {
    if route.bucket.as_deref().is_some_and(|wanted| wanted != bucket) {
        return None;
    }
    match &route.selector {
        Selector::Named => route.takes(bucket, key).then_some(EndpointSource::Named),
        Selector::Matching { .. } => route.takes(bucket, key).then_some(EndpointSource::Matching),
        Selector::InKey(form) => form.look(key).map(EndpointSource::InKey),
        Selector::SdkKey => sdk_key::name_in(key).map(EndpointSource::SdkName),
    }
}

/// Whether a route can cover the endpoint with this name in its ARN. SageMaker writes it in lower case.
pub fn can_cover_arn(route: &Route, name: &str) -> bool {
    match &route.selector {
        Selector::Named => route.endpoint.eq_ignore_ascii_case(name),
        Selector::Matching { .. } => {
            let pattern = Pattern::new(&route.endpoint.to_ascii_lowercase());
            pattern.matches(&name.to_ascii_lowercase())
        }
        Selector::InKey(_) | Selector::SdkKey => true,
    }
}

/// Whether a route covers the endpoint with this name.
pub fn covers(route: &Route, name: &str) -> bool {
    match &route.selector {
        Selector::Named => route.endpoint == name,
        Selector::Matching { pattern, .. } => pattern.matches(name),
        Selector::InKey(_) | Selector::SdkKey => true,
    }
}
