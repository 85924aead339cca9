//! Rule 4, bounded idleness: with no work and metrics readable, capacity is zero within idle window
//! plus metric lag plus three ticks, and no floor is left behind.
//!
//! Judged in the calm at the end of every world: ticks come, metrics are readable, nobody asks for
//! anything.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    decide::MinOwner,
    lease::{HOLD, NO_FLOOR, Record, Records, WATCH},
    port::{EndpointStatus, VariantId},
};
use simulator::{Event, JobState};

use super::missed;
use crate::{
    call::{Ask, Shown},
    history::{CallMade, History, Invocation, Signal},
    past::{Moment, Stand},
    plan::{Command, Plan},
};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

pub fn broken(plan: &Plan, history: &History) -> Option<String> {
    let stays_up = (0..plan.endpoints.len()).find_map(|endpoint| stays_up(plan, history, endpoint));
    let calls = || {
        let mut calls =
            history.invocations.iter().flat_map(|made| made.calls.iter().map(move |c| (made, c)));
        calls.find_map(|(made, call)| {
            too_long(plan, history, made, call)
                .or_else(|| for_nothing(made, call))
                .or_else(|| leaked(history, made, call))
        })
    };
    stays_up.or_else(calls)
}

/// A lease that ends later than an idle window and W from now: nothing would put it to sleep.
fn too_long(plan: &Plan, history: &History, made: &Invocation, call: &CallMade) -> Option<String> {
    let Ask::Put(id, name, release) = &call.ask else { return None };
    let of = &plan.endpoints[history.ids.iter().position(|known| known == id)?];
    let longest = match (name.as_str(), made.signal) {
        (HOLD, Signal::Command(_, Command::Hold { minutes })) => {
            MINUTE * i32::try_from(minutes).unwrap()
        }
        (HOLD, _) => SignedDuration::ZERO,
        _ => SignedDuration::from_mins(of.idle_minutes.max(5)) + MINUTE,
    };
    let asked = call.asked.at + SignedDuration::from_secs(made.ahead + 1);
    // A record that is put again with its time unchanged extends nothing; what cancels floor records keeps
    // nothing awake.
    let before = call.effect.as_ref().and_then(|effect| effect.before.as_ref());
    let standing = before.and_then(|before| before.records(id, call.asked.at).named(name));
    let unchanged = standing.is_some_and(|standing| standing.release == *release);
    (name != NO_FLOOR && !unchanged && *release - WATCH > asked + longest).then(|| {
        format!(
            "{} ({:?}) put a {name} of {} that ends at {}, at {}",
            made.cause,
            made.signal,
            id.endpoint,
            *release - WATCH,
            call.asked.at
        )
    })
}

/// A wake that nobody asks for, and that neither a live lease nor a backlog calls for.
fn for_nothing(made: &Invocation, call: &CallMade) -> Option<String> {
    let Ask::SetCapacity(id, 1..) = &call.ask else { return None };
    if made.signal.is_wake() {
        return None;
    }
    let ahead = SignedDuration::from_secs(made.ahead);
    let answers = made.answers();
    let before = answers.iter().rev().filter(|(.., answered)| *answered < call.asked);
    let mut before =
        before.filter(|(read, ..)| read.ask.endpoint().is_none_or(|n| n == id.endpoint));
    let called_for = before.any(|(_, effect, answered)| match &effect.shown {
        Shown::Actions(actions) => {
            let now = answered.at + ahead;
            Records::read(actions, id, now).live(now)
        }
        Shown::Backlog(points) => {
            let newest = points.iter().filter(|p| p.at <= answered.at + ahead).max_by_key(|p| p.at);
            newest.is_some_and(|point| point.value > 0.0)
        }
        _ => false,
    });
    // The owner's minimum calls for it as well.
    let stood = call.effect.as_ref().and_then(|effect| effect.before.as_ref());
    let by_owner = stood.is_some_and(|stood| {
        let records = stood.records(id, call.asked.at + ahead);
        stood.target.as_ref().is_some_and(|t| MinOwner::of(t, &records) == MinOwner::Owner)
    });
    (!called_for && !by_owner).then(|| {
        format!(
            "{} ({:?}) woke {} for nothing at {}",
            made.cause, made.signal, id.endpoint, call.asked.at
        )
    })
}

/// A floor that stands without a record is dropped by nobody: it passes for a user's.
fn leaked(history: &History, made: &Invocation, call: &CallMade) -> Option<String> {
    if !matches!(call.ask, Ask::SetMin(_, 1) | Ask::Delete(..) | Ask::Put(..)) {
        return None;
    }
    let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
    let id = history.ids.iter().find(|id| call.ask.endpoint() == Some(&id.endpoint))?;
    let (before, after) = (effect.before.as_ref()?, effect.after.as_ref()?);
    let now = effect.when.at;
    let stood = matches!(call.ask, Ask::SetMin(..)) || before.records(id, now).floor_stands();
    let min = after.target.as_ref().map(|target| target.min);
    let leaks = stood && min == Some(1) && !after.records(id, now).floor_stands();
    // An input's record that a tick replaces in the same moment is put back by that tick: judged when all that were
    // at work at this moment have ended.
    let place = history.ids.iter().position(|known| known == id)?;
    let ends = |made: &Invocation| made.ended.map_or(history.ends, |ended| ended.at);
    let at_work = history.invocations.iter().filter(|made| made.began.at <= now);
    let ended = at_work.map(ends).max().unwrap_or(now).max(now);
    let put_right = history.moments.iter().any(|moment| {
        let stand = &moment.stands[place];
        (now..=ended).contains(&moment.at)
            && (stand.records(id, moment.at).floor_stands()
                || stand.target.as_ref().is_none_or(|target| target.min != 1))
    });
    let leaks = leaks && !put_right;
    (leaks && !deregistered_while(history, made, id)).then(|| {
        format!(
            "{} ({:?}) left a floor of {} without a record by {:?} at {now}",
            made.cause, made.signal, id.endpoint, call.ask
        )
    })
}

/// A person deregistered the target, and its records with it, between the look at them and the floor:
/// there is no compare-and-set (Limits).
fn deregistered_while(history: &History, made: &Invocation, id: &VariantId) -> bool {
    let Some(place) = history.ids.iter().position(|known| known == id) else { return false };
    let until = made.ended.map_or(history.ends, |ended| ended.at);
    history.moments.iter().any(|moment| {
        (made.began.at..=until).contains(&moment.at)
            && moment.stands.get(place).is_some_and(|stand| stand.target.is_none())
    })
}

/// Whether the `MinCapacity` at the end is one that the owner set: it keeps the endpoint up.
fn is_owners(history: &History, id: &VariantId, endpoint: usize) -> bool {
    let min_at = |moment: &Moment| moment.stands[endpoint].target.as_ref().map_or(0, |t| t.min);
    let Some(raised) =
        history.moments.windows(2).rev().find(|two| min_at(&two[0]) != min_at(&two[1]))
    else {
        return false;
    };
    let by_us = history.invocations.iter().flat_map(|made| &made.calls).any(|call| {
        let effect = call.effect.as_ref().filter(|effect| effect.accepted);
        call.ask == Ask::SetMin(id.clone(), 1) && effect.is_some_and(|e| e.when.at == raised[1].at)
    });
    min_at(&raised[1]) > 0 && !by_us
}

fn stays_up(plan: &Plan, history: &History, endpoint: usize) -> Option<String> {
    let of = &plan.endpoints[endpoint];
    let id = &history.ids[endpoint];
    let idle = SignedDuration::from_mins(of.idle_minutes.max(5));
    let lag = SignedDuration::try_from(plan.settings.metric_lag).unwrap() + MINUTE;
    let three_ticks = MINUTE * 3;
    // A clock that is behind sees the end of a lease so much later, and a new datapoint too.
    let off = plan.skews.iter().map(|ahead| ahead.abs()).max().unwrap_or(0);
    let off = SignedDuration::from_secs(2 * off);

    // A clock that is ahead takes a datapoint for older than it is. From 5 minutes on it is stale,
    // and what is unknown never sleeps: it fails loudly after an hour.
    let ahead = plan.skews.iter().copied().max().unwrap_or(0);
    if lag + MINUTE + SignedDuration::from_secs(ahead) >= MINUTE * 5 {
        return None;
    }

    if missed::helplessly(history, id) {
        return None;
    }
    // The floor itself, raised beside no record, and not every floor of such an invocation.
    let unrecorded = |call: &CallMade| {
        call.effect.as_ref().is_some_and(|effect| {
            let stands = |after: &Stand| after.records(id, effect.when.at).stand();
            call.ask == Ask::SetMin(id.clone(), 1)
                && effect.accepted
                && effect.after.as_ref().is_some_and(|after| !stands(after))
        })
    };
    let mut leaking = history.invocations.iter().filter(|made| made.calls.iter().any(unrecorded));
    if leaking.any(|made| deregistered_while(history, made, id)) {
        return None;
    }

    // An idle window begins with the last of these.
    let mut busy_until = history.calm_from;
    for (at, event) in &history.events {
        let counts = match event {
            Event::InService(of, _) | Event::CapacityFailed(of) => of == id,
            Event::Status(name, _) => *name == id.endpoint,
            _ => false,
        };
        if counts {
            busy_until = busy_until.max(*at);
        }
    }
    for job in history.jobs.iter().filter(|job| job.endpoint == id.endpoint) {
        match job.state {
            JobState::Completed(at) | JobState::Killed(at) | JobState::Expired(at) => {
                busy_until = busy_until.max(at);
            }
            // Work is left: rule 1's business.
            JobState::Waiting | JobState::Running(_) => return None,
            JobState::Announced | JobState::Refused(_) => {}
        }
    }
    // What asks for capacity in the calm: events that are tried again, the backstop alarm.
    for made in &history.invocations {
        // It may have written its lease only after a freeze, and so may a tick.
        let asks = made.signal.endpoint() == Some(endpoint) && made.signal.is_wake();
        let late = |call: &CallMade| matches!(&call.ask, Ask::Put(of, ..) if of == id);
        if asks || (made.frozen && made.calls.iter().any(late)) {
            busy_until = busy_until.max(made.ended.unwrap_or(made.began).at);
        }
    }
    // A lease or a hold that stands when the calm begins is waited for.
    let at_calm = history.moments.partition_point(|moment| moment.at <= history.calm_from);
    let stand = &history.moments[at_calm.saturating_sub(1)].stands[endpoint];
    let lease = stand.records(id, history.calm_from).ends_at();
    // One that a person asked for just before may be written in the calm.
    let held = history.moments[at_calm..].iter().filter_map(|moment| {
        moment.stands[endpoint].records(id, moment.at).hold.map(Record::ends_at)
    });
    let lease = held.max().max(lease).unwrap_or(Timestamp::MIN);
    // W comes on top of the idle window that follows an input.
    let end = (busy_until + idle + MINUTE).max(lease) + lag + three_ticks + off;
    if end >= history.ends {
        return None;
    }
    let then = history.moments.partition_point(|moment| moment.at <= end);
    let later = &history.moments[then.saturating_sub(1)..];
    if is_owners(history, id, endpoint) {
        return None;
    }
    let up = later.iter().find(|moment| {
        let stand = &moment.stands[endpoint];
        let served = stand.endpoint.as_ref();
        let settled = served.is_some_and(|found| found.status == EndpointStatus::InService);
        stand.desired > 0 || (settled && stand.target.as_ref().is_some_and(|t| t.min > 0))
    })?;
    let stand = &up.stands[endpoint];
    Some(format!(
        "{} has {} instances and MinCapacity {:?} after {end}, with no work since {busy_until}",
        id.endpoint,
        stand.desired,
        stand.target.as_ref().map(|target| target.min)
    ))
}
