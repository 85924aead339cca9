//! Reading only what the decision needs, side by side as far as the names are known.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    time::Duration,
};

use futures_util::{future::maybe_done, join};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use tokio::time::timeout;

use super::{
    Done, Failure, Scaler, SignalKind, capacity::Requested, deadline::Waits, event::Event,
    unit::Unit,
};
use crate::{
    config::{Policy, Route},
    decide::{Backlog, Observed, Read, Trigger, idle_evidence::LOOK_BACK, min_outlasts, wake},
    lease::{Record, Records},
    port::{
        Aws, AwsFailure, AwsResult, Clock, Endpoint, Endpoints, Metrics, ScalableTarget, Scaling,
        Variant, VariantId,
    },
    reason::Reason,
};

/// The variant's name where nobody chose another: that of the SageMaker Python SDK.
const USUAL_VARIANT: &str = "AllTraffic";

/// The operation that reads a scalable target.
const TARGETS: &str = "DescribeScalableTargets";

/// How long DescribeEndpoint is waited for: as long as the SDK tries. Nothing can be done before.
const ENDPOINT: Duration = Duration::from_secs(20);

/// How long a wake's capacity waits for the scalable target once the endpoint is known.
const TARGET: Duration = Duration::from_millis(2500);

/// How long the capacity call is waited for.
const CAPACITY: Duration = Duration::from_secs(10);

/// How long lease and floor wait for the target and the records while, and after, capacity is asked for.
const LATE: Duration = Duration::from_secs(10);

/// What was read of one variant.
pub(super) struct Seen {
    pub(super) id: VariantId,
    pub(super) observed: Observed,
}

/// What a `status` shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// `EndpointStatus`.
    pub endpoint_status: &'static str,
    /// `CurrentInstanceCount`.
    pub current: Option<i32>,
    /// `DesiredInstanceCount`.
    pub desired: Option<i32>,
    /// `MinCapacity` of the scalable target, when it is registered.
    pub min_capacity: Option<i32>,
    /// `MaxCapacity` of the scalable target, when it is registered.
    pub max_capacity: Option<i32>,
    /// When the lease ends, if it stands.
    pub lease_ends: Option<Timestamp>,
    /// When the hold ends, if it stands.
    pub hold_ends: Option<Timestamp>,
    /// Whether the endpoint is being kept awake.
    pub kept_awake: bool,
}

impl Seen {
    pub(super) fn records(&self) -> Option<&Records> {
        match &self.observed.records {
            Read::Known(records) => Some(records),
            Read::Failed => None,
        }
    }

    pub(super) fn target(&self) -> Option<&ScalableTarget> {
        match &self.observed.target {
            Read::Known(target) => target.as_ref(),
            Read::Failed => None,
        }
    }

    pub(super) fn status(&self, now: Timestamp) -> Status {
        let records = self.records().copied().unwrap_or_default();
        Status {
            endpoint_status: self.observed.endpoint.status.as_str(),
            current: self.observed.variant.current,
            desired: self.observed.variant.desired,
            min_capacity: self.target().map(|target| target.min),
            max_capacity: self.target().map(|target| target.max),
            lease_ends: records.lease.map(Record::ends_at),
            hold_ends: records.hold.map(Record::ends_at),
            kept_awake: records.live(now),
        }
    }
}

/// What a listing has of an endpoint.
enum OnlyTarget {
    None,
    One(ScalableTarget),
    Several,
}

/// What a look found.
pub(super) enum Look {
    /// What there is to judge, and the capacity that was asked for already.
    Seen(Box<Seen>, Option<Requested>),
    /// There is nothing to judge, and the report says why. The target of the variant that is meant, where it
    /// is known.
    NoEndpoint(Option<ScalableTarget>),
    /// No route names the endpoint, and it is not registered; or it is not the newest.
    NotOurs,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Looks at the endpoint beside the scalable target of the variant that a route means, then at the
    /// records.
    ///
    /// Which variant it is can only be guessed at first. The guess decides nothing: if DescribeEndpoint
    /// says otherwise, the right one's target is read.
    ///
    /// A wake's capacity waits for the endpoint, and for the target no longer than [`TARGET`] after that: it
    /// is asked for while the records are read. A target that answers later than that serves the lease, the
    /// floor and the rest of the capacity.
    pub(super) async fn observe(
        &self,
        unit: &Unit<'_>,
        trigger: Trigger,
        policy: &Policy,
        event: &Event<'_>,
        done: &mut Done,
    ) -> Look {
        let route: &Route = &unit.route;
        let waits = event.waits;
        let aws = self.aws_for(done.signal);
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
        let must_exist = done.signal != SignalKind::EndpointChanged && !unit.one_of_several;
        let (endpoint, variant) = match resolve(route, answer, must_exist) {
            Ok(found) => found,
            Err(unresolved) => {
                done.unresolved(unresolved);
                let wait = waits.at_most(LATE);
                _ = timeout(wait.span(), target.as_mut()).await;
                let target = target
                    .as_mut()
                    .take_output()
                    .unwrap_or_else(|| Err(wait.no_answer(TARGETS, &guess.resource_id())));
                return self.without_endpoint(unit, target, is_missing, event, done).await;
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
        let capacity = (trigger.requests_capacity() && !done.observe_only)
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
        let (asked, records, target) = join!(
            self.ask_in_time(&id, capacity, done.signal, waits),
            wait.answer("DescribeScheduledActions", &resource, aws.actions(&id)),
            late,
        );
        let is_late = matches!((&known, &target), (Read::Failed, Ok(_)));
        let mut target = reported(target, done);
        let now = self.clock.now();
        let records = records.map(|actions| Records::read(&actions, &id, now));
        let records = reported(records, done);
        if trigger.writes_a_record()
            && let (Read::Known(Some(found)), Read::Known(records)) = (&target, &records)
            && found.min == 1
            && min_outlasts(found, records)
        {
            // A floor of ours that is read before the records may be gone by the time these are read, with the
            // record that showed it to be ours: it would count as the owner's. What keeps a wake from writing a
            // lease is read after the records.
            let again = waits.at_most(LATE).answer(TARGETS, &resource, aws.target(&id)).await;
            target = reported(again, done);
        }
        match &target {
            Read::Known(Some(_)) if unit.must_be_registered => self.confirm(&id.endpoint),
            Read::Known(None) if unit.must_be_registered => {
                // It was woken before that was known.
                done.failures.push(Failure::NotRegistered { endpoint: id.endpoint.clone() });
            }
            Read::Known(_) | Read::Failed => {}
        }
        let asked = match (asked, is_late) {
            (Some(asked), true) => {
                let rest = wake::capacity(&endpoint, &variant, &target, policy);
                Some(self.request_the_rest(&id, asked, rest, done, waits).await)
            }
            (asked, _) => asked,
        };
        let observed = Observed { endpoint, variant, target, records, backlog: Backlog::NotRead };
        Look::Seen(Box::new(Seen { id: id.clone(), observed }), asked)
    }

    async fn ask_in_time(
        &self,
        id: &VariantId,
        capacity: Option<i32>,
        signal: SignalKind,
        waits: Waits,
    ) -> Option<Requested> {
        let capacity = capacity?;
        let wait = waits.at_most(CAPACITY);
        let call = self.aws_for(signal).set_capacity(id, capacity);
        let operation = "UpdateEndpointWeightsAndCapacities";
        let answer = wait.answer(operation, &id.endpoint, call).await;
        Some(Requested { capacity, answer, answered_at: self.clock.now() })
    }

    /// The target was not known in time, and one instance was asked for. Where the route asks for more, that is
    /// asked for as well; mostly SageMaker is busy with the first by now, and the report says so.
    async fn request_the_rest(
        &self,
        id: &VariantId,
        asked: Requested,
        capacity: Option<i32>,
        done: &mut Done,
        waits: Waits,
    ) -> Requested {
        let more = capacity.filter(|more| asked.answer.is_ok() && *more > asked.capacity);
        let Some(rest) = self.ask_in_time(id, more, done.signal, waits).await else {
            return asked;
        };
        match rest.answer {
            Ok(()) => rest,
            Err(failure) => {
                done.fail(failure);
                asked
            }
        }
    }

    /// DescribeEndpoint gave nothing to judge. Where no route names the endpoint, it is ours only if it is
    /// registered.
    async fn without_endpoint(
        &self,
        unit: &Unit<'_>,
        target: AwsResult<Option<ScalableTarget>>,
        is_missing: bool,
        event: &Event<'_>,
        done: &mut Done,
    ) -> Look {
        let route: &Route = &unit.route;
        let variant_is_known = route.variant.is_some();
        match target {
            Ok(Some(target)) => Look::NoEndpoint(Some(target)),
            Ok(None) if unit.must_be_registered && (is_missing || variant_is_known) => {
                Look::NotOurs
            }
            Ok(None) if is_missing || variant_is_known => Look::NoEndpoint(None),
            // The guess was wrong, or none of its variants is registered.
            Ok(None) => match self.only_target(&route.endpoint, event).await {
                Ok(OnlyTarget::One(target)) => Look::NoEndpoint(Some(target)),
                Ok(OnlyTarget::Several) => Look::NoEndpoint(None),
                Ok(OnlyTarget::None) if unit.must_be_registered => Look::NotOurs,
                Ok(OnlyTarget::None) => Look::NoEndpoint(None),
                Err(failure) => {
                    done.fail(failure);
                    Look::NoEndpoint(None)
                }
            },
            Err(failure) => {
                done.fail(failure);
                Look::NoEndpoint(None)
            }
        }
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

    /// Reads the records; `None` where they cannot be read, and the report says so.
    pub(super) async fn read_records(
        &self,
        id: &VariantId,
        waits: Waits,
        done: &mut Done,
    ) -> Option<Records> {
        let call = self.aws_for(done.signal).actions(id);
        let wait = waits.at_most(LATE);
        match wait.answer("DescribeScheduledActions", &id.resource_id(), call).await {
            Ok(actions) => Some(Records::read(&actions, id, self.clock.now())),
            Err(failure) => {
                done.fail(failure);
                None
            }
        }
    }

    pub(super) async fn read_backlog(
        &self,
        id: &VariantId,
        now: Timestamp,
        done: &mut Done,
    ) -> Backlog {
        let until = now + SignedDuration::from_mins(1);
        match self.aws_for(done.signal).backlog(&id.endpoint, now - LOOK_BACK, until).await {
            Ok(datapoints) => Backlog::Read(datapoints),
            Err(failure) => {
                done.fail(failure);
                Backlog::Unreadable
            }
        }
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

/// An answer as the decision sees it; its failure as the report does.
pub(super) fn reported<T>(answer: Result<T, AwsFailure>, done: &mut Done) -> Read<T> {
    match answer {
        Ok(value) => Read::Known(value),
        Err(failure) => {
            done.fail(failure);
            Read::Failed
        }
    }
}
