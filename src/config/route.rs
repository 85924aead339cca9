//! A route: what wakes which endpoints.

use jiff::SignedDuration;
use serde::Deserialize;

use super::{
    key_pattern::KeyForm,
    name_pattern::Pattern,
    policy::{Policy, SHORTEST_IDLE},
};

/// One element of `SCALER_ROUTES`: what wakes one or more endpoints, and when they are scaled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// How the route identifies its endpoints.
    pub selector: Selector,
    /// The value of `endpoint`: a name, a pattern or `{endpoint}`. Empty with a preset.
    pub endpoint: String,
    /// Name of the production variant. Default: the endpoint's only one.
    pub variant: Option<String>,
    /// Bucket whose uploads wake the endpoint. Default: any.
    pub bucket: Option<String>,
    /// What an object's key must begin with. Default: anything.
    pub prefix: String,
    /// What an object's key must end with. Default: anything.
    pub suffix: String,
    /// Instances that a wake requests: at least 1, at most `MaxCapacity`. Default: 1.
    pub wake_to: i32,
    /// Minutes without work before the endpoint is scaled in to zero, 1 to 1440, if this is more than
    /// `job_minutes` + 2. Default: 10. With `results`: minutes after the last result, 0 to 1440. Default: 1.
    pub idle_minutes: i64,
    /// The endpoint's success topic and error topic reach the function, so the ledger knows when its work is done.
    /// Default: false.
    pub results: bool,
    /// The longest job in minutes, 1 to 60. Without a result, the endpoint is scaled in only after a window that is two
    /// minutes longer. Default: 15.
    pub job_minutes: i64,
    /// Items per instance: a wake requests enough instances for the known items, at least `wake_to` and at
    /// most `MaxCapacity`. Default: not set, a wake requests `wake_to`.
    pub inputs_per_instance: Option<u32>,
}

/// Which matching endpoints an input is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum To {
    /// The newest endpoint that is in service or starting.
    #[default]
    Newest,
    /// Each of them.
    All,
}

/// How a route identifies its endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// By name.
    Named,
    /// By a pattern of names.
    Matching {
        /// The pattern.
        pattern: Pattern,
        /// Which of the matching endpoints an input is for.
        to: To,
    },
    /// The object key contains the name at the position of the placeholder in the prefix.
    InKey(KeyForm),
    /// The object key contains a name in the form of the SageMaker Python SDK.
    SdkKey,
}

pub(super) fn one() -> i32 {
    1
}

/// Default of `idle_minutes`.
pub(super) fn default_idle(results: bool) -> i64 {
    if results { 1 } else { 10 }
}

/// Default of `job_minutes`: the default of `InvocationTimeoutSeconds` is 15 minutes (API: `InvokeEndpointAsync`).
pub(super) fn default_job() -> i64 {
    15
}

/// A job is recorded in the metric, and in its result, up to this long after it ends.
const AFTER_JOB: SignedDuration = SignedDuration::from_mins(2);

impl Route {
    /// Whether an upload of `key` to `bucket` matches this route.
    pub fn takes(&self, bucket: &str, key: &str) -> bool {
        self.bucket.as_deref().is_none_or(|wanted| wanted == bucket)
            && key.starts_with(&self.prefix)
            && key.ends_with(&self.suffix)
            && key.len() >= self.prefix.len() + self.suffix.len()
    }

    /// A route with an endpoint name and default values.
    pub fn named(endpoint: impl Into<String>) -> Self {
        Self {
            selector: Selector::Named,
            endpoint: endpoint.into(),
            variant: None,
            bucket: None,
            prefix: String::new(),
            suffix: String::new(),
            wake_to: one(),
            idle_minutes: default_idle(false),
            results: false,
            job_minutes: default_job(),
            inputs_per_instance: None,
        }
    }

    /// The same route for one of its endpoints.
    pub fn of_endpoint(&self, name: &str) -> Self {
        Self { selector: Selector::Named, endpoint: name.to_owned(), ..self.clone() }
    }

    /// Whether an input is for all matching endpoints and not only for the newest.
    pub fn goes_to_all(&self) -> bool {
        matches!(self.selector, Selector::Matching { to: To::All, .. })
    }

    /// The idle window that the route sets. The one that is used is at least [`SHORTEST_IDLE`].
    pub fn window(&self) -> SignedDuration {
        let job = SignedDuration::from_mins(self.job_minutes) + AFTER_JOB;
        SignedDuration::from_mins(self.idle_minutes).max(job)
    }

    /// The scaling settings of this route.
    pub fn policy(&self) -> Policy {
        Policy {
            wake_to: self.wake_to,
            idle: self.window().max(SHORTEST_IDLE),
            done_after: self.results.then_some(SignedDuration::from_mins(self.idle_minutes)),
            inputs_per_instance: self.inputs_per_instance,
        }
    }

    pub(super) fn same_variant_possible(&self, other: &Self) -> bool {
        self.endpoint == other.endpoint
            && match (&self.variant, &other.variant) {
                (Some(a), Some(b)) => a == b,
                // A route without a variant uses the endpoint's only variant, which can be the one that the
                // other route names.
                _ => true,
            }
    }
}
