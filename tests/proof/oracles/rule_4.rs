//! Rule 4, bounded idle time: without work and with readable metrics, the capacity is zero within
//! the idle window plus the metric lag plus three ticks, and no floor remains.
//!
//! The oracle checks the calm period at the end of each world: ticks occur, metrics are readable,
//! and nobody requests capacity.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    decide::MinOwner,
    lease::{HOLD, NO_FLOOR, Record, Records, WATCH},
    ledger::Standing,
    port::{EndpointStatus, VariantId},
};
use simulator::{Event, JobState};

use super::missed;
use crate::{
    call::{Request, Response},
    event_log::{CallMade, EventLog, Invocation, InvocationEnd, Signal},
    plan::{Command, Plan},
    state_history::{EndpointState, Snapshot},
};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    let stays_up = (0..plan.endpoints.len()).find_map(|endpoint| stays_up(plan, log, endpoint));
    let calls = || {
        let mut calls =
            log.invocations.iter().flat_map(|made| made.calls.iter().map(move |c| (made, c)));
        calls.find_map(|(made, call)| {
            too_long(plan, log, made, call)
                .or_else(|| for_nothing(log, made, call))
                .or_else(|| leaked(log, made, call))
        })
    };
    stays_up.or_else(calls)
}

/// A lease that ends later than an idle window plus W from now keeps the endpoint awake for too
/// long.
fn too_long(plan: &Plan, log: &EventLog, made: &Invocation, call: &CallMade) -> Option<String> {
    let Request::Put(id, name, release) = &call.request else { return None };
    let of = &plan.endpoints[log.ids.iter().position(|known| known == id)?];
    let longest = match (name.as_str(), made.signal) {
        (HOLD, Signal::Command(_, Command::Hold { minutes })) => {
            MINUTE * i32::try_from(minutes).unwrap()
        }
        (HOLD, _) => SignedDuration::ZERO,
        _ => of.window() + MINUTE,
    };
    let asked = call.requested.at + SignedDuration::from_secs(made.ahead + 1);
    // Writing a record again with the same time extends nothing. A record that cancels floor
    // records keeps nothing awake.
    let before = call.effect.as_ref().and_then(|effect| effect.before.as_ref());
    let standing = before.and_then(|before| before.records(id, call.requested.at).named(name));
    // If AWS refused it, nothing is kept awake.
    let refused = call.effect.as_ref().is_some_and(|effect| !effect.accepted);
    // Another invocation may have renewed the record since this one read it (Limits).
    let unchanged = [standing, last_shown(made, call, id, name)]
        .into_iter()
        .flatten()
        .any(|record| record.release == *release);
    (name != NO_FLOOR && !unchanged && !refused && *release - WATCH > asked + longest).then(|| {
        format!(
            "{} ({:?}) put a {name} of {} that ends at {}, at {}",
            made.cause,
            made.signal,
            id.endpoint,
            *release - WATCH,
            call.requested.at
        )
    })
}

/// The record with this name in the last response before a call.
fn last_shown(made: &Invocation, call: &CallMade, id: &VariantId, name: &str) -> Option<Record> {
    let answers = made.answers();
    let mut before = answers.iter().rev().filter(|(.., answered)| *answered < call.requested);
    before.find_map(|(read, effect, answered)| match &effect.response {
        Response::Actions(actions) if read.request.is_about(id) => {
            let now = answered.at + SignedDuration::from_secs(made.ahead);
            Some(Records::read(actions, id, now).named(name))
        }
        _ => None,
    })?
}

/// A wake without a request, a live lease or a backlog.
fn for_nothing(log: &EventLog, made: &Invocation, call: &CallMade) -> Option<String> {
    let Request::SetCapacity(id, 1..) = &call.request else { return None };
    if made.signal.is_wake() {
        return None;
    }
    let ahead = SignedDuration::from_secs(made.ahead);
    let answers = made.answers();
    let before = answers.iter().rev().filter(|(.., answered)| *answered < call.requested);
    let mut before = before.filter(|(read, ..)| read.request.is_about(id));
    let newest_result = answers
        .iter()
        .filter(|(read, _, answered)| {
            *answered < call.requested && read.request.endpoint() == Some(&id.endpoint)
        })
        .filter_map(|(_, effect, _)| match &effect.response {
            Response::Items(page) => page.items.iter().filter_map(|item| item.result_at).max(),
            _ => None,
        })
        .max();
    // If the read for one of the endpoint's variants failed, the other's response does not help it. A read of several pages
    // fails as a whole if it takes too long.
    let gave_up = format!("Query on {} failed", id.endpoint);
    let failed = matches!(&made.end, InvocationEnd::Failed(text) if text.contains(&gave_up))
        || made.calls.iter().any(|read| {
            let response = read.effect.as_ref().map(|effect| &effect.response);
            matches!(&read.request, Request::Items(name, _) if *name == id.endpoint)
                && !matches!(response, Some(Response::Items(_)))
        });
    let newest_result = match failed {
        true => None,
        false => newest_result.or_else(|| not_read(log, made, id)),
    };
    let called_for = before.any(|(_, effect, answered)| match &effect.response {
        Response::Actions(actions) => {
            let now = answered.at + ahead;
            Records::read(actions, id, now).live(now)
        }
        Response::Backlog(points) => {
            let newest = points.iter().filter(|p| p.at <= answered.at + ahead).max_by_key(|p| p.at);
            // Datapoints from before the newest result show work that is finished.
            newest.is_some_and(|point| point.value > 0.0 && newest_result < Some(point.at))
        }
        Response::Items(page) => {
            page.items.iter().any(|item| item.standing() == Standing::Outstanding)
        }
        _ => false,
    });
    // The owner's minimum is a reason as well. It can end between the read and the call.
    let by_owner = {
        let until = call.effect.as_ref().map_or(call.requested, |effect| effect.when);
        let place = log.ids.iter().position(|known| known == id);
        let mut states = place.into_iter().flat_map(|place| log.states(made.began, until, place));
        states.any(|state| {
            let records = state.records(id, call.requested.at + ahead);
            state.target.as_ref().is_some_and(|t| MinOwner::of(t, &records) == MinOwner::Owner)
        })
    };
    (!called_for && !by_owner).then(|| {
        format!(
            "{} ({:?}) woke {} for nothing at {}",
            made.cause, made.signal, id.endpoint, call.requested.at
        )
    })
}

/// The newest result that the ledger had, if the invocation could read it and did not.
fn not_read(log: &EventLog, made: &Invocation, id: &VariantId) -> Option<Timestamp> {
    let of_this = |call: &&CallMade| call.request.endpoint() == Some(&id.endpoint);
    let mut reads = made.calls.iter().filter(of_this);
    if reads.any(|call| matches!(call.request, Request::Items(..))) {
        return None;
    }
    let place = log.ids.iter().position(|known| known == id)?;
    let state = log.states(made.began, made.began, place).next()?;
    state.ledger.iter().filter_map(|item| item.result_at).max()
}

/// Nothing removes a floor without a record, because it looks like a user's minimum.
fn leaked(log: &EventLog, made: &Invocation, call: &CallMade) -> Option<String> {
    if !matches!(call.request, Request::SetMin(_, 1) | Request::Delete(..) | Request::Put(..)) {
        return None;
    }
    let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
    let id = call.request.variant()?;
    let (before, after) = (effect.before.as_ref()?, effect.after.as_ref()?);
    let now = effect.when.at;
    let stood =
        matches!(call.request, Request::SetMin(..)) || before.records(id, now).floor_is_ours();
    let min = after.target.as_ref().map(|target| target.min);
    let leaks = stood && min == Some(1) && !after.records(id, now).floor_is_ours();
    // If a tick replaces the record of an input at the same time, that tick restores it. The check
    // therefore waits until all concurrent invocations have ended.
    let place = log.ids.iter().position(|known| known == id)?;
    let ends = |made: &Invocation| made.ended.map_or(log.ends, |ended| ended.at);
    let at_work = log.invocations.iter().filter(|made| made.began.at <= now);
    let ended = at_work.map(ends).max().unwrap_or(now).max(now);
    let put_right = log.snapshots.iter().any(|snapshot| {
        let state = &snapshot.states[place];
        (now..=ended).contains(&snapshot.at)
            && (state.records(id, snapshot.at).floor_is_ours()
                || state.target.as_ref().is_none_or(|target| target.min != 1))
    });
    // If the owner set the minimum, it is no floor of ours.
    let raises = matches!(call.request, Request::SetMin(..));
    let by_owner = !raises && is_owners(log.snapshots_until(effect.when), log, id, place);
    let leaks = leaks && !put_right && !by_owner;
    (leaks && !deregistered_while(log, made, id)).then(|| {
        format!(
            "{} ({:?}) left a floor of {} without a record by {:?} at {now}",
            made.cause, made.signal, id.endpoint, call.request
        )
    })
}

/// Whether a person deregistered the target, and therefore its records, between the read and the
/// write of the floor. AWS has no compare-and-set (Limits).
fn deregistered_while(log: &EventLog, made: &Invocation, id: &VariantId) -> bool {
    let Some(place) = log.ids.iter().position(|known| known == id) else { return false };
    let until = made.ended.map_or(log.ends, |ended| ended.at);
    log.snapshots.iter().any(|snapshot| {
        (made.began.at..=until).contains(&snapshot.at)
            && snapshot.states.get(place).is_some_and(|state| state.target.is_none())
    })
}

/// Whether the owner set the `MinCapacity` at the end of these snapshots. It keeps the endpoint awake.
fn is_owners(snapshots: &[Snapshot], log: &EventLog, id: &VariantId, endpoint: usize) -> bool {
    let min_at =
        |snapshot: &Snapshot| snapshot.states[endpoint].target.as_ref().map_or(0, |t| t.min);
    let Some(raised) = snapshots.windows(2).rev().find(|two| min_at(&two[0]) != min_at(&two[1]))
    else {
        return false;
    };
    let by_us = log.invocations.iter().flat_map(|made| &made.calls).any(|call| {
        let effect = call.effect.as_ref().filter(|effect| effect.accepted);
        call.request == Request::SetMin(id.clone(), 1)
            && effect.is_some_and(|e| e.when.at == raised[1].at)
    });
    min_at(&raised[1]) > 0 && !by_us
}

fn stays_up(plan: &Plan, log: &EventLog, endpoint: usize) -> Option<String> {
    let of = &plan.endpoints[endpoint];
    let id = &log.ids[endpoint];
    let idle = of.window();
    let lag = SignedDuration::try_from(plan.settings.metric_lag).unwrap() + MINUTE;
    let three_ticks = MINUTE * 3;
    // A clock that is behind sees the end of a lease and a new datapoint later.
    let off = plan.skews.iter().map(|ahead| ahead.abs()).max().unwrap_or(0);
    let off = SignedDuration::from_secs(2 * off);

    // To a clock that is ahead, a datapoint looks older than it is. After 5 minutes it is stale.
    // Without known metrics the function does not scale to zero, and fails after an hour.
    let ahead = plan.skews.iter().copied().max().unwrap_or(0);
    if lag + MINUTE + SignedDuration::from_secs(ahead) >= MINUTE * 5 {
        return None;
    }

    if missed::helplessly(log, id) {
        return None;
    }
    // Only the call that set a floor without a record, not all floors of the invocation.
    let unrecorded = |call: &CallMade| {
        call.effect.as_ref().is_some_and(|effect| {
            let states = |after: &EndpointState| after.records(id, effect.when.at).exist();
            call.request == Request::SetMin(id.clone(), 1)
                && effect.accepted
                && effect.after.as_ref().is_some_and(|after| !states(after))
        })
    };
    let mut leaking = log.invocations.iter().filter(|made| made.calls.iter().any(unrecorded));
    if leaking.any(|made| deregistered_while(log, made, id)) {
        return None;
    }

    // The idle window starts with the last of these events.
    let mut busy_until = log.calm_from;
    // SageMaker accepts one change at a time. That of another variant delays the sleep until it ends, and no longer.
    let mut free_from = log.calm_from;
    for (at, event) in &log.events {
        match event {
            Event::InService(of, _) | Event::CapacityFailed(of) if of == id => {
                busy_until = busy_until.max(*at);
            }
            Event::InService(of, _) | Event::CapacityFailed(of) | Event::AtZero(of)
                if of.endpoint == id.endpoint && of != id =>
            {
                free_from = free_from.max(*at);
            }
            Event::Status(name, _) if *name == id.endpoint => busy_until = busy_until.max(*at),
            _ => {}
        }
    }
    for job in log.jobs.iter().filter(|job| job.endpoint == id.endpoint) {
        match job.state {
            JobState::Completed(at) | JobState::Killed(at) | JobState::Expired(at) => {
                busy_until = busy_until.max(at);
            }
            // Work remains: rule 1 covers this case.
            JobState::Waiting | JobState::Running(_) => return None,
            JobState::Announced | JobState::Refused(_) => {}
        }
    }
    // Capacity requests in the calm period: retried events and the backstop alarm.
    for made in &log.invocations {
        // After a freeze, an invocation or a tick might write its lease late.
        let is_about = made.signal.endpoint().is_some_and(|of| log.same_endpoint(of, endpoint));
        let asks = is_about && made.signal.is_wake();
        let late = |call: &CallMade| matches!(&call.request, Request::Put(of, ..) if of == id);
        if asks || (made.frozen && made.calls.iter().any(late)) {
            busy_until = busy_until.max(made.ended.unwrap_or(made.began).at);
        }
    }
    // A lease or hold that exists at the start of the calm period must end first.
    let at_calm = log.snapshots.partition_point(|snapshot| snapshot.at <= log.calm_from);
    let state = &log.snapshots[at_calm.saturating_sub(1)].states[endpoint];
    let lease = state.records(id, log.calm_from).ends_at();
    // A hold that a person requested right before might be written in the calm period.
    let held = log.snapshots[at_calm..].iter().filter_map(|snapshot| {
        snapshot.states[endpoint].records(id, snapshot.at).hold.map(Record::ends_at)
    });
    let lease = held.max().max(lease).unwrap_or(Timestamp::MIN);
    // W is added to the idle window after an input.
    let end = (busy_until + idle + MINUTE).max(lease).max(free_from) + lag + three_ticks + off;
    if end >= log.ends {
        return None;
    }
    let then = log.snapshots.partition_point(|snapshot| snapshot.at <= end);
    let later = &log.snapshots[then.saturating_sub(1)..];
    if is_owners(&log.snapshots, log, id, endpoint) {
        return None;
    }
    let up = later.iter().find(|snapshot| {
        let state = &snapshot.states[endpoint];
        let served = state.endpoint.as_ref();
        let settled = served.is_some_and(|found| found.status == EndpointStatus::InService);
        state.desired > 0 || (settled && state.target.as_ref().is_some_and(|t| t.min > 0))
    })?;
    let state = &up.states[endpoint];
    Some(format!(
        "{} has {} instances and MinCapacity {:?} after {end}, with no work since {busy_until}",
        id.endpoint,
        state.desired,
        state.target.as_ref().map(|target| target.min)
    ))
}
