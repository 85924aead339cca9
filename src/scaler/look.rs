//! Reads only the state that the decision needs, in parallel if the names are known.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    time::Duration,
};

use futures_util::{future::maybe_done, join};
use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use super::{
    Failure, Scaler, SignalKind, capacity::Requested, event::Event, seen::Seen, session::Session,
    unit::Unit,
};
use crate::{
    config::{Policy, Route},
    decide::{
        Backlog, LedgerSeen, Observed, Read, Trigger, idle_evidence::LOOK_BACK, min_outlasts, wake,
    },
    lease::Records,
    port::{
        Aws, AwsResult, Clock, Endpoint, Endpoints, Metrics, ScalableTarget, Scaling, Variant,
        VariantId,
    },
    reason::Reason,
};

/// The default variant name of the SageMaker Python SDK.
const USUAL_VARIANT: &str = "AllTraffic";

/// The operation that reads a scalable target.
const TARGETS: &str = "DescribeScalableTargets";

/// Maximum wait for DescribeEndpoint: as long as the SDK tries, because no other step is possible before.
const ENDPOINT: Duration = Duration::from_secs(20);

/// Maximum wait of a wake's capacity request for the scalable target after the endpoint is known.
const TARGET: Duration = Duration::from_millis(2500);

/// Maximum wait for the answer to the capacity request.
const CAPACITY: Duration = Duration::from_secs(10);

/// Maximum wait of lease and floor for the target and the records, during and after the capacity request.
const LATE: Duration = Duration::from_secs(10);

/// The scalable targets of an endpoint in a listing.
enum OnlyTarget {
    None,
    One(ScalableTarget),
    Several,
}

/// The result of a look.
pub(super) enum Look {
    /// The variant, and the capacity request that was already made.
    Seen(Box<Seen>, Option<Requested>),
    /// There is nothing to decide, for this reason. The target of the route's variant, if it is known.
    NotSeen(Reason, Option<ScalableTarget>),
    /// No route names the endpoint, and it is not registered or not the newest.
    NotOurs,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Reads the endpoint and the scalable target of the route's variant at the same time, then the records.
    ///
    /// If the route names no variant, its name is guessed at first. If DescribeEndpoint shows that the guess was
    /// wrong, the target of the right variant is read.
    ///
    /// A wake requests capacity while the records are read. It waits for the endpoint, and then for the target,
    /// but no longer than [`TARGET`]. A target that is read later is used for the lease, the floor and the rest of
    /// the capacity.
    pub(super) async fn look(
        &self,
        unit: &Unit<'_>,
        trigger: Trigger,
        policy: &Policy,
        event: &Event<'_>,
        session: &mut Session<'_, A, C>,
    ) -> Look {
        let route: &Route = &unit.route;
        let waits = session.waits;
        let aws = session.aws;
        let name = route.variant.clone().or_else(|| self.variant_guess(&route.endpoint));
        let guess =
            VariantId::new(&route.endpoint, name.unwrap_or_else(|| USUAL_VARIANT.to_owned()));
        // Outlives `target`, which borrows it.
        #[allow(clippy::needless_late_init)]
        let id;
        let mut target = pin!(maybe_done(aws.target(&guess)));
        let wait = waits.at_most(ENDPOINT);
        let describing = aws.endpoint(&route.endpoint);
        let mut describing = pin!(wait.answer("DescribeEndpoint", &route.endpoint, describing));
        let answer = poll_fn(|cx| {
            let answer = describing.as_mut().poll(cx);
            _ = target.as_mut().poll(cx);
            answer
        })
        .await;
        let is_older = |endpoint: &Endpoint| endpoint.created_at < unit.not_older_than;
        if matches!(&answer, Ok(Some(endpoint)) if is_older(endpoint)) {
            return Look::NotOurs;
        }
        let is_missing = matches!(answer, Ok(None));
        // A state change of an endpoint that is gone is no failure, nor is one of several endpoints.
        let must_exist = unit.signal != SignalKind::EndpointChanged && !unit.one_of_several;
        let (endpoint, variant) = match resolve(route, answer, must_exist) {
            Ok(found) => found,
            Err(unresolved) => {
                session.effects.failures.extend(unresolved.failure);
                let wait = waits.at_most(LATE);
                _ = timeout(wait.span(), target.as_mut()).await;
                let target = target
                    .as_mut()
                    .take_output()
                    .unwrap_or_else(|| Err(wait.no_answer(TARGETS, &guess.resource_id())));
                let reason = unresolved.reason;
                let look = self.look_without_endpoint(unit, reason, target, is_missing, event);
                return look.await.unwrap_or_else(|failure| {
                    session.fail(failure);
                    Look::NotSeen(reason, None)
                });
            }
        };
        id = VariantId::new(&route.endpoint, &variant.name);
        if id != guess {
            target.set(maybe_done(aws.target(&id)));
        }
        _ = timeout(waits.at_most(TARGET).span(), target.as_mut()).await;
        let early = target.as_mut().take_output();
        if unit.must_be_registered && matches!(early, Some(Ok(None))) {
            return Look::NotOurs;
        }
        self.remember_variant(&id.endpoint, &id.variant);
        let known = early.as_ref().map_or(Read::Failed, |answer| match answer {
            Ok(target) => Read::Known(target.clone()),
            Err(_) => Read::Failed,
        });
        let capacity = (trigger.requests_capacity() && !session.subject.observe_only)
            .then(|| wake::capacity(&endpoint, &variant, &known, policy))
            .flatten();
        let wait = waits.at_most(LATE);
        let resource = id.resource_id();
        let late = async {
            match early {
                Some(answer) => answer,
                None => {
                    _ = timeout(wait.span(), target.as_mut()).await;
                    let no_answer = || Err(wait.no_answer(TARGETS, &resource));
                    target.as_mut().take_output().unwrap_or_else(no_answer)
                }
            }
        };
        let (requested, records, target) = join!(
            session.request_in_time(&id, capacity),
            wait.answer("DescribeScheduledActions", &resource, aws.actions(&id)),
            late,
        );
        let is_late = matches!((&known, &target), (Read::Failed, Ok(_)));
        let mut target = session.read(target);
        let now = self.clock.now();
        let records = records.map(|actions| Records::read(&actions, &id, now));
        let records = session.read(records);
        if trigger.writes_a_record()
            && let (Read::Known(Some(found)), Read::Known(records)) = (&target, &records)
            && found.min == 1
            && min_outlasts(found, records)
        {
            // The target was read before the records. Our floor and the record that shows that it is ours may have been
            // removed in between, and the floor would count as the owner's. A wake under an owner's minimum writes no
            // lease, so the target is read again after the records.
            let again = waits.at_most(LATE).answer(TARGETS, &resource, aws.target(&id)).await;
            target = session.read(again);
        }
        match &target {
            Read::Known(Some(_)) if unit.must_be_registered => self.confirm(&id.endpoint),
            Read::Known(None) if unit.must_be_registered => {
                // The endpoint was woken before it was known that it is not registered.
                session
                    .effects
                    .failures
                    .push(Failure::NotRegistered { endpoint: id.endpoint.clone() });
            }
            Read::Known(_) | Read::Failed => {}
        }
        let requested = match (requested, is_late) {
            (Some(requested), true) => {
                let rest = wake::capacity(&endpoint, &variant, &target, policy);
                Some(session.request_the_rest(&id, requested, rest).await)
            }
            (requested, _) => requested,
        };
        let ledger = self.ledger_for(unit, trigger, policy, session).await;
        let backlog = Backlog::NotRead;
        let observed = Observed { endpoint, variant, target, records, backlog, ledger };
        Look::Seen(Box::new(Seen { id: id.clone(), observed }), requested)
    }

    /// The ledger, if the decision depends on it.
    async fn ledger_for(
        &self,
        unit: &Unit<'_>,
        trigger: Trigger,
        policy: &Policy,
        session: &mut Session<'_, A, C>,
    ) -> LedgerSeen {
        if !unit.route.results || !trigger.depends_on_ledger() {
            return LedgerSeen::NotRead;
        }
        let endpoint = &unit.route.endpoint;
        let young = policy.young(self.clock.now());
        let answer = session.items(endpoint, young).await;
        self.ledger_seen(endpoint, answer, session, young)
    }

    /// DescribeEndpoint gave nothing to decide about. If no route names the endpoint, it is ours only if it is
    /// registered.
    async fn look_without_endpoint(
        &self,
        unit: &Unit<'_>,
        reason: Reason,
        target: AwsResult<Option<ScalableTarget>>,
        is_missing: bool,
        event: &Event<'_>,
    ) -> AwsResult<Look> {
        let route: &Route = &unit.route;
        if let Some(target) = target? {
            return Ok(Look::NotSeen(reason, Some(target)));
        }
        let unregistered =
            if unit.must_be_registered { Look::NotOurs } else { Look::NotSeen(reason, None) };
        if is_missing || route.variant.is_some() {
            return Ok(unregistered);
        }
        // The guess of the variant was wrong, or no variant is registered.
        Ok(match self.only_target(&route.endpoint, event).await? {
            OnlyTarget::One(target) => Look::NotSeen(reason, Some(target)),
            OnlyTarget::Several => Look::NotSeen(reason, None),
            OnlyTarget::None => unregistered,
        })
    }

    /// The target of the endpoint's only registered variant, from a listing.
    async fn only_target(&self, endpoint: &str, event: &Event<'_>) -> AwsResult<OnlyTarget> {
        let targets = self.list(event).await?;
        let mut of_endpoint = targets.iter().filter(|target| target.id.endpoint == endpoint);
        Ok(match (of_endpoint.next(), of_endpoint.next()) {
            (None, _) => OnlyTarget::None,
            (Some(only), None) => OnlyTarget::One(only.clone()),
            (Some(_), Some(_)) => OnlyTarget::Several,
        })
    }
}

impl<A: Aws, C: Clock> Session<'_, A, C> {
    async fn request_in_time(
        &mut self,
        id: &VariantId,
        capacity: Option<i32>,
    ) -> Option<Requested> {
        let capacity = capacity?;
        let wait = self.waits.at_most(CAPACITY);
        let call = self.aws.set_capacity(id, capacity);
        let operation = "UpdateEndpointWeightsAndCapacities";
        let answer = wait.answer(operation, &id.endpoint, call).await;
        Some(self.requested(capacity, answer))
    }

    /// The target was not known in time, and one instance was requested. If the route requests more, the rest is
    /// requested as well. Usually SageMaker is still busy with the first request, and that is reported.
    async fn request_the_rest(
        &mut self,
        id: &VariantId,
        requested: Requested,
        capacity: Option<i32>,
    ) -> Requested {
        let more = capacity.filter(|more| requested.answer.is_ok() && *more > requested.capacity);
        let Some(rest) = self.request_in_time(id, more).await else {
            return requested;
        };
        match rest.answer {
            Ok(()) => rest,
            Err(failure) => {
                self.fail(failure);
                requested
            }
        }
    }

    /// Reads the records. `None`: they could not be read, which is reported.
    pub(super) async fn read_records(&mut self, id: &VariantId) -> Option<Records> {
        let call = self.aws.actions(id);
        let wait = self.waits.at_most(LATE);
        let answer = wait.answer("DescribeScheduledActions", &id.resource_id(), call).await;
        let actions = self.read(answer).known()?;
        Some(Records::read(&actions, id, self.clock.now()))
    }

    pub(super) async fn read_backlog(&mut self, id: &VariantId, now: Timestamp) -> Backlog {
        let until = now + SignedDuration::from_mins(1);
        let answer = self.aws.backlog(&id.endpoint, now - LOOK_BACK, until).await;
        self.read(answer).known().map_or(Backlog::Unreadable, Backlog::Read)
    }
}

/// Why there is nothing to decide: the reason, and the failure where it is one.
pub(super) struct Unresolved {
    pub(super) reason: Reason,
    pub(super) failure: Option<Failure>,
}

/// The variant of the route in the response of DescribeEndpoint. That the endpoint does not exist is a failure if
/// `must_exist`.
pub(super) fn resolve(
    route: &Route,
    answer: AwsResult<Option<Endpoint>>,
    must_exist: bool,
) -> Result<(Endpoint, Variant), Unresolved> {
    let name = || route.endpoint.clone();
    let unresolved = |reason, failure| Err(Unresolved { reason, failure });
    let endpoint = match answer {
        Ok(Some(endpoint)) => endpoint,
        Ok(None) => {
            let missing = must_exist.then(|| Failure::Missing { endpoint: name() });
            return unresolved(Reason::EndpointMissing, missing);
        }
        Err(failure) => {
            return unresolved(Reason::EndpointUnreadable, Some(Failure::Aws(failure)));
        }
    };
    let variant = match (&route.variant, endpoint.variants.as_slice()) {
        (Some(wanted), variants) => variants.iter().find(|variant| variant.name == *wanted),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    if let Some(variant) = variant.cloned() {
        return Ok((endpoint, variant));
    }
    if !endpoint.asynchronous {
        return unresolved(Reason::NotAsync, None);
    }
    let unclear = Failure::VariantUnclear {
        endpoint: name(),
        wanted: route.variant.clone(),
        variants: endpoint.variants.iter().map(|variant| variant.name.clone()).collect(),
    };
    unresolved(Reason::VariantUnclear, Some(unclear))
}
