//! Finds the registered endpoints that have a model with a given name. If an endpoint was created with
//! `Model.deploy()`, the SageMaker Python SDK uses the model's name in the keys of inputs.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, timeout_at};

use super::{Scaler, SignalKind, age::is_within, event::Event};
use crate::{
    fleet::{Registered, sdk_key},
    port::{Aws, AwsFailure, AwsResult, Clock, Endpoints},
};

/// How long the models of an endpoint are used if a name matches none of them. After that, the endpoint is read
/// again, because its configuration may have changed.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// Maximum number of endpoints that are read for one name. The others are read for the next name.
const MOST_READS: usize = 200;

/// Number of endpoints that are read at the same time.
const AT_ONCE: usize = 32;

/// Maximum time for these reads. The remaining endpoints are not read.
const PATIENCE: Duration = Duration::from_secs(8);

/// Maximum number of configurations whose models are remembered.
const MOST_CONFIGS: usize = 2000;

/// Maximum number of names of models that are remembered.
const MOST_NAMES: usize = 2000;

/// What a container remembers about models.
#[derive(Debug, Default)]
pub(super) struct Models {
    by_endpoint: HashMap<String, Known>,
    /// By configuration. A configuration never changes.
    by_config: HashMap<String, Arc<[String]>>,
    /// Names for which endpoints were found, and when all endpoints were searched.
    found: HashMap<String, Timestamp>,
}

/// What is known about one endpoint.
#[derive(Debug)]
struct Known {
    at: Timestamp,
    /// Every model that it had. A model of an earlier configuration stays, because a client that was created with
    /// it continues to use its name in keys.
    names: HashSet<String>,
}

impl Models {
    /// Forgets endpoints that are no longer registered.
    pub(super) fn keep_only(&mut self, names: &Registered) {
        self.by_endpoint.retain(|name, _| names.contains(name));
        if self.by_config.len() > MOST_CONFIGS {
            self.by_config.clear();
        }
        if self.found.len() > MOST_NAMES {
            self.found.clear();
        }
    }

    fn endpoints_of(&self, name: &str, registered: &Registered) -> Vec<String> {
        let has_it = |endpoint: &&String| {
            let known = self.by_endpoint.get(*endpoint);
            known.is_some_and(|known| known.names.iter().any(|it| sdk_key::name_matches(name, it)))
        };
        registered.iter().filter(has_it).cloned().collect()
    }

    fn learn(&mut self, endpoint: &str, models: &[String], at: Timestamp) {
        let known = self.by_endpoint.entry(endpoint.to_owned());
        let known = known.or_insert_with(|| Known { at, names: HashSet::new() });
        known.at = at;
        known.names.extend(models.iter().cloned());
    }
}

/// The endpoints that have a model, of those that could be read.
#[derive(Default)]
pub(super) struct Serving {
    pub(super) endpoints: Vec<String>,
    /// Why other endpoints could not be read.
    pub(super) failures: Vec<AwsFailure>,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Whether this container found within the last minute that this is the name of a model, and not of an
    /// endpoint.
    pub(super) fn is_known_model(&self, name: &str) -> bool {
        let now = self.clock.now();
        let fleet = &self.memory().fleet;
        let found = fleet.models.found.get(name);
        found.is_some_and(|at| is_within(FRESH, *at, now)) && !fleet.knows(name)
    }

    /// The registered endpoints that have a model that NAME can mean. Endpoints that were never read are read. If
    /// no endpoint matches, endpoints whose configuration may have changed are read as well. Endpoints with the
    /// longest common prefix with NAME come first, because the SDK by default names an endpoint after its model.
    pub(super) async fn serving(
        &self,
        name: &str,
        registered: &Registered,
        event: &Event<'_>,
    ) -> Serving {
        let now = self.clock.now();
        let mut unread: Vec<&str> = {
            let models = &self.memory().fleet.models;
            let is_known = !models.endpoints_of(name, registered).is_empty();
            let is_read = |endpoint: &&String| {
                let known = models.by_endpoint.get(*endpoint);
                known.is_some_and(|known| is_known || is_within(FRESH, known.at, now))
            };
            registered.iter().filter(|it| !is_read(it)).map(String::as_str).collect()
        };
        let likeness = |it: &&str| {
            it.bytes().zip(name.bytes()).take_while(|(ours, theirs)| ours == theirs).count()
        };
        unread.sort_by_key(|it| Reverse(likeness(it)));
        let wait = event.waits.at_most(PATIENCE);
        let until = Instant::now() + wait.span();
        let mut answers = stream::iter(unread.iter().take(MOST_READS))
            .map(async |endpoint| (*endpoint, self.models_of(endpoint).await))
            .buffer_unordered(AT_ONCE);
        let mut left: HashSet<&str> = unread.iter().copied().collect();
        let mut failures = Vec::new();
        while let Ok(Some((endpoint, answer))) = timeout_at(until, answers.next()).await {
            left.remove(endpoint);
            match answer {
                Ok(models) => {
                    self.memory().fleet.models.learn(endpoint, &models, self.clock.now());
                }
                Err(failure) => failures.push(failure),
            }
        }
        let not_in_time = left.iter().take(1);
        failures.extend(not_in_time.map(|it| wait.no_answer("DescribeEndpointConfig", it)));
        let models = &mut self.memory().fleet.models;
        let endpoints = models.endpoints_of(name, registered);
        if endpoints.is_empty() {
            models.found.remove(name);
        } else if !unread.is_empty() || !models.found.contains_key(name) {
            models.found.insert(name.to_owned(), now);
        }
        Serving { endpoints, failures }
    }

    /// The models of an endpoint's configuration. None if the configuration was deleted.
    async fn models_of(&self, endpoint: &str) -> AwsResult<Arc<[String]>> {
        let aws = self.aws_for(SignalKind::Input);
        let config = aws.endpoint(endpoint).await?.and_then(|endpoint| endpoint.config);
        let Some(config) = config else { return Ok(Arc::default()) };
        if let Some(models) = self.memory().fleet.models.by_config.get(&config) {
            return Ok(Arc::clone(models));
        }
        let models: Arc<[String]> = aws.models(&config).await?.unwrap_or_default().into();
        self.memory().fleet.models.by_config.insert(config, Arc::clone(&models));
        Ok(models)
    }
}
