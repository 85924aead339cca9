//! What is registered, for routes that cover more than one endpoint: listed when a signal needs it,
//! and remembered briefly.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use super::{CONCURRENCY, Failure, Outcome, Scaler};
use crate::{
    config::{Route, To, Whom},
    fleet::{self, Meant, Registered},
    port::{Aws, Clock, EndpointStatus, Endpoints, Scaling},
    signal::{Signal, What},
};

/// How long a listing counts for the names that it has.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// How long a name that it lacks is not looked for again. One that was never missed before is
/// looked for at once: a new endpoint's first input does not wait.
const SETTLED: SignedDuration = SignedDuration::from_secs(5);

/// So many names, never missed before, are looked for at once while a listing is fresh; more of them
/// wait for [`SETTLED`]: uploads for names that nobody registered must not cost a listing each.
const MOST_AT_ONCE: usize = 10;

/// An invocation waits no longer than that for what is registered. It goes on by what it knows:
/// routes that name their endpoints need none of it.
const PATIENCE: Duration = Duration::from_secs(10);

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
    newest: BTreeMap<String, Newest>,
}

/// The newest endpoint of a pattern, and when that was found.
#[derive(Debug, Clone)]
struct Newest {
    name: String,
    found_at: Timestamp,
}

/// A remembered listing.
#[derive(Debug, Clone)]
pub(super) struct Listing {
    at: Timestamp,
    fleet: Fleet,
    /// Names that were missed when it was made or since it was fresh, and when.
    missed: BTreeMap<String, Timestamp>,
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
                    self.newest
                        .get(&route.endpoint)
                        .map(|newest| newest.name.as_str())
                        .into_iter()
                        .collect(),
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
}

/// What signals need to know of what is registered.
#[derive(Debug, Default)]
struct Need<'a> {
    /// Anything at all.
    listing: bool,
    /// Names that are not registered, as far as the listing knows, or patterns that cover none.
    lacking: BTreeSet<String>,
    /// Routes by pattern whose newest endpoint an input goes to.
    newest: Vec<&'a Route>,
}

impl<'a> Need<'a> {
    /// What these signals need, by what is known already.
    fn of(routes: &'a [Route], signals: &[Signal], known: &Fleet) -> Self {
        let mut need = Self::default();
        for signal in signals {
            match &signal.what {
                What::Input { bucket, key, .. } => need.input(routes, bucket, key, known),
                What::EndpointChanged { endpoint, .. }
                | What::Result { endpoint, .. }
                | What::Command { endpoint, .. } => need.named(routes, endpoint, known),
                What::Alarm { endpoints, mentioned, .. } => {
                    for endpoint in endpoints {
                        need.named(routes, endpoint, known);
                    }
                    // A composite alarm may mention any endpoint.
                    let covers_several = routes.iter().any(|route| route.whom() != Whom::Named);
                    need.listing |= !mentioned.is_empty() && covers_several;
                }
                What::Tick => {}
            }
        }
        need
    }

    fn input(&mut self, routes: &'a [Route], bucket: &str, key: &str, known: &Fleet) {
        for route in routes.iter().filter(|route| route.whom() != Whom::Named) {
            match known.meant_by(route, bucket, key) {
                Meant::NotOurs => continue,
                Meant::Unregistered(name) => {
                    self.lacking.insert(name.to_owned());
                }
                Meant::These(_) => {}
            }
            self.listing = true;
            if route.whom() == Whom::Matching {
                if known.matching(route).is_empty() {
                    self.lacking.insert(route.endpoint.clone());
                }
                if route.to != Some(To::All) {
                    self.newest.push(route);
                }
            }
        }
    }

    fn named(&mut self, routes: &[Route], name: &str, known: &Fleet) {
        let is_named =
            routes.iter().any(|route| route.whom() == Whom::Named && route.endpoint == name);
        if is_named || super::work::covering(routes, name).is_none() {
            return;
        }
        self.listing = true;
        if !known.registered.contains(name) {
            self.lacking.insert(name.to_owned());
        }
    }
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Whom the signals may mean, as far as routes cover more than one endpoint. What cannot be
    /// read is reported, and what was known before stands in for it.
    pub(super) async fn fleet(
        &self,
        routes: &[Route],
        signals: &[Signal],
        outcome: &mut Outcome,
    ) -> Fleet {
        let remembered = self.memory().listing.clone();
        let mut known =
            remembered.as_ref().map(|listing| listing.fleet.clone()).unwrap_or_default();
        if !Need::of(routes, signals, &known).listing {
            return known;
        }
        if timeout(
            PATIENCE,
            Box::pin(self.bring_up_to_date(routes, signals, remembered, &mut known, outcome)),
        )
        .await
        .is_err()
        {
            outcome.failures.push(Failure::OutOfTime { endpoint: "*".into() });
        }
        known
    }

    async fn bring_up_to_date(
        &self,
        routes: &[Route],
        signals: &[Signal],
        remembered: Option<Listing>,
        known: &mut Fleet,
        outcome: &mut Outcome,
    ) {
        let now = self.clock.now();
        let need = Need::of(routes, signals, known);
        let is_good = |listing: &Listing| {
            let settled = |name| {
                listing.missed.get(name).is_some_and(|at| is_within(SETTLED, *at, now))
                    || listing.missed.len() >= MOST_AT_ONCE && is_within(SETTLED, listing.at, now)
            };
            is_within(FRESH, listing.at, now) && need.lacking.iter().all(settled)
        };
        let is_current = remembered.as_ref().is_some_and(is_good);
        let mut missed =
            remembered.as_ref().map(|listing| listing.missed.clone()).unwrap_or_default();
        let mut listed_at = remembered.map(|listing| listing.at);
        if !is_current {
            match self.aws.targets().await {
                Ok(targets) => {
                    let registered = targets.into_iter().map(|target| target.id.endpoint).collect();
                    known.registered = Arc::new(registered);
                    listed_at = Some(now);
                }
                Err(failure) => outcome.failures.push(Failure::Aws(failure)),
            }
        }
        let need = Need::of(routes, signals, known);
        for route in need.newest {
            self.find_newest(route, known, now, outcome).await;
        }
        if let Some(at) = listed_at {
            if !is_current {
                missed.retain(|_, at| is_within(FRESH, *at, now));
                missed.extend(need.lacking.iter().map(|name| (name.clone(), now)));
            }
            self.say_missed(need.lacking);
            self.memory().listing = Some(Listing { at, fleet: known.clone(), missed });
        }
    }

    /// Says which names are not registered: once for each, and container.
    fn say_missed(&self, names: BTreeSet<String>) {
        let mut memory = self.memory();
        if memory.missed.len() > MOST_MISSED {
            memory.missed.clear();
        }
        for name in names {
            if !memory.missed.contains(&name) {
                tracing::info!(
                    endpoint = name.as_str(),
                    "ignored: no scalable target is registered for an endpoint of this name"
                );
                memory.missed.insert(name);
            }
        }
    }

    /// Finds the newest endpoint of a pattern, unless that was done a moment ago. Where some cannot
    /// be read, the best of the others is taken this once.
    async fn find_newest(
        &self,
        route: &Route,
        known: &mut Fleet,
        now: Timestamp,
        outcome: &mut Outcome,
    ) {
        let pattern = &route.endpoint;
        let matching: Vec<String> = known.matching(route).into_iter().map(str::to_owned).collect();
        let standing = known.newest.get(pattern).cloned();
        let stands = standing.as_ref().is_some_and(|newest| {
            is_within(FRESH, newest.found_at, now) && matching.contains(&newest.name)
        });
        if stands {
            return;
        }
        let skip = matching.len().saturating_sub(MOST_CANDIDATES);
        let candidates = matching.get(skip..).unwrap_or_default();
        let (found, failures) = match candidates {
            [only] => (Some(only.clone()), Vec::new()),
            several => self.newest_of(several).await,
        };
        // A guess counts for a moment only.
        let found_at = if failures.is_empty() { now } else { now - (FRESH - SETTLED) };
        let last_known = standing.map(|newest| newest.name).filter(|name| matching.contains(name));
        let unread = (!failures.is_empty()).then(|| candidates.last().cloned()).flatten();
        outcome.failures.extend(failures.into_iter().map(Failure::Aws));
        match found.or(last_known).or(unread) {
            Some(name) => known.newest.insert(pattern.clone(), Newest { name, found_at }),
            None => known.newest.remove(pattern),
        };
    }

    /// The newest async endpoint that is in service or on its way; where none is, the newest. And
    /// what could not be read.
    async fn newest_of(&self, names: &[String]) -> (Option<String>, Vec<crate::port::AwsFailure>) {
        let mut described = stream::iter(names)
            .map(|name| async move { (name, self.aws.endpoint(name).await) })
            .buffered(CONCURRENCY);
        let mut best: Option<((bool, Option<Timestamp>), &String)> = None;
        let mut failures = Vec::new();
        while let Some((name, answer)) = described.next().await {
            let endpoint = match answer {
                Ok(Some(endpoint)) if endpoint.asynchronous => endpoint,
                Ok(_) => continue,
                Err(failure) => {
                    failures.push(failure);
                    continue;
                }
            };
            let rank = (can_serve(endpoint.status), endpoint.created_at);
            if best.as_ref().is_none_or(|(standing, _)| *standing < rank) {
                best = Some((rank, name));
            }
        }
        (best.map(|(_, name)| name.clone()), failures)
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
fn is_within(span: SignedDuration, then: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(then);
    SignedDuration::ZERO <= age && age < span
}
