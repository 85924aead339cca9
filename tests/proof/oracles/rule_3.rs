//! Rule 3, no sleep while there is work: the function never sets the capacity to zero if it could
//! see, at its last look, a backlog above 0, a live lease, unknown or stale metrics, an endpoint
//! that is not `InService`, a minimum above 0, no registration, or suspended scale-in. The exception is a
//! forced sleep of a variant that is not registered.
//!
//! The function can see what the responses of AWS contained. A request is an exception if its event
//! has not arrived, or if it has no event and is not in a metric yet (Limits).

use jiff::SignedDuration;
use reactive_scaler::{
    lease::Records,
    port::{Datapoint, EndpointStatus, VariantId},
};

use super::rule_1;
use crate::{
    call::{Request, Response},
    event_log::{CallMade, EventLog, EventTime, Invocation, Signal},
    plan::{Command, Plan},
};

/// The maximum age of the evidence at the last look: the maximum duration of an invocation.
const EVIDENCE_AGE: SignedDuration = SignedDuration::from_secs(60);

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    let handled = || log.invocations.iter().find_map(|made| over_handled(plan, log, made));
    log.invocations
        .iter()
        .find_map(|made| {
            made.calls.iter().find_map(|call| {
                let Request::SetCapacity(id, 0) = &call.request else { return None };
                let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
                let endpoint = log.ids.iter().position(|known| known == id)?;
                let of = &plan.endpoints[endpoint];
                if of.results {
                    // A sleep can have another reason: `known_work`.
                    return None;
                }
                let idle = of.window();
                let why = over_work(log, made, call, id, idle).err()?;
                Some(format!(
                    "{} ({:?}) put {} to zero at {}: {why}",
                    made.cause, made.signal, id.endpoint, effect.when.at
                ))
            })
        })
        .or_else(handled)
}

/// The last look must see everything that was handled before it, independent of its response.
fn over_handled(plan: &Plan, log: &EventLog, handled: &Invocation) -> Option<String> {
    let claim = rule_1::claim(plan, log, handled)?;
    let id = &log.ids[claim.endpoint];
    log.invocations.iter().find_map(|made| {
        made.calls.iter().find_map(|sleep| {
            let effect = sleep.effect.as_ref().filter(|effect| effect.accepted)?;
            if sleep.request != Request::SetCapacity(id.clone(), 0) || effect.when.at >= claim.until
            {
                return None;
            }
            let answers = made.answers();
            let before = answers.iter().rev().filter(|(.., answered)| *answered < sleep.requested);
            let mut looks =
                before.filter(|(read, ..)| read.request == Request::Actions(id.clone()));
            let (look, shown, _) = looks.next()?;
            let seen = look.requested > claim.ended && !shown.stale;
            (seen && rule_1::kept(plan, log, &claim, effect.when)).then(|| {
                format!(
                    "{} ({:?}) put {} to zero at {} over what {} ({:?}) handled until {}",
                    made.cause,
                    made.signal,
                    id.endpoint,
                    effect.when.at,
                    handled.cause,
                    handled.signal,
                    claim.ended.at
                )
            })
        })
    })
}

fn over_work(
    log: &EventLog,
    made: &Invocation,
    sleep: &CallMade,
    id: &VariantId,
    idle: SignedDuration,
) -> Result<(), String> {
    let ahead = SignedDuration::from_secs(made.ahead);
    let answers = made.answers();
    let before: Vec<_> =
        answers.iter().filter(|(_, _, answered)| *answered < sleep.requested).collect();
    // A tick reads several endpoints. Reads of other endpoints do not count.
    let ours = |request: &Request| request.is_about(id);
    let before: Vec<_> = before.into_iter().filter(|(call, ..)| ours(&call.request)).collect();
    let evidence = before
        .iter()
        .rposition(|(call, ..)| call.request == Request::Backlog(id.endpoint.clone()))
        .ok_or("it looked at no metric")?;
    let (metric, shown, answered) = before[evidence];
    let Response::Backlog(points) = &shown.response else {
        return Err("it could not read the metric".to_owned());
    };
    let decided_at = answered.at + ahead;

    // The lease in the last response before the evidence.
    let first = before[..evidence].iter().rev().find_map(|(_, effect, _)| match &effect.response {
        Response::Actions(actions) => Some(Records::read(actions, id, metric.requested.at + ahead)),
        _ => None,
    });
    // A variant that is not registered has no records, so a person can put it to zero without them.
    let is_forced = matches!(made.signal, Signal::Command(_, Command::Sleep { force: true }));
    let registered = before[..evidence].iter().rev().find_map(|(_, effect, _)| {
        if let Response::Target(shown) = &effect.response { Some(shown.is_some()) } else { None }
    });
    let without_records = is_forced && registered == Some(false);
    let first = match first {
        None if without_records => Records::default(),
        first => first.ok_or("it saw no lease before the evidence")?,
    };
    let end = first.ends_at().filter(|end| *end <= decided_at).unwrap_or(decided_at);
    idle_since(points, end - idle, decided_at)?;

    // The last look comes after the evidence, and after the floor was removed.
    let after = &before[evidence + 1..];
    let floor = after.iter().rposition(|(call, ..)| matches!(call.request, Request::SetMin(..)));
    let look = &after[floor.map_or(0, |floor| floor + 1)..];
    // The decision is made after all reads are answered.
    let looked_at = look.last().map(|(_, _, looked)| looked.at + ahead).unwrap_or(decided_at);
    let (mut status, mut target, mut records, mut stale) = (None, None, None, false);
    let mut is_unregistered = false;
    for (_, effect, looked) in look {
        if looked.at.duration_since(answered.at) > EVIDENCE_AGE && !made.frozen {
            return Err("its evidence was older than an invocation may last".to_owned());
        }
        match &effect.response {
            Response::Endpoint(shown) => status = shown.as_ref().map(|shown| shown.status),
            Response::Target(shown) => {
                (target, stale, is_unregistered) = (shown.clone(), effect.stale, shown.is_none());
            }
            Response::Actions(actions) => {
                records = Some(Records::read(actions, id, looked_at));
                if records.is_some_and(|records| records.live(looked_at)) {
                    return Err("a lease was live at its last look".to_owned());
                }
            }
            _ => {}
        }
    }
    let records = records.ok_or("its last look saw no lease")?;
    if status != Some(EndpointStatus::InService) {
        return Err(format!("its last look saw the status {status:?}"));
    }
    if is_unregistered && is_forced {
        return Ok(());
    }
    let target = target.ok_or("its last look saw no scalable target")?;
    // After the function has removed its floor, a MinCapacity above 0 belongs to a person, unless
    // another invocation has set the floor again.
    let taken =
        floor.map(|floor| after[floor]).filter(|(_, effect, _)| effect.response == Response::Done);
    let put_back = |since: EventTime| {
        let calls = log.invocations.iter().flat_map(|made| &made.calls);
        let mut floors = calls.filter(|call| call.request == Request::SetMin(id.clone(), 1));
        floors.any(|call| {
            call.effect
                .as_ref()
                .is_some_and(|effect| effect.when > since && effect.when < sleep.requested)
        })
    };
    let taken = !stale && taken.is_some_and(|(_, effect, _)| !put_back(effect.when));
    if target.min > 1 || (target.min == 1 && (taken || !records.exist())) {
        return Err(format!("its last look saw a MinCapacity of {}", target.min));
    }
    if target.suspended.scaling_in {
        return Err("scaling in was suspended at its last look".to_owned());
    }
    Ok(())
}

/// Checks for at least 3 datapoints after `since`, all of them 0, the newest less than 5 minutes
/// old.
pub fn idle_since(
    points: &[Datapoint],
    since: jiff::Timestamp,
    now: jiff::Timestamp,
) -> Result<(), String> {
    let relevant: Vec<_> = points.iter().filter(|p| p.at > since && p.at <= now).collect();
    if let Some(busy) = relevant.iter().find(|point| point.value != 0.0) {
        return Err(format!("the backlog of {} was {}", busy.at, busy.value));
    }
    let newest = relevant.iter().map(|point| point.at).max();
    if relevant.len() < 3 {
        return Err(format!("{} datapoints since {since} prove nothing", relevant.len()));
    }
    if newest.is_none_or(|at| now.duration_since(at) >= SignedDuration::from_mins(5)) {
        return Err(format!("the newest datapoint was stale: {newest:?}"));
    }
    Ok(())
}
