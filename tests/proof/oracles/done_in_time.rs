//! Rule 4, with results: when all work has a result, nothing but the ledger decides, and the endpoint is at zero within
//! three ticks.

use jiff::SignedDuration;
use reactive_scaler::{
    decide::MinOwner,
    lease::{LEASE, Records},
    ledger::{KEEP, Standing, Summary, Verdict},
    port::{EndpointStatus, VariantId},
};

use crate::{
    call::{Request, Response, shown_desired},
    event_log::{CallMade, EventLog, Invocation, InvocationEnd, Signal},
    plan::Plan,
    state_history::EndpointState,
};

/// A tick that takes longer than this is slow. A slow last look does not count.
const SLOW: SignedDuration = SignedDuration::from_secs(4);

/// The ticks within which the endpoint must be at zero.
const TICKS: usize = 3;

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    let endpoints = (0..plan.endpoints.len()).filter(|one| plan.endpoints[*one].results);
    endpoints.clone().find_map(|endpoint| late(plan, log, endpoint)).or_else(|| {
        log.invocations.iter().find_map(|made| {
            needless_lease(plan, log, made).or_else(|| item_changed_unseen(log, made))
        })
    })
}

fn late(plan: &Plan, log: &EventLog, endpoint: usize) -> Option<String> {
    let id = &log.ids[endpoint];
    let mut late = 0;
    log.invocations.iter().filter(|made| made.signal == Signal::Tick).find_map(|tick| {
        let ended = tick.ended?;
        let counts = !tick.troubled
            && matches!(tick.end, InvocationEnd::Answered(_))
            && ended.at.duration_since(tick.began.at) <= SLOW;
        if !counts {
            return None;
        }
        let is_done = |state: &EndpointState| is_done(plan, endpoint, id, state, tick);
        late = if log.states(tick.began, ended, endpoint).all(is_done) { late + 1 } else { 0 };
        (late >= TICKS).then(|| {
            format!("all work of {id} is done, and {late} ticks left it awake until {}", ended.at)
        })
    })
}

/// Whether a tick that finds this state sets the capacity to zero.
fn is_done(
    plan: &Plan,
    endpoint: usize,
    id: &VariantId,
    state: &EndpointState,
    tick: &Invocation,
) -> bool {
    let now = tick.began.at + SignedDuration::from_secs(tick.ahead);
    let idle = SignedDuration::from_mins(plan.endpoints[endpoint].idle_minutes);
    let (Some(shown), Some(target)) = (&state.endpoint, &state.target) else { return false };
    // Another container's clock can have set a record or the time of a result.
    let earlier = now - SignedDuration::from_mins(1);
    let records = Records::read(&state.actions, id, earlier);
    let summary = Summary::of(&state.ledger, earlier);
    let Some(variant) = shown.variants.iter().find(|variant| variant.name == id.variant) else {
        return false;
    };
    shown.status == EndpointStatus::InService
        && variant.current == variant.desired
        && variant.desired.is_some_and(|desired| desired > 0)
        && records.exist()
        && records.lease.is_none()
        && records.hold.is_none()
        && !records.foreign_min
        && !records.garbled
        && !target.suspended.scaling_in
        && !target.suspended.scheduled
        && matches!(MinOwner::of(target, &records), MinOwner::None | MinOwner::Ours)
        && matches!(Verdict::of(Some(&summary), earlier, idle), Verdict::Done { .. })
}

/// A lease prevents that the ledger ends the wait. An input that the ledger has writes none, and a tick writes none beside
/// a work record of an endpoint that is up.
fn needless_lease(plan: &Plan, log: &EventLog, made: &Invocation) -> Option<String> {
    let put = made.calls.iter().find(|call| {
        matches!(&call.request, Request::Put(id, name, _) if name == LEASE && connected(plan, log, id))
    })?;
    let is_needless = match made.signal {
        Signal::Input(_) => {
            let mut records =
                made.calls.iter().filter(|c| matches!(c.request, Request::AddUpload(..)));
            let done = |call: &CallMade| {
                call.answered.is_some()
                    && call.effect.as_ref().is_some_and(|e| e.response == Response::Done)
            };
            records.clone().count() > 0 && records.all(done) && !was_renewed(made, put)
        }
        Signal::Tick => extended_beside_work(made, put),
        Signal::Alarm(_) => stood_all_the_time(log, made, put) && !was_renewed(made, put),
        _ => false,
    };
    is_needless.then(|| {
        format!(
            "{} ({:?}) wrote a lease at {}, which the ledger cannot end",
            made.cause, made.signal, put.requested.at
        )
    })
}

fn connected(plan: &Plan, log: &EventLog, id: &VariantId) -> bool {
    let place = log.ids.iter().position(|known| known == id);
    place.is_some_and(|place| plan.endpoints[place].results)
}

/// Whether the invocation changed a lease that stood, for its floor.
fn was_renewed(made: &Invocation, put: &CallMade) -> bool {
    shown(made, put).is_some_and(|records| records.lease.is_some())
}

/// Whether a record was live and the endpoint was up until an alarm's call.
fn stood_all_the_time(log: &EventLog, made: &Invocation, put: &CallMade) -> bool {
    let Some(id) = put.request.variant() else { return false };
    let Some(place) = log.ids.iter().position(|known| known == id) else { return false };
    // Another container's clock can have set the record.
    let now = put.requested.at + SignedDuration::from_mins(2);
    !made.troubled
        && !saw_no_instance(made, id)
        && log
            .states(made.began, put.requested, place)
            .all(|state| state.desired > 0 && state.records(id, now).live(now))
}

/// Whether a response showed a desired capacity of 0, or none: an endpoint that is being created has none.
fn saw_no_instance(made: &Invocation, id: &VariantId) -> bool {
    made.calls.iter().any(|call| {
        let shown = call.effect.as_ref().map(|effect| &effect.response);
        call.request.endpoint() == Some(id.endpoint.as_str())
            && matches!(shown, Some(Response::Endpoint(Some(shown)))
                if shown_desired(shown, id).is_none_or(|desired| desired == 0))
    })
}

/// Whether the tick saw a work record and no lease, and did not wake the endpoint.
fn extended_beside_work(made: &Invocation, put: &CallMade) -> bool {
    let is_wake = |call: &CallMade| {
        matches!(call.request, Request::SetCapacity(_, 1..))
            && call.request.variant() == put.request.variant()
    };
    let woke = made.calls.iter().any(is_wake);
    let Some(id) = put.request.variant() else { return false };
    !woke
        && !saw_no_instance(made, id)
        && shown(made, put).is_some_and(|records| records.work.is_some())
        && !saw_a_lease(made, put)
}

/// Whether a response before a call showed a lease, by the clock of the invocation. Its R can have passed since.
fn saw_a_lease(made: &Invocation, put: &CallMade) -> bool {
    let Some(id) = put.request.variant() else { return false };
    made.answers().iter().filter(|(.., answered)| *answered < put.requested).any(
        |(_, effect, answered)| {
            matches!(&effect.response, Response::Actions(actions)
            if Records::read(actions, id, answered.at + SignedDuration::from_secs(made.ahead)).lease.is_some())
        },
    )
}

/// The records in the last response before a call. `None`: they could not be read, or were not.
fn shown(made: &Invocation, put: &CallMade) -> Option<Records> {
    let Request::Put(id, ..) = &put.request else { return None };
    let answers = made.answers();
    let mut before = answers.iter().rev().filter(|(.., answered)| *answered < put.requested);
    let last = before.find_map(|(read, effect, answered)| match &effect.response {
        Response::Actions(actions) if read.request.is_about(id) => {
            let now = answered.at + SignedDuration::from_secs(made.ahead);
            Some(Some(Records::read(actions, id, now)))
        }
        Response::Failed(_) if read.request == Request::Actions(id.clone()) => Some(None),
        _ => None,
    });
    last.flatten()
}

/// An item is deleted or forgotten only as it was read.
fn item_changed_unseen(log: &EventLog, made: &Invocation) -> Option<String> {
    made.calls.iter().find_map(|call| {
        let (Request::DeleteItem(name, location) | Request::ForgetItem(name, location)) =
            &call.request
        else {
            return None;
        };
        let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
        let is_it = |state: &EndpointState| {
            state.ledger.iter().find(|item| item.location == *location).cloned()
        };
        let before = is_it(effect.before.as_ref()?)?;
        let after = is_it(effect.after.as_ref()?);
        if after.as_ref() == Some(&before) {
            return None;
        }
        // Earlier, a late duplicate of an upload's event would look like a new upload.
        let now = effect.when.at + SignedDuration::from_secs(made.ahead + 1);
        if after.is_none() && before.newest_event().is_some_and(|newest| newest + KEEP > now) {
            return Some(format!("{} deleted {before:?} at {now}, too early", made.cause));
        }
        let answers = made.answers();
        let mut reads = answers.iter().rev().filter(|(.., at)| *at < call.requested);
        let seen = reads.find_map(|(_, effect, _)| match &effect.response {
            Response::Items(page) => page.items.iter().find(|item| item.location == *location),
            _ => None,
        });
        let is_wrong = match seen {
            None => true,
            Some(seen) if !before.unchanged_since(seen) => true,
            Some(seen) => {
                after.is_none() && seen.standing() == Standing::Outstanding
            }
        };
        let id = log.ids.iter().find(|id| id.endpoint == *name)?;
        is_wrong.then(|| {
            format!("{} changed the item {location} of {id}, which it saw as {seen:?} and was {before:?}", made.cause)
        })
    })
}
