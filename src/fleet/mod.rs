//! Routes that cover more than one endpoint: which registered endpoints they mean.
//!
//! A route may name its endpoint, take it from the object's key (`{endpoint}`), or cover every name
//! that matches a pattern (`*`). The candidates are the variants that are registered in Application
//! Auto Scaling: registration with `MinCapacity` 0 is consent, so a new endpoint needs no change of
//! configuration.

pub mod capture;
pub mod names;
pub mod sdk_key;

use std::collections::BTreeSet;

use crate::config::{Route, Whom};

/// Which registered endpoints an upload means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant<'a> {
    /// The key is none of this route's.
    NotOurs,
    /// The key names an endpoint that is not registered.
    Unregistered(&'a str),
    /// One, or several that the key cannot tell apart.
    These(Vec<&'a str>),
}

/// The names of the registered endpoints, in order, each one once.
pub type Registered = BTreeSet<String>;

/// Which registered endpoints an upload to a captured route means.
pub fn captured<'a>(
    route: &'a Route,
    bucket: &str,
    key: &'a str,
    registered: &'a Registered,
) -> Meant<'a> {
    if route.bucket.as_deref().is_some_and(|wanted| wanted != bucket) {
        return Meant::NotOurs;
    }
    match route.whom() {
        Whom::SdkKey => match sdk_key::name_in(key) {
            None => Meant::NotOurs,
            Some(name) => match sdk_key::stands_for(name, registered) {
                none if none.is_empty() => Meant::Unregistered(name),
                some => Meant::These(some),
            },
        },
        Whom::InKey => match capture::longest(&route.prefix, &route.suffix, key, registered) {
            Some(name) => Meant::These(vec![name]),
            None => match capture::some_name(&route.prefix, &route.suffix, key) {
                Some(name) => Meant::Unregistered(name),
                None => Meant::NotOurs,
            },
        },
        Whom::Named | Whom::Matching => Meant::NotOurs,
    }
}

/// Whether a route for more than one endpoint covers this name.
pub fn covers(route: &Route, name: &str) -> bool {
    match route.whom() {
        Whom::Named => route.endpoint == name,
        Whom::Matching => names::matches(&route.endpoint, name),
        Whom::InKey | Whom::SdkKey => true,
    }
}
