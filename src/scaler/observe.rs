//! Reading only what the decision needs, side by side as far as the names are known.

use futures_util::join;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Done, Failure, Scaler, SignalKind, act::Asked};
use crate::{
    config::{Policy, Route},
    decide::{Backlog, Observed, Read, Trigger, evidence::LOOK_BACK, min_outlasts, wake},
    lease::{Record, Records},
    port::{
        Aws, AwsFailure, AwsResult, Clock, Endpoint, Endpoints, Metrics, ScalableTarget, Scaling,
        Variant, VariantId,
    },
    reason::Reason,
};

/// The variant's name where nobody chose another: that of the SageMaker Python SDK.
const USUAL_VARIANT: &str = "AllTraffic";

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

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Looks at the endpoint beside the scalable target of the variant that a route means; `None` where
    /// there is nothing to judge, and the report says why. The records are still to be read.
    ///
    /// Which variant it is can only be guessed so far. The guess decides nothing: if DescribeEndpoint
    /// says otherwise, the right one's target is read.
    pub(super) async fn observe(&self, route: &Route, done: &mut Done) -> Option<Seen> {
        let name = route.variant.clone().or_else(|| self.variant_guess(&route.endpoint));
        let guess =
            VariantId::new(&route.endpoint, name.unwrap_or_else(|| USUAL_VARIANT.to_owned()));
        let (endpoint, guessed) = join!(
            self.aws_for(done.signal).endpoint(&route.endpoint),
            self.aws_for(done.signal).target(&guess)
        );
        let (endpoint, variant) = self.resolve(route, endpoint, done)?;
        let id = VariantId::new(&route.endpoint, &variant.name);
        let target =
            if id == guess { guessed } else { self.aws_for(done.signal).target(&id).await };
        self.remember_variant(&id.endpoint, &id.variant);
        let target = known(target, done);
        let observed = Observed {
            endpoint,
            variant,
            target,
            records: Read::Failed,
            backlog: Backlog::NotRead,
        };
        Some(Seen { id, observed })
    }

    /// Reads the records. A wake's capacity depends on none of them, and waits for none: it is asked
    /// for meanwhile.
    pub(super) async fn read_records(
        &self,
        trigger: Trigger,
        policy: &Policy,
        seen: &mut Seen,
        done: &mut Done,
    ) -> Option<Asked> {
        let Observed { endpoint, variant, target, .. } = &seen.observed;
        let capacity = (trigger.requests_capacity() && !done.observe_only)
            .then(|| wake::capacity(endpoint, variant, target, policy))
            .flatten();
        let signal = done.signal;
        let ask = async {
            match capacity {
                Some(capacity) => Some(self.ask_for(&seen.id, capacity, signal).await),
                None => None,
            }
        };
        let (asked, actions) = join!(ask, self.aws_for(done.signal).actions(&seen.id));
        let now = self.clock.now();
        let records = actions.map(|actions| Records::read(&actions, &seen.id, now));
        seen.observed.records = known(records, done);
        self.read_floor_again(trigger, seen, done).await;
        asked
    }

    /// A floor of ours that is read before the records may be gone by the time these are read, with the record
    /// that showed it to be ours: it would count as the owner's. What keeps a wake from writing a lease is
    /// read after the records.
    async fn read_floor_again(&self, trigger: Trigger, seen: &mut Seen, done: &mut Done) {
        let seems_owners = match (seen.target(), seen.records()) {
            (Some(target), Some(records)) => target.min == 1 && min_outlasts(target, records),
            _ => false,
        };
        if trigger.writes_a_record() && seems_owners {
            seen.observed.target = known(self.aws_for(done.signal).target(&seen.id).await, done);
        }
    }

    /// The route's variant among what DescribeEndpoint says; the report says why not.
    pub(super) fn resolve(
        &self,
        route: &Route,
        answer: AwsResult<Option<Endpoint>>,
        done: &mut Done,
    ) -> Option<(Endpoint, Variant)> {
        let endpoint = match answer {
            Ok(Some(endpoint)) => endpoint,
            Ok(None) => {
                done.reason = Reason::EndpointMissing;
                let asked_for =
                    !matches!(done.signal, SignalKind::Tick | SignalKind::EndpointChanged);
                if asked_for && !done.one_of_several {
                    done.failures.push(Failure::Missing { endpoint: route.endpoint.clone() });
                }
                return None;
            }
            Err(failure) => {
                done.reason = Reason::EndpointUnreadable;
                done.fail(failure);
                return None;
            }
        };
        let variant = match (&route.variant, endpoint.variants.as_slice()) {
            (Some(wanted), variants) => variants.iter().find(|variant| variant.name == *wanted),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        if let Some(variant) = variant.cloned() {
            return Some((endpoint, variant));
        }
        if !endpoint.asynchronous {
            done.reason = Reason::NotAsync;
            return None;
        }
        done.reason = Reason::VariantUnclear;
        done.failures.push(Failure::VariantUnclear {
            endpoint: route.endpoint.clone(),
            wanted: route.variant.clone(),
            variants: endpoint.variants.iter().map(|variant| variant.name.clone()).collect(),
        });
        None
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

/// An answer as the decision sees it; its failure as the report does.
pub(super) fn known<T>(answer: Result<T, AwsFailure>, done: &mut Done) -> Read<T> {
    match answer {
        Ok(value) => Read::Known(value),
        Err(failure) => {
            done.fail(failure);
            Read::Failed
        }
    }
}
