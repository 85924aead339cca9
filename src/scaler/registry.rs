//! What is registered, for routes that cover more than one endpoint: listed when a signal needs it,
//! and remembered briefly.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::{CONCURRENCY, Failure, Outcome, Scaler};
use crate::{
    config::{Route, To, Whom},
    fleet::{self, Meant, Registered},
    port::{Aws, Clock, EndpointStatus},
    signal::{Signal, What},
};

/// How long a listing counts, and how long a name that it lacks is not looked for again. A name that
/// was never missed before is looked for at once: a new endpoint's first input does not wait.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// Of more matching endpoints than that, the newest is looked for among the last in the alphabet,
/// which is where timestamps put it.
const MOST_CANDIDATES: usize = 50;

/// Names that are remembered as missing, at most.
const MOST_MISSED: usize = 1000;

/// Whom the routes for several endpoints mean at this moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Fleet {
    pub(super) registered: Arc<Registered>,
    /// By pattern: the newest endpoint that it covers.
    newest: BTreeMap<String, String>,
}

/// A remembered listing.
#[derive(Debug, Clone)]
pub(super) struct Listing {
    at: Timestamp,
    fleet: Fleet,
}

impl Fleet {
    /// Which endpoints an upload means by this route.
    pub(super) fn meant_by<'a>(
        &'a self,
        route: &'a Route,
        bucket: &str,
        key: &'a str,
    ) -> Meant<'a> {
        match route.whom() {
            Whom::Named if route.takes(bucket, key) => Meant::These(vec![&route.endpoint]),
            Whom::Matching if route.takes(bucket, key) => match route.to {
                Some(To::All) => Meant::These(self.matching(route)),
                Some(To::Newest) | None => Meant::These(
                    self.newest.get(&route.endpoint).map(String::as_str).into_iter().collect(),
                ),
            },
            Whom::Named | Whom::Matching => Meant::NotOurs,
            Whom::InKey | Whom::SdkKey => fleet::captured(route, bucket, key, &self.registered),
        }
    }

    fn matching<'a>(&'a self, route: &Route) -> Vec<&'a str> {
        let covered = self.registered.iter().filter(|name| fleet::covers(route, name));
        covered.map(String::as_str).collect()
    }

    /// Every endpoint that some route covers, by name.
    pub(super) fn names<'a>(&'a self, routes: &'a [Route]) -> Vec<&'a str> {
        let named = routes.iter().filter(|route| route.whom() == Whom::Named);
        let covered =
            self.registered.iter().filter(|name| super::work::covering(routes, name).is_some());
        named.map(|route| route.endpoint.as_str()).chain(covered.map(String::as_str)).collect()
    }

    /// Names that signals mean, or may mean, and that this listing lacks.
    fn lacking(&self, routes: &[Route], signals: &[Signal]) -> BTreeSet<String> {
        let mut lacking = BTreeSet::new();
        for signal in signals {
            match &signal.what {
                What::Input { bucket, key, .. } => {
                    for route in routes.iter().filter(|route| route.whom() != Whom::Named) {
                        match self.meant_by(route, bucket, key) {
                            Meant::Unregistered(name) => lacking.insert(name.to_owned()),
                            Meant::These(names) if names.is_empty() => {
                                lacking.insert(route.endpoint.clone())
                            }
                            Meant::These(_) | Meant::NotOurs => false,
                        };
                    }
                }
                What::EndpointChanged { endpoint, .. }
                | What::Result { endpoint, .. }
                | What::Command { endpoint, .. } => self.note_lack(routes, endpoint, &mut lacking),
                What::Alarm { endpoints, .. } => {
                    for endpoint in endpoints {
                        self.note_lack(routes, endpoint, &mut lacking);
                    }
                }
                What::Tick => {}
            }
        }
        lacking
    }

    fn note_lack(&self, routes: &[Route], name: &str, lacking: &mut BTreeSet<String>) {
        if !self.registered.contains(name)
            && !is_named(routes, name)
            && super::work::covering(routes, name).is_some()
        {
            lacking.insert(name.to_owned());
        }
    }
}

fn is_named(routes: &[Route], name: &str) -> bool {
    routes.iter().any(|route| route.whom() == Whom::Named && route.endpoint == name)
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Whom the signals may mean, as far as routes cover more than one endpoint.
    pub(super) async fn fleet(
        &self,
        routes: &[Route],
        signals: &[Signal],
        outcome: &mut Outcome,
    ) -> Fleet {
        let only_ticks = signals.iter().all(|signal| signal.what == What::Tick);
        if only_ticks || routes.iter().all(|route| route.whom() == Whom::Named) {
            return Fleet::default();
        }
        let now = self.clock.now();
        let remembered = self.memory().listing.clone();
        if let Some(Listing { at, fleet }) = remembered
            && is_fresh(at, now)
        {
            let lacking = fleet.lacking(routes, signals);
            let memory = self.memory();
            let looked_for = |name| memory.missed.get(name).is_some_and(|at| is_fresh(*at, now));
            if lacking.iter().all(looked_for) {
                return fleet;
            }
        }
        match self.aws.targets().await {
            Ok(targets) => {
                let registered = targets.into_iter().map(|target| target.id.endpoint).collect();
                let mut fleet = Fleet { registered: Arc::new(registered), newest: BTreeMap::new() };
                self.find_newest(routes, &mut fleet, outcome).await;
                self.miss(fleet.lacking(routes, signals), now);
                self.memory().listing = Some(Listing { at: now, fleet: fleet.clone() });
                fleet
            }
            Err(failure) => {
                outcome.failures.push(Failure::Aws(failure));
                Fleet::default()
            }
        }
    }

    /// Remembers which names are not registered, and says so: once for each, and container.
    fn miss(&self, names: BTreeSet<String>, now: Timestamp) {
        let mut memory = self.memory();
        if memory.missed.len() > MOST_MISSED {
            memory.missed.clear();
        }
        for name in names {
            if !memory.missed.contains_key(&name) {
                tracing::info!(
                    endpoint = name.as_str(),
                    "ignored: no scalable target is registered for an endpoint of this name"
                );
            }
            memory.missed.insert(name, now);
        }
    }

    async fn find_newest(&self, routes: &[Route], fleet: &mut Fleet, outcome: &mut Outcome) {
        let patterns = routes
            .iter()
            .filter(|route| route.whom() == Whom::Matching && route.to != Some(To::All));
        for route in patterns {
            let matching = fleet.matching(route);
            let newest = match matching.as_slice() {
                [] => None,
                [only] => Some((*only).to_owned()),
                several => {
                    let skip = several.len().saturating_sub(MOST_CANDIDATES);
                    self.newest_of(several.get(skip..).unwrap_or_default(), outcome).await
                }
            };
            if let Some(newest) = newest {
                fleet.newest.insert(route.endpoint.clone(), newest);
            }
        }
    }

    /// The newest that is in service or on its way; where none is, the newest.
    async fn newest_of(&self, names: &[&str], outcome: &mut Outcome) -> Option<String> {
        let mut described = stream::iter(names.iter().map(|name| (*name).to_owned()))
            .map(|name| async {
                let answer = self.aws.endpoint(&name).await;
                (name, answer)
            })
            .buffered(CONCURRENCY);
        let mut best: Option<((bool, Option<Timestamp>), String)> = None;
        while let Some((name, answer)) = described.next().await {
            let endpoint = match answer {
                Ok(Some(endpoint)) => endpoint,
                Ok(None) => continue,
                Err(failure) => {
                    outcome.failures.push(Failure::Aws(failure));
                    continue;
                }
            };
            let rank = (can_serve(endpoint.status), endpoint.created_at);
            if best.as_ref().is_none_or(|(standing, _)| *standing < rank) {
                best = Some((rank, name));
            }
        }
        best.map(|(_, name)| name)
    }
}

fn can_serve(status: EndpointStatus) -> bool {
    matches!(
        status,
        EndpointStatus::InService
            | EndpointStatus::Creating
            | EndpointStatus::Updating
            | EndpointStatus::SystemUpdating
            | EndpointStatus::RollingBack
    )
}

/// Whether what was learned then still counts. A clock that was set back makes it worthless.
fn is_fresh(then: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(then);
    SignedDuration::ZERO <= age && age < FRESH
}
