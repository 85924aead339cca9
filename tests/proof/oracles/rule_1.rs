//! Rule 1, no lost wake: after the function has seen an input, it requests a capacity of at least 1
//! within two ticks after the endpoint becomes updatable.
//!
//! An invocation that was asked for capacity and succeeded is a claim. During the idle window, a
//! tick without a disruption must wake the endpoint if it is at zero and can be woken. (A single
//! fault affects one of two ticks.)

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{HOLD, LEASE, Records, WATCH},
    port::{EndpointStatus, VariantId},
};
use simulator::JobState;

use super::missed;
use crate::{
    call::{Request, Response},
    event_log::{CallMade, EventLog, EventTime, Invocation, InvocationEnd, Signal},
    plan::{Command, EventKind, OutsideChange, Plan},
    state_history::EndpointState,
};

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    let claims = log.invocations.iter().find_map(|made| unserved(plan, log, made));
    claims.or_else(|| shortened(log)).or_else(|| forgotten(log))
}

fn idle(plan: &Plan, endpoint: usize) -> SignedDuration {
    plan.endpoints[endpoint].window()
}

/// Whether a lease and a wake are possible. A MinCapacity of 1 belongs to the user if a person sets
/// one in this world and no floor record of the function exists. It looks like the user's if AWS
/// missed the record and no tick could prevent it (Limits).
pub fn ours(
    plan: &Plan,
    log: &EventLog,
    state: &EndpointState,
    id: &VariantId,
    now: Timestamp,
) -> bool {
    let Some(target) = &state.target else { return false };
    let person_sets_min = plan.events.iter().any(|event| {
        let change = match event.kind {
            EventKind::OutsideChange { endpoint, change } => {
                (plan.endpoints[endpoint].name == id.endpoint).then_some(change)
            }
            _ => None,
        };
        matches!(change, Some(OutsideChange::Bounds { min: 1.., .. }))
    });
    let without_record = target.min == 1 && !state.records(id, now).floor_is_ours();
    let users_min =
        target.min > 1 || (without_record && (person_sets_min || missed::helplessly(log, id)));
    state.endpoint.is_some() && target.max >= 1 && !users_min
}

/// The result of an invocation that was asked for capacity and succeeded.
pub struct Claim {
    pub endpoint: usize,
    pub ended: EventTime,
    /// The endpoint must stay awake at least until this time.
    pub until: Timestamp,
}

pub fn claim(plan: &Plan, log: &EventLog, made: &Invocation) -> Option<Claim> {
    let (endpoint, window) = match made.signal {
        Signal::Input(endpoint) | Signal::Alarm(endpoint) | Signal::Invocation(endpoint, _) => {
            (endpoint, idle(plan, endpoint))
        }
        Signal::Command(endpoint, Command::Wake) => (endpoint, idle(plan, endpoint)),
        Signal::Command(endpoint, Command::Hold { minutes }) if writes_hold(made) => {
            (endpoint, SignedDuration::from_mins(minutes.cast_signed()))
        }
        _ => return None,
    };
    let by_ledger = plan.endpoints[endpoint].results;
    if by_ledger && !is_kept_by_lease(log, made, endpoint) {
        return None;
    }
    // An input that the ledger could not take fails, and has a lease.
    let failed = by_ledger
        && matches!(made.end, InvocationEnd::Failed(_))
        && puts_lease(made, &log.ids[endpoint]);
    let ended = made.ended.filter(|_| made.succeeded() || failed)?;
    let id = &log.ids[endpoint];
    // A lease is shorter if the clock of its writer is behind, or the clock of its reader is ahead.
    let ahead = plan.skews.iter().copied().max().unwrap_or(0).max(0);
    let off = SignedDuration::from_secs((-made.ahead).max(0) + ahead + 1);
    let mut until = made.began.at + window - off;

    // A warm container relies on the lease that it read for up to W (Limits). If a person removed
    // the lease within that time, only the backlog shows the work.
    let relied = EventTime { at: made.began.at - SignedDuration::from_secs(60), order: 0 };
    let since = log.snapshots.partition_point(|snapshot| snapshot.at < relied.at) as u64;
    let from = log.snapshots.get(usize::try_from(since).unwrap().saturating_sub(1));
    let from = EventTime { at: relied.at, order: from.map_or(0, |snapshot| snapshot.order) };
    if !log.states(from, ended, endpoint).all(|state| ours(plan, log, state, id, ended.at)) {
        return None;
    }
    // A claim ends when a person ends the lease, deletes the endpoint or forbids scaling.
    for other in &log.invocations {
        let ends_it = matches!(
            other.signal,
            Signal::Command(of, Command::Release | Command::Sleep { force: true })
                if log.same_endpoint(of, endpoint)
        );
        let still_runs = other.ended.is_none_or(|ended| ended.at >= relied.at);
        // A call that was refused has no effect.
        let wrote = other.calls.iter().any(|call| {
            let done = call.effect.as_ref().is_some_and(|effect| effect.accepted);
            done && call.request.operation().is_write()
        });
        if ends_it && still_runs && wrote {
            until = until.min(other.began.at);
        }
        // An input renews the lease between a tick's last look and its extension (Limits).
        let overwritten = other.calls.iter().any(|call| {
            let Request::Put(of, name, release) = &call.request else { return false };
            let Some(effect) = call.effect.as_ref().filter(|effect| effect.accepted) else {
                return false;
            };
            let stood = effect.before.as_ref().and_then(|b| b.records(id, effect.when.at).lease);
            of == id
                && name == LEASE
                && effect.when.at >= relied.at
                && matches!(other.signal, Signal::Tick | Signal::Status(_))
                && stood.is_some_and(|stood| stood.release > *release)
        });
        if overwritten {
            until = until.min(other.began.at);
        }
        if deletes_unseen(other, id, relied.at) {
            until = until.min(other.began.at);
        }
        // Two concurrent wakes cannot see each other. The later write might use a clock that is
        // behind (Limits).
        let whole = SignedDuration::from_secs(other.ahead) + idle(plan, endpoint);
        for call in other.calls.iter().filter(|_| other.signal.is_wake()) {
            let Request::Put(of, name, release) = &call.request else { continue };
            let effect = call.effect.as_ref().filter(|effect| effect.accepted);
            let stood =
                effect.and_then(|effect| effect.before.as_ref()?.records(id, effect.when.at).lease);
            if (of, name.as_str()) == (id, LEASE)
                && effect.is_some_and(|effect| effect.when.at >= relied.at)
                && stood.is_some_and(|stood| stood.release > *release)
                && *release - WATCH >= other.began.at + whole
            {
                until = until.min(*release - WATCH - SignedDuration::from_secs(ahead + 1));
            }
        }
        // Two concurrent holds cannot see each other either.
        let concurrent = other.began <= ended && other.ended.is_none_or(|end| end >= made.began);
        for call in other.calls.iter().filter(|_| concurrent) {
            if let Request::Put(of, name, release) = &call.request
                && (of, name.as_str()) == (id, HOLD)
            {
                until = until.min(*release - WATCH - off);
            }
        }
    }
    Some(Claim { endpoint, ended, until })
}

/// Whether a tick deleted a lease that was renewed after its last look, which showed that it had ended. A tick deletes an
/// ended lease before its R, and AWS has no conditional delete (docs/internals/ledger.md, "Not covered").
fn deletes_unseen(made: &Invocation, id: &VariantId, since: Timestamp) -> bool {
    let ahead = SignedDuration::from_secs(made.ahead);
    let answers = made.answers();
    made.calls.iter().any(|call| {
        let Some(effect) = call.effect.as_ref().filter(|effect| effect.accepted) else {
            return false;
        };
        let is_deletion = call.request == Request::Delete(id.clone(), LEASE.to_owned())
            && matches!(made.signal, Signal::Tick | Signal::Status(_))
            && effect.when.at >= since;
        let stood = effect.before.as_ref().and_then(|b| b.records(id, effect.when.at).lease);
        let mut looks = answers.iter().rev().filter(|(read, _, answered)| {
            *answered < call.requested && read.request == Request::Actions(id.clone())
        });
        let seen = looks.next().and_then(|(_, effect, answered)| match &effect.response {
            Response::Actions(actions) => {
                let now = answered.at + ahead;
                Records::read(actions, id, now).lease.filter(|lease| !lease.live(now))
            }
            _ => None,
        });
        is_deletion
            && seen.is_some()
            && stood.is_some_and(|stood| stood.live(effect.when.at + ahead))
    })
}

/// Whether a lease or a hold stands for the request. The work record of other requests can be ended by the ledger.
fn is_kept_by_lease(log: &EventLog, made: &Invocation, endpoint: usize) -> bool {
    let ended = made.ended.unwrap_or(made.began);
    let id = &log.ids[endpoint];
    match made.signal {
        Signal::Input(_) => puts_lease(made, id) && !is_recorded(made),
        // An invocation can be explained by the ledger, or be up beside a live record. It can put back its floor.
        Signal::Invocation(..) => renews_lease(made, id),
        // Up beside a live record, an alarm writes nothing.
        Signal::Alarm(_) => !log.states(made.began, ended, endpoint).any(|state| {
            let now = made.began.at + SignedDuration::from_secs(made.ahead);
            state.desired > 0 && state.records(id, now).live(now)
        }),
        _ => true,
    }
}

/// Whether the ledger has the input. Then a lease that it writes is one that stood, with another effect at R.
fn is_recorded(made: &Invocation) -> bool {
    made.answers().iter().any(|(call, effect, _)| {
        matches!(call.request, Request::AddUpload(..)) && effect.response == Response::Done
    })
}

fn puts_lease(made: &Invocation, id: &VariantId) -> bool {
    made.calls.iter().any(|call| {
        matches!(&call.request, Request::Put(of, name, _) if of == id && name == LEASE)
            && call.effect.as_ref().is_some_and(|effect| effect.accepted)
    })
}

/// Whether it wrote a lease that ends later than the one that stood.
fn renews_lease(made: &Invocation, id: &VariantId) -> bool {
    made.calls.iter().any(|call| {
        let Request::Put(of, name, release) = &call.request else { return false };
        let effect = call.effect.as_ref().filter(|effect| effect.accepted);
        let before = effect.and_then(|effect| Some((effect.before.as_ref()?, effect.when.at)));
        let stood = before.and_then(|(before, at)| before.records(id, at).lease);
        of == id
            && name == LEASE
            && effect.is_some()
            && stood.is_none_or(|stood| stood.release < *release)
    })
}

/// If the user has set a MinCapacity, a hold writes nothing and says so.
fn writes_hold(made: &Invocation) -> bool {
    let mut puts = made.answers().into_iter();
    puts.any(|(call, effect, _)| {
        matches!(&call.request, Request::Put(_, name, _) if name == HOLD)
            && effect.response == Response::Done
    })
}

/// Whether a lease was possible for the whole time.
pub fn kept(plan: &Plan, log: &EventLog, claim: &Claim, then: EventTime) -> bool {
    let id = &log.ids[claim.endpoint];
    log.states(claim.ended, then, claim.endpoint).all(|state| ours(plan, log, state, id, then.at))
}

fn unserved(plan: &Plan, log: &EventLog, made: &Invocation) -> Option<String> {
    let claim = claim(plan, log, made)?;
    let Claim { endpoint, ended, until } = claim;
    let id = &log.ids[endpoint];
    let ticks =
        log.invocations.iter().filter(|tick| tick.signal == Signal::Tick && tick.began >= ended);
    for tick in ticks {
        let Some(tick_ended) = tick.ended else { continue };
        if tick_ended.at >= until || !kept(plan, log, &claim, tick_ended) {
            return None;
        }
        let at_zero = log
            .states(tick.began, tick_ended, endpoint)
            .all(|state| state.desired == 0 && wakeable(plan, state));
        if tick.succeeded() && !tick.troubled && at_zero {
            return Some(format!(
                "{} ({:?}) succeeded at {}, and {} is still at zero after an untroubled tick, at {}",
                made.cause, made.signal, ended.at, id.endpoint, tick.began.at
            ));
        }
    }
    None
}

pub fn wakeable(plan: &Plan, state: &EndpointState) -> bool {
    let (Some(endpoint), Some(target)) = (&state.endpoint, &state.target) else { return false };
    let updatable = match endpoint.status {
        EndpointStatus::InService => true,
        // A change of capacity in progress must end first, even if this status hides it.
        EndpointStatus::UpdateRollbackFailed => {
            plan.settings.update_accepted_when_degraded
                && endpoint.variants.iter().all(|variant| variant.current == variant.desired)
        }
        _ => false,
    };
    updatable && target.max >= 1 && !target.suspended.scaling_out
}

/// Only a person shortens a lease. Exceptions: between a tick's last look and its extension
/// (Limits), and an input by less than W, which the idle window allows for.
fn shortened(log: &EventLog) -> Option<String> {
    for made in &log.invocations {
        if !matches!(made.signal, Signal::Tick | Signal::Status(_)) {
            continue;
        }
        for call in &made.calls {
            let (Request::Put(id, name, release), Some(effect)) = (&call.request, &call.effect)
            else {
                continue;
            };
            let stood = effect.before.as_ref()?.records(id, effect.when.at).lease;
            if name != LEASE
                || !effect.accepted
                || stood.is_none_or(|stood| stood.release <= *release)
            {
                continue;
            }
            if !looked_right_before(made, call, id, *release) {
                return Some(format!(
                    "{} ({:?}) shortened the lease of {} at {} from {stood:?} to {release}, which \
                     it could have seen",
                    made.cause, made.signal, id.endpoint, effect.when.at
                ));
            }
        }
    }
    None
}

/// Whether the last read of an endpoint before a call is that of its records, and no response
/// before the call contained a lease that ends later than the new one.
fn looked_right_before(
    made: &Invocation,
    call: &CallMade,
    id: &VariantId,
    release: Timestamp,
) -> bool {
    let ahead = SignedDuration::from_secs(made.ahead);
    let answers = made.answers();
    let before: Vec<_> =
        answers.iter().filter(|(.., answered)| *answered < call.requested).collect();
    let about = |request: &Request| request.endpoint().is_some() && request.is_about(id);
    let last = before.iter().rev().find(|(read, ..)| about(&read.request));
    let looked = last.is_some_and(|(read, ..)| matches!(read.request, Request::Actions(_)));
    // The last response counts: an earlier one might contain a lease that has ended since.
    let shown = before.iter().rev().find_map(|(read, effect, answered)| match &effect.response {
        Response::Actions(actions) if read.request.endpoint().is_none() || about(&read.request) => {
            let lease = Records::read(actions, id, answered.at + ahead).lease;
            Some(lease.map_or(Timestamp::MIN, |lease| lease.release))
        }
        _ => None,
    });
    looked && shown.is_none_or(|shown| shown <= release)
}

/// At the end of the calm period, no request waits at zero. The watch until R or the backstop alarm
/// has woken the endpoint, even if the event was lost.
fn forgotten(log: &EventLog) -> Option<String> {
    let last = log.snapshots.last()?;
    for (endpoint, state) in last.states.iter().enumerate() {
        let name = &log.ids[endpoint].endpoint;
        let waits =
            log.jobs.iter().filter(|job| job.endpoint == *name && job.state == JobState::Waiting);
        let missed = missed::helplessly(log, &log.ids[endpoint]);
        let mut all = log.variants(endpoint);
        let all_at_zero = all.all(|variant| last.states[variant].desired == 0);
        if waits.count() > 0 && state.desired == 0 && all_at_zero && !missed {
            return Some(format!("a request of {name} waits at zero when the world ends"));
        }
    }
    None
}
