//! Rule 1, no lost wake: after an input has been seen, capacity of at least 1 is requested within
//! two ticks of the endpoint becoming updatable.
//!
//! An invocation that was asked for capacity and succeeds makes a claim: for an idle window, a tick
//! that runs untroubled while the endpoint is at zero and could be woken must wake it. (Of two ticks, a
//! single fault strikes one.)

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{HOLD, LEASE, Records, WATCH},
    port::{EndpointStatus, VariantId},
};
use simulator::JobState;

use super::missed;
use crate::{
    call::{Ask, Shown},
    history::{CallMade, History, Invocation, Signal, When},
    past::Stand,
    plan::{Command, Deed, Plan, What},
};

pub fn broken(plan: &Plan, history: &History) -> Option<String> {
    let claims = history.invocations.iter().find_map(|made| unserved(plan, history, made));
    claims.or_else(|| shortened(history)).or_else(|| forgotten(history))
}

fn idle(plan: &Plan, endpoint: usize) -> SignedDuration {
    SignedDuration::from_mins(plan.endpoints[endpoint].idle_minutes.max(5))
}

/// Whether a lease can be kept and a wake carried out. A MinCapacity of 1 is the user's where a
/// person sets one in this world and no floor record of ours stands beside it, and passes for the user's where
/// AWS missed our record and nobody could help it (Limits).
fn ours(plan: &Plan, history: &History, stand: &Stand, id: &VariantId, now: Timestamp) -> bool {
    let Some(target) = &stand.target else { return false };
    let person_sets_min = plan.happenings.iter().any(|happening| {
        matches!(happening.what, What::Deed { endpoint, deed: Deed::Bounds { min: 1.., .. } }
            if plan.endpoints[endpoint].name == id.endpoint)
    });
    let without_record = target.min == 1 && !stand.records(id, now).floor_stands();
    let users_min =
        target.min > 1 || (without_record && (person_sets_min || missed::helplessly(history, id)));
    stand.endpoint.is_some() && target.max >= 1 && !users_min
}

/// What an invocation that was asked for capacity and succeeded stands for.
pub struct Claim {
    pub endpoint: usize,
    pub ended: When,
    /// Until when the endpoint is to be kept awake for it, at least.
    pub until: Timestamp,
}

pub fn claim(plan: &Plan, history: &History, made: &Invocation) -> Option<Claim> {
    let (endpoint, window) = match made.signal {
        Signal::Input(endpoint) | Signal::Alarm(endpoint) => (endpoint, idle(plan, endpoint)),
        Signal::Command(endpoint, Command::Wake) => (endpoint, idle(plan, endpoint)),
        Signal::Command(endpoint, Command::Hold { minutes }) if writes_hold(made) => {
            (endpoint, SignedDuration::from_mins(minutes.cast_signed()))
        }
        _ => return None,
    };
    let ended = made.ended.filter(|_| made.succeeded())?;
    let id = &history.ids[endpoint];
    // Clocks: a lease is shorter by what its writer's is behind, and by what its reader's is ahead.
    let ahead = plan.skews.iter().copied().max().unwrap_or(0).max(0);
    let off = SignedDuration::from_secs((-made.ahead).max(0) + ahead + 1);
    let mut until = made.began.at + window - off;

    // A warm container relies for up to W on the lease that it saw (Limits): what a person undid
    // within that time is known to the backlog alone.
    let relied = When { at: made.began.at - SignedDuration::from_secs(60), order: 0 };
    let since = history.moments.partition_point(|moment| moment.at < relied.at) as u64;
    let from = history.moments.get(usize::try_from(since).unwrap().saturating_sub(1));
    let from = When { at: relied.at, order: from.map_or(0, |moment| moment.order) };
    if !history.stands(from, ended, endpoint).all(|stand| ours(plan, history, stand, id, ended.at))
    {
        return None;
    }
    // What a person ends, deletes or forbids is no longer claimed.
    for other in &history.invocations {
        let ends_it = matches!(
            other.signal,
            Signal::Command(of, Command::Release | Command::Sleep { force: true }) if of == endpoint
        );
        let still_runs = other.ended.is_none_or(|ended| ended.at >= relied.at);
        // One that was refused has ended nothing.
        let wrote = other.calls.iter().any(|call| {
            let done = call.effect.as_ref().is_some_and(|effect| effect.accepted);
            done && call.ask.operation().is_write()
        });
        if ends_it && still_runs && wrote {
            until = until.min(other.began.at);
        }
        // A lease that is renewed between a tick's last look and its extension (Limits).
        let overwritten = other.calls.iter().any(|call| {
            let Ask::Put(of, name, release) = &call.ask else { return false };
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
        // Two wakes at once cannot see each other: the later write may be of a clock that is behind (Limits).
        let whole = SignedDuration::from_secs(other.ahead) + idle(plan, endpoint);
        for call in other.calls.iter().filter(|_| other.signal.is_wake()) {
            let Ask::Put(of, name, release) = &call.ask else { continue };
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
        // Nor can two holds that are asked for at once see each other.
        let at_once = other.began <= ended && other.ended.is_none_or(|end| end >= made.began);
        for call in other.calls.iter().filter(|_| at_once) {
            if let Ask::Put(of, name, release) = &call.ask
                && (of, name.as_str()) == (id, HOLD)
            {
                until = until.min(*release - WATCH - off);
            }
        }
    }
    Some(Claim { endpoint, ended, until })
}

/// Under a MinCapacity of the user's a hold is none, and says so.
fn writes_hold(made: &Invocation) -> bool {
    let mut puts = made.answers().into_iter();
    puts.any(|(call, effect, _)| {
        matches!(&call.ask, Ask::Put(_, name, _) if name == HOLD) && effect.shown == Shown::Done
    })
}

/// Whether a lease could be kept all the time.
pub fn kept(plan: &Plan, history: &History, claim: &Claim, then: When) -> bool {
    let id = &history.ids[claim.endpoint];
    history
        .stands(claim.ended, then, claim.endpoint)
        .all(|stand| ours(plan, history, stand, id, then.at))
}

fn unserved(plan: &Plan, history: &History, made: &Invocation) -> Option<String> {
    let claim = claim(plan, history, made)?;
    let Claim { endpoint, ended, until } = claim;
    let id = &history.ids[endpoint];
    let ticks = history
        .invocations
        .iter()
        .filter(|tick| tick.signal == Signal::Tick && tick.began >= ended);
    for tick in ticks {
        let Some(tick_ended) = tick.ended else { continue };
        if tick_ended.at >= until || !kept(plan, history, &claim, tick_ended) {
            return None;
        }
        let at_zero = history
            .stands(tick.began, tick_ended, endpoint)
            .all(|stand| stand.desired == 0 && wakeable(plan, stand));
        if tick.succeeded() && !tick.troubled && at_zero {
            return Some(format!(
                "{} ({:?}) succeeded at {}, and {} is still at zero after an untroubled tick, at {}",
                made.cause, made.signal, ended.at, id.endpoint, tick.began.at
            ));
        }
    }
    None
}

pub fn wakeable(plan: &Plan, stand: &Stand) -> bool {
    let (Some(endpoint), Some(target)) = (&stand.endpoint, &stand.target) else { return false };
    let updatable = match endpoint.status {
        EndpointStatus::InService => true,
        // A change of capacity that this status covers comes to its end first.
        EndpointStatus::UpdateRollbackFailed => {
            plan.settings.update_accepted_when_degraded
                && endpoint.variants[0].current == endpoint.variants[0].desired
        }
        _ => false,
    };
    updatable && target.max >= 1 && !target.suspended.scaling_out
}

/// Nobody but a person shortens a lease, save in the instant between a tick's last look at it and
/// its extension (Limits), and an input by less than W, which the later one's window allows for.
fn shortened(history: &History) -> Option<String> {
    for made in &history.invocations {
        if !matches!(made.signal, Signal::Tick | Signal::Status(_)) {
            continue;
        }
        for call in &made.calls {
            let (Ask::Put(id, name, release), Some(effect)) = (&call.ask, &call.effect) else {
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

/// Whether the last thing that was read of an endpoint before a call is its records, and no answer by
/// then showed a lease that ends later than the one that the call puts.
fn looked_right_before(
    made: &Invocation,
    call: &CallMade,
    id: &VariantId,
    release: Timestamp,
) -> bool {
    let ahead = SignedDuration::from_secs(made.ahead);
    let answers = made.answers();
    let before: Vec<_> = answers.iter().filter(|(.., answered)| *answered < call.asked).collect();
    let about = |ask: &Ask| ask.endpoint() == Some(&id.endpoint);
    let last = before.iter().rev().find(|(read, ..)| about(&read.ask));
    let looked = last.is_some_and(|(read, ..)| matches!(read.ask, Ask::Actions(_)));
    // What was shown last counts: an earlier look may be of a lease that has been ended since.
    let shown = before.iter().rev().find_map(|(read, effect, answered)| match &effect.shown {
        Shown::Actions(actions) if read.ask.endpoint().is_none() || about(&read.ask) => {
            let lease = Records::read(actions, id, answered.at + ahead).lease;
            Some(lease.map_or(Timestamp::MIN, |lease| lease.release))
        }
        _ => None,
    });
    looked && shown.is_none_or(|shown| shown <= release)
}

/// After the calm, no request waits at zero: whatever its event came to, the watch until R or the
/// backstop alarm woke for it.
fn forgotten(history: &History) -> Option<String> {
    let last = history.moments.last()?;
    for (endpoint, stand) in last.stands.iter().enumerate() {
        let name = &history.ids[endpoint].endpoint;
        let waits = history
            .jobs
            .iter()
            .filter(|job| job.endpoint == *name && job.state == JobState::Waiting);
        let missed = missed::helplessly(history, &history.ids[endpoint]);
        if waits.count() > 0 && stand.desired == 0 && !missed {
            return Some(format!("a request of {name} waits at zero when the world ends"));
        }
    }
    None
}
