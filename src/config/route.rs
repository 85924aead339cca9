//! A route: what wakes which endpoints.

use jiff::SignedDuration;
use serde::Deserialize;

use super::{
    key_pattern::KeyForm,
    name_pattern::Pattern,
    policy::{Policy, SHORTEST_IDLE},
};

/// What wakes one endpoint or several, and how they are put back to sleep. One element of
/// `SCALER_ROUTES`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// How it tells its endpoints.
    pub whom: Whom,
    /// What is written as `endpoint`: a name, a pattern or `{endpoint}`; empty with a preset.
    pub endpoint: String,
    /// Name of the production variant. Default: the endpoint's only one.
    pub variant: Option<String>,
    /// Bucket whose uploads wake the endpoint. Default: any.
    pub bucket: Option<String>,
    /// What an object's key must begin with. Default: anything.
    pub prefix: String,
    /// What an object's key must end with. Default: anything.
    pub suffix: String,
    /// Instances that a wake asks for, at least 1; `MaxCapacity` bounds it. Default: 1.
    pub wake_to: i32,
    /// Minutes without work before the endpoint goes to sleep, 1 to 1440. Default: 10. Less than 5
    /// works as 5, see [`SHORTEST_IDLE`].
    pub idle_minutes: i64,
    /// Known work that one instance is to have: a wake asks for as many instances as that takes,
    /// at least `wake_to`; `MaxCapacity` bounds it. Default: `wake_to`, whatever the work.
    pub inputs_per_instance: Option<u32>,
}

/// Which of several matching endpoints an input goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum To {
    /// The newest that is in service or on its way.
    #[default]
    Newest,
    /// Each of them.
    All,
}

/// How a route tells its endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// By name.
    Named,
    /// By a pattern of names.
    Matching {
        /// What the names match.
        pattern: Pattern,
        /// Which of them an input goes to.
        to: To,
    },
    /// The object's key has the name where the prefix says so.
    InKey(KeyForm),
    /// The object's key has a name as the SageMaker Python SDK puts it there.
    SdkKey,
}

pub(super) fn one() -> i32 {
    1
}

pub(super) fn ten() -> i64 {
    10
}

impl Route {
    /// Whether an upload of `key` to `bucket` is work for this route's endpoint.
    pub fn takes(&self, bucket: &str, key: &str) -> bool {
        self.bucket.as_deref().is_none_or(|wanted| wanted == bucket)
            && key.starts_with(&self.prefix)
            && key.ends_with(&self.suffix)
            && key.len() >= self.prefix.len() + self.suffix.len()
    }

    /// A route that names its endpoint; everything else is as by default.
    pub fn named(endpoint: impl Into<String>) -> Self {
        Self {
            whom: Whom::Named,
            endpoint: endpoint.into(),
            variant: None,
            bucket: None,
            prefix: String::new(),
            suffix: String::new(),
            wake_to: one(),
            idle_minutes: ten(),
            inputs_per_instance: None,
        }
    }

    /// The same for one of its endpoints, by name.
    pub fn of_endpoint(&self, name: &str) -> Self {
        Self { whom: Whom::Named, endpoint: name.to_owned(), ..self.clone() }
    }

    /// Whether an input goes to all endpoints that match, rather than to the newest.
    pub fn goes_to_all(&self) -> bool {
        matches!(self.whom, Whom::Matching { to: To::All, .. })
    }

    /// How this route's endpoint is scaled.
    pub fn policy(&self) -> Policy {
        Policy {
            wake_to: self.wake_to,
            idle: SignedDuration::from_mins(self.idle_minutes).max(SHORTEST_IDLE),
            inputs_per_instance: self.inputs_per_instance,
        }
    }

    pub(super) fn same_variant_possible(&self, other: &Self) -> bool {
        self.endpoint == other.endpoint
            && match (&self.variant, &other.variant) {
                (Some(a), Some(b)) => a == b,
                // "The only one" may be the one that the other route names.
                _ => true,
            }
    }
}
