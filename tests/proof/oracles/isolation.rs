//! Rule 1: a fault of one endpoint does not delay the capacity of another one. If an endpoint is at
//! zero and updatable, an input leads to a capacity call within seconds, even if calls about other
//! endpoints are not answered.

use jiff::SignedDuration;

use super::{
    rule_1,
    visible::{could_be_woken, disruptions, was_up},
};
use crate::{
    call::Request,
    event_log::{EventLog, EventTime, Invocation, InvocationEnd, Signal},
    plan::{CallTarget, Disruption, FailureMode, Plan, RouteKind},
};

/// A call takes 10 to 95 ms in these worlds.
const USUAL: SignedDuration = SignedDuration::from_secs(3);

/// If another call is not answered: reads that the capacity call does not need have a timeout of 3
/// s.
const BESIDE: SignedDuration = SignedDuration::from_millis(4500);

/// W: how long a container relies on a read.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(60);

/// The timeout for finding the newest of several endpoints.
const NEWEST: SignedDuration = SignedDuration::from_secs(7);

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    log.invocations.iter().find_map(|made| {
        let Signal::Inputs(_) = made.signal else { return None };
        let bounded = (0..plan.endpoints.len()).filter(|one| made.signal.is_input_for(*one));
        bounded.filter_map(|one| Some((one, bound(plan, log, made, one)?))).find_map(
            |(endpoint, within)| {
                let until = EventTime { at: made.began.at + within, order: u64::MAX };
                let then = log.snapshots.partition_point(|snapshot| snapshot.at <= until.at);
                let until =
                    EventTime { order: log.snapshots.get(then.checked_sub(1)?)?.order, ..until };
                let id = &log.ids[endpoint];
                let asked = log.invocations.iter().flat_map(|made| &made.calls).any(|call| {
                    matches!(&call.request, Request::SetCapacity(of, 1..) if of == id)
                        && call.requested.at >= made.began.at - SignedDuration::from_secs(2)
                        && call.requested.at <= until.at
                });
                let ended = made.ended.is_none_or(|ended| ended.at > until.at)
                    || matches!(made.end, InvocationEnd::Answered(_) | InvocationEnd::Failed(_));
                let asleep = could_be_woken(plan, log, endpoint, made.began, until);
                (asleep && ended && !asked && !was_up(log, endpoint, made.began, until)).then(|| {
                    format!(
                        "{} for {id} began at {}, and no capacity was asked for within {within:#}",
                        made.cause, made.began.at
                    )
                })
            },
        )
    })
}

/// The maximum time until the capacity call. `None` if the endpoint's own fault delays it.
fn bound(
    plan: &Plan,
    log: &EventLog,
    made: &Invocation,
    endpoint: usize,
) -> Option<SignedDuration> {
    let route_kind = plan.endpoints[endpoint].route_kind;
    // If the endpoint was busy when it was read, a tick requests the capacity later, because of the
    // lease (Limits).
    let relied = EventTime { at: made.began.at - REMEMBERED, order: 0 };
    let since = log.snapshots.partition_point(|snapshot| snapshot.at < relied.at);
    let order = log.snapshots.get(since.saturating_sub(1)).map_or(0, |snapshot| snapshot.order);
    let mut states = log.states(EventTime { order, ..relied }, made.began, endpoint);
    if !states.all(|state| rule_1::wakeable(plan, state)) {
        return None;
    }
    let usual = if route_kind == RouteKind::Newest { NEWEST } else { USUAL };
    let active = disruptions(plan, log).filter(|(from, until, disruption)| {
        let target = match disruption {
            Disruption::MatchingCalls { about, .. } => Some(*about),
            _ => None,
        };
        let own = target == Some(CallTarget::Endpoint(endpoint));
        // A container relies on failed reads of the endpoint for up to W (Limits).
        let until = if own { *until + REMEMBERED } else { *until };
        *from <= made.began.at && made.began.at <= until
    });
    // If the function cannot determine the endpoint of an input, the rule guarantees no time in
    // seconds.
    let named = matches!(route_kind, RouteKind::Named | RouteKind::InKey);
    active.map(|(.., disruption)| disruption).try_fold(usual, |bound, disruption| {
        match disruption {
            Disruption::MatchingCalls { about: CallTarget::Endpoint(of), .. }
                if *of == endpoint =>
            {
                None
            }
            Disruption::MatchingCalls {
                about: CallTarget::Endpoint(_),
                mode: FailureMode::Hangs,
                ..
            } => (route_kind != RouteKind::SdkModel).then_some(if named { BESIDE } else { NEWEST }),
            Disruption::MatchingCalls { about: CallTarget::Endpoint(_), .. } => Some(NEWEST),
            Disruption::MatchingCalls {
                about: CallTarget::Capacity(_) | CallTarget::Ledger,
                ..
            } => None,
            Disruption::MatchingCalls {
                about: CallTarget::Target(_) | CallTarget::Listing,
                mode,
                ..
            } => {
                let fits = named
                    || matches!(
                        disruption,
                        Disruption::MatchingCalls { about: CallTarget::Target(_), .. }
                    );
                (fits && *mode == FailureMode::Hangs && route_kind != RouteKind::SdkModel)
                    .then_some(if named { BESIDE } else { NEWEST })
            }
            // One listing, one read of all candidates in parallel, and the call.
            Disruption::Latency { .. } => Some(bound.max(SignedDuration::from_secs(15))),
            _ => None,
        }
    })
}
