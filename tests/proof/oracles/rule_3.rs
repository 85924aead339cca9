//! Rule 3, no sleep over work: as far as anything handled before its last look can tell, never to
//! zero with backlog above 0, a live lease, unknown or stale metrics, an endpoint that is not
//! `InService`, a min above 0, no registration, or scaling in suspended.
//!
//! What it could tell is what AWS had shown it. The instance of a request whose event is still on
//! its way, or that has none and shows in no metric yet, may go (Limits).

use jiff::SignedDuration;
use reactive_scaler::{
    lease::Records,
    port::{Datapoint, EndpointStatus, VariantId},
};

use super::rule_1;
use crate::{
    call::{Ask, Shown},
    history::{CallMade, History, Invocation, When},
    plan::Plan,
};

/// The evidence may be as old at the last look as an invocation may last.
const EVIDENCE_AGE: SignedDuration = SignedDuration::from_secs(60);

pub fn broken(plan: &Plan, history: &History) -> Option<String> {
    let handled = || history.invocations.iter().find_map(|made| over_handled(plan, history, made));
    history
        .invocations
        .iter()
        .find_map(|made| {
            made.calls.iter().find_map(|call| {
                let Ask::SetCapacity(id, 0) = &call.ask else { return None };
                let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
                let endpoint = history.ids.iter().position(|known| known == id)?;
                let idle = SignedDuration::from_mins(plan.endpoints[endpoint].idle_minutes.max(5));
                let why = over_work(history, made, call, id, idle).err()?;
                Some(format!(
                    "{} ({:?}) put {} to zero at {}: {why}",
                    made.cause, made.signal, id.endpoint, effect.when.at
                ))
            })
        })
        .or_else(handled)
}

/// What was handled before a last look went out is to be seen by it, whatever it was shown.
fn over_handled(plan: &Plan, history: &History, handled: &Invocation) -> Option<String> {
    let claim = rule_1::claim(plan, history, handled)?;
    let id = &history.ids[claim.endpoint];
    history.invocations.iter().find_map(|made| {
        made.calls.iter().find_map(|sleep| {
            let effect = sleep.effect.as_ref().filter(|effect| effect.accepted)?;
            if sleep.ask != Ask::SetCapacity(id.clone(), 0) || effect.when.at >= claim.until {
                return None;
            }
            let answers = made.answers();
            let before = answers.iter().rev().filter(|(.., answered)| *answered < sleep.asked);
            let mut looks = before.filter(|(read, ..)| read.ask == Ask::Actions(id.clone()));
            let (look, shown, _) = looks.next()?;
            let seen = look.asked > claim.ended && !shown.stale;
            (seen && rule_1::kept(plan, history, &claim, effect.when)).then(|| {
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
    history: &History,
    made: &Invocation,
    sleep: &CallMade,
    id: &VariantId,
    idle: SignedDuration,
) -> Result<(), String> {
    let ahead = SignedDuration::from_secs(made.ahead);
    let answers = made.answers();
    let before: Vec<_> =
        answers.iter().filter(|(_, _, answered)| *answered < sleep.asked).collect();
    // A tick is about several endpoints; what was read of the others says nothing of this one.
    let ours = |ask: &Ask| ask.endpoint().is_none_or(|name| name == id.endpoint);
    let before: Vec<_> = before.into_iter().filter(|(call, ..)| ours(&call.ask)).collect();
    let evidence = before
        .iter()
        .rposition(|(call, ..)| call.ask == Ask::Backlog(id.endpoint.clone()))
        .ok_or("it looked at no metric")?;
    let (metric, shown, answered) = before[evidence];
    let Shown::Backlog(points) = &shown.shown else {
        return Err("it could not read the metric".to_owned());
    };
    let judged_at = answered.at + ahead;

    // The lease that was to be judged, as it was shown before the evidence.
    let first = before[..evidence].iter().rev().find_map(|(_, effect, _)| match &effect.shown {
        Shown::Actions(actions) => Some(Records::read(actions, id, metric.asked.at + ahead)),
        _ => None,
    });
    let first = first.ok_or("it saw no lease before the evidence")?;
    let end = first.ends_at().filter(|end| *end <= judged_at).unwrap_or(judged_at);
    idle_since(points, end - idle, judged_at)?;

    // The last look came after the evidence, and after the floor went.
    let after = &before[evidence + 1..];
    let floor = after.iter().rposition(|(call, ..)| matches!(call.ask, Ask::SetMin(..)));
    let look = &after[floor.map_or(0, |floor| floor + 1)..];
    // It judges once all of its reads are answered.
    let looked_at = look.last().map(|(_, _, looked)| looked.at + ahead).unwrap_or(judged_at);
    let (mut status, mut target, mut records, mut stale) = (None, None, None, false);
    for (_, effect, looked) in look {
        if looked.at.duration_since(answered.at) > EVIDENCE_AGE && !made.frozen {
            return Err("its evidence was older than an invocation may last".to_owned());
        }
        match &effect.shown {
            Shown::Endpoint(shown) => status = shown.as_ref().map(|shown| shown.status),
            Shown::Target(shown) => (target, stale) = (shown.clone(), effect.stale),
            Shown::Actions(actions) => {
                records = Some(Records::read(actions, id, looked_at));
                if records.is_some_and(|records| records.live(looked_at)) {
                    return Err("a lease was live at its last look".to_owned());
                }
            }
            _ => {}
        }
    }
    let target = target.ok_or("its last look saw no scalable target")?;
    let records = records.ok_or("its last look saw no lease")?;
    if status != Some(EndpointStatus::InService) {
        return Err(format!("its last look saw the status {status:?}"));
    }
    // After it has taken the floor, a MinCapacity above 0 is somebody else's: a person's, where no
    // other invocation put the floor back meanwhile.
    let taken =
        floor.map(|floor| after[floor]).filter(|(_, effect, _)| effect.shown == Shown::Done);
    let put_back = |since: When| {
        let calls = history.invocations.iter().flat_map(|made| &made.calls);
        let mut floors = calls.filter(|call| call.ask == Ask::SetMin(id.clone(), 1));
        floors.any(|call| {
            call.effect
                .as_ref()
                .is_some_and(|effect| effect.when > since && effect.when < sleep.asked)
        })
    };
    let taken = !stale && taken.is_some_and(|(_, effect, _)| !put_back(effect.when));
    if target.min > 1 || (target.min == 1 && (taken || !records.stand())) {
        return Err(format!("its last look saw a MinCapacity of {}", target.min));
    }
    if target.suspended.scaling_in {
        return Err("scaling in was suspended at its last look".to_owned());
    }
    Ok(())
}

/// At least 3 datapoints, all 0, all stamped after `since`, the newest less than 5 minutes old.
fn idle_since(
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
