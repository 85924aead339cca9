//! The tick: every lease and target of the namespace in pages, then the endpoints that have a
//! record, and of the others a share in turn.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::{StreamExt, join, stream};
use jiff::Timestamp;
use tokio::time::Instant;

use super::{CONCURRENCY, Done, Failure, Outcome, Scaler, SignalKind, act, observe::Seen};
use crate::{
    config::{Mode, Route, Whom},
    decide::{Action, Backlog, Observed, Read, Trigger, is_missed, tick::runs_out},
    lease::{LEASE, Records},
    port::{Aws, AwsResult, Clock, ScalableTarget, ScheduledAction, VariantId},
    reason::Reason,
};

/// Endpoints without a record that a tick looks at, at least.
const SHARE: usize = 5;

/// Within so many ticks each of them has its turn.
const TURNS: usize = 10;

/// What the namespace says, by variant.
struct Namespace {
    targets: AwsResult<HashMap<VariantId, ScalableTarget>>,
    actions: AwsResult<HashMap<VariantId, Vec<ScheduledAction>>>,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Looks at all that may need it. What one endpoint fails at costs no other its turn.
    pub(super) async fn tick(
        &self,
        routes: &[Route],
        mode: Mode,
        deadline: Instant,
        outcome: &mut Outcome,
    ) {
        let listing = async {
            join!(
                self.aws_for(SignalKind::Tick).targets(),
                self.aws_for(SignalKind::Tick).all_actions()
            )
        };
        let Ok((targets, actions)) = tokio::time::timeout_at(deadline, listing).await else {
            outcome.failures.push(Failure::OutOfTime { endpoint: "*".into() });
            return;
        };
        for failure in targets.as_ref().err().into_iter().chain(actions.as_ref().err()) {
            outcome.failures.push(Failure::Aws(failure.clone()));
        }
        let namespace = Namespace {
            targets: targets.map(|targets| {
                targets.into_iter().map(|target| (target.id.clone(), target)).collect()
            }),
            actions: actions.map(|actions| {
                let mut by_id: HashMap<VariantId, Vec<ScheduledAction>> = HashMap::new();
                for action in actions {
                    by_id.entry(action.id.clone()).or_default().push(action);
                }
                by_id
            }),
        };
        let looked_at = self.whose_turn(routes, &namespace);
        let done: Vec<Done> = stream::iter(looked_at)
            .map(async |route| {
                let mut done = Done::blank(&route, SignalKind::Tick, mode);
                let look = Box::pin(self.tick_one(&route, &namespace, &mut done));
                if tokio::time::timeout_at(deadline, look).await.is_err() {
                    done.out_of_time();
                }
                done
            })
            .buffered(CONCURRENCY)
            .collect()
            .await;
        outcome.done.extend(done);
    }

    /// Routes with a record ahead, and of the others as many as get round within ten ticks: the
    /// minute says whose turn it is, so that nothing needs to be remembered.
    fn whose_turn(&self, routes: &[Route], namespace: &Namespace) -> Vec<Route> {
        let now = self.clock.now();
        let awake = namespace.with_record(now);
        let (mut chosen, others): (Vec<Route>, Vec<Route>) =
            every_endpoint(routes, namespace).into_iter().partition(|route| {
                awake.contains(&(route.endpoint.as_str(), None))
                    && (route.variant.is_none()
                        || awake.contains(&(route.endpoint.as_str(), route.variant.as_deref())))
            });
        let share = SHARE.max(others.len().div_ceil(TURNS));
        let turns = others.len().div_ceil(share).max(1);
        let minute = usize::try_from(now.as_second() / 60).unwrap_or_default();
        chosen.extend(others.into_iter().skip((minute % turns) * share).take(share));
        chosen
    }

    async fn tick_one(&self, route: &Route, namespace: &Namespace, done: &mut Done) {
        let answer = self.aws_for(SignalKind::Tick).endpoint(&route.endpoint).await;
        let Some((endpoint, variant)) = self.resolve(route, answer, done) else {
            if done.reason == Reason::EndpointUnreadable {
                self.keep_record(route, namespace, done).await;
            }
            return;
        };
        let id = VariantId::new(&route.endpoint, &variant.name);
        self.remember_variant(&id.endpoint, &id.variant);
        let now = self.clock.now();
        // A failed listing is reported once, by the tick as a whole.
        let target = match &namespace.targets {
            Ok(targets) => Read::Known(targets.get(&id).cloned()),
            Err(_) => Read::Failed,
        };
        let records = match &namespace.actions {
            Ok(actions) => {
                let actions = actions.get(&id).map(Vec::as_slice).unwrap_or_default();
                Read::Known(Records::read(actions, &id, now))
            }
            Err(_) => Read::Failed,
        };
        let observed = Observed { endpoint, variant, target, records, backlog: Backlog::NotRead };
        let seen = Seen { id, observed };
        self.judge_and_act(Trigger::Tick, None, seen, None, &route.policy(), done).await;
    }

    /// An outage of DescribeEndpoint must not outlast what remembers the work: a record that would
    /// run out is kept, with its end at now, so that the first tick that sees again judges.
    async fn keep_record(&self, route: &Route, namespace: &Namespace, done: &mut Done) {
        let Ok(actions) = &namespace.actions else { return };
        if done.observe_only {
            return;
        }
        let of_route = actions.iter().filter(|(id, _)| {
            id.endpoint == route.endpoint
                && route.variant.as_ref().is_none_or(|variant| *variant == id.variant)
        });
        for (id, actions) in of_route {
            let now = self.clock.now();
            let records = Records::read(actions, id, now);
            if records.stand() && runs_out(records.release_at(), now) {
                let target = namespace.targets.as_ref().ok().and_then(|targets| targets.get(id));
                let at_release = act::at_release(target, &records, LEASE);
                self.write_lease(id, now, at_release, &records, done).await;
                done.action = if done.lease_renewed { Action::Extend } else { Action::None };
            }
        }
    }
}

/// Every endpoint that the routes name, and every registered variant that one of them covers.
fn every_endpoint(routes: &[Route], namespace: &Namespace) -> Vec<Route> {
    let mut seen = HashSet::new();
    let mut all: Vec<Route> = routes
        .iter()
        .filter(|route| route.whom == Whom::Named)
        .filter(|route| seen.insert((route.endpoint.as_str(), route.variant.as_deref())))
        .cloned()
        .collect();
    let named: HashSet<&str> = seen.iter().map(|(endpoint, _)| *endpoint).collect();
    let registered = namespace.targets.iter().flat_map(HashMap::keys).collect::<BTreeSet<_>>();
    for id in registered.into_iter().filter(|id| !named.contains(id.endpoint.as_str())) {
        let covering = super::work::covering(routes, &id.endpoint);
        if let Some(route) = covering
            && route.variant.as_ref().is_none_or(|variant| *variant == id.variant)
        {
            let variant = Some(id.variant.clone());
            all.push(Route { variant, ..route.of_endpoint(&id.endpoint) });
        }
    }
    all
}

impl Namespace {
    /// Endpoints with a record whose R is ahead, or that AWS misses, alone and with their variants.
    fn with_record(&self, now: Timestamp) -> HashSet<(&str, Option<&str>)> {
        let Ok(actions) = &self.actions else { return HashSet::new() };
        let target = |id| self.targets.as_ref().ok().and_then(|targets| targets.get(id));
        actions
            .iter()
            .filter(|(id, actions)| {
                let records = Records::read(actions, id, now);
                records.stand()
                    || records.no_floor.is_some()
                    || target(id).is_some_and(|target| is_missed(target, &records))
            })
            .flat_map(|(id, _)| {
                [(id.endpoint.as_str(), None), (id.endpoint.as_str(), Some(id.variant.as_str()))]
            })
            .collect()
    }
}
