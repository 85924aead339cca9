//! Rule 2: a wake never scales in, and never leaves the bounds of the scalable target that were
//! read.

use reactive_scaler::{
    decide::MinOwner,
    port::{ScalableTarget, VariantId},
};

use crate::{
    call::{self, Request, Response},
    event_log::{CallMade, EventLog, Invocation, InvocationEnd},
    plan::{EndpointPlan, Plan},
};

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    log.invocations.iter().find_map(|made| {
        made.calls.iter().find_map(|call| match &call.request {
            Request::SetCapacity(id, to) if *to > 0 => {
                out_of_bounds(plan, made, call, id, *to).or_else(|| scaled_in(made, call, id))
            }
            // When the floor is raised or removed, Application Auto Scaling adjusts the capacity to
            // the bounds. This can scale in only before a sleep.
            Request::SetMin(id, min) if *min > 0 || !goes_to_sleep(made, call, id) => {
                scaled_in(made, call, id)
            }
            _ => None,
        })
    })
}

fn scaled_in(made: &Invocation, call: &CallMade, id: &VariantId) -> Option<String> {
    let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
    let (before, after) = (effect.before.as_ref()?.desired, effect.after.as_ref()?.desired);
    // AWS has no compare-and-set. A change after the last read cannot be seen.
    let answers = made.answers();
    let looks = answers.iter().rev().filter(|(.., answered)| *answered < call.requested);
    let shown = looks.filter(|(read, ..)| read.request.endpoint() == Some(&id.endpoint)).find_map(
        |(_, effect, _)| match &effect.response {
            Response::Endpoint(Some(shown)) => Some(call::shown_desired(shown, id)),
            _ => None,
        },
    );
    let max = |target: Option<&ScalableTarget>| target.map(|target| target.max);
    let target = effect.before.as_ref().and_then(|state| state.target.as_ref());
    let changed = shown.is_some_and(|desired| desired != Some(before))
        || max(last_target(made, call, id).as_ref()) != max(target);
    (after < before && !changed).then(|| {
        format!(
            "{} ({:?}) scaled {} in from {before} to {after} by {:?} at {}",
            made.cause, made.signal, id.endpoint, call.request, effect.when.at
        )
    })
}

/// Whether a last look followed, or was prevented.
fn goes_to_sleep(made: &Invocation, call: &CallMade, id: &VariantId) -> bool {
    let looked = made.calls.iter().any(|read| {
        read.request == Request::Actions(id.clone()) && read.requested > call.requested
    });
    // After a failed write, this one or the one that cancels the record, a sleep stops.
    let failed = made.calls.iter().any(|next| {
        next.request.variant() == Some(id)
            && next.request.operation().is_write()
            && next.requested >= call.requested
            && next.effect.as_ref().is_some_and(|e| matches!(e.response, Response::Failed(_)))
    });
    let went_on = match &made.end {
        InvocationEnd::Answered(_) => true,
        InvocationEnd::Failed(text) => !text.contains("time was up"),
        InvocationEnd::Running | InvocationEnd::Killed | InvocationEnd::OutOfTime => false,
    };
    looked || failed || !went_on
}

fn out_of_bounds(
    plan: &Plan,
    made: &Invocation,
    call: &CallMade,
    id: &VariantId,
    to: i32,
) -> Option<String> {
    let is_it = |of: &&EndpointPlan| of.name == id.endpoint && of.variant == id.variant;
    let of = plan.endpoints.iter().find(is_it)?;
    let Some(target) = last_target(made, call, id) else {
        let unreadable = made.answers().iter().any(|(read, effect, _)| {
            matches!(&read.request, Request::Target(of) if of == id)
                && matches!(effect.response, Response::Failed(_))
        });
        let most =
            if unreadable { 1 } else { of.wake_to.max(of.inputs_per_instance.map_or(0, |_| 100)) };
        return (to > most).then(|| {
            format!(
                "{} ({:?}) asked for {to} instances of {} without bounds",
                made.cause, made.signal, id.endpoint
            )
        });
    };
    // A tick requests the owner's minimum, and no more.
    let stood = call.effect.as_ref().and_then(|effect| effect.before.as_ref());
    let by_owner = !made.signal.is_wake()
        && stood.is_some_and(|stood| {
            let records = stood.records(id, call.requested.at);
            stood.target.as_ref().is_some_and(|t| MinOwner::of(t, &records) == MinOwner::Owner)
        });
    let wanted = if by_owner { 1 } else { of.wake_to };
    if to < wanted.min(target.max) && shown_desired(made, call, id) == Some(0) {
        return Some(format!(
            "{} ({:?}) asked for {to} instances of {}, which is to wake to {}",
            made.cause, made.signal, id.endpoint, of.wake_to
        ));
    }
    let within = target.max >= to && target.min <= to;
    (!within).then(|| {
        format!(
            "{} ({:?}) asked for {to} instances of {} within {}..={}",
            made.cause, made.signal, id.endpoint, target.min, target.max
        )
    })
}

/// The desired capacity in the last response before a call.
fn shown_desired(made: &Invocation, call: &CallMade, id: &VariantId) -> Option<i32> {
    let answers = made.answers();
    let looks = answers.iter().rev().filter(|(.., answered)| *answered < call.requested);
    looks.filter(|(read, ..)| read.request.endpoint() == Some(&id.endpoint)).find_map(
        |(_, effect, _)| match &effect.response {
            Response::Endpoint(Some(shown)) => call::shown_desired(shown, id),
            _ => None,
        },
    )
}

/// The scalable target in the last response before a call.
fn last_target(made: &Invocation, call: &CallMade, id: &VariantId) -> Option<ScalableTarget> {
    let mut last = None;
    for (_, effect, answered) in made.answers() {
        if answered >= call.requested {
            break;
        }
        match &effect.response {
            Response::Target(Some(target)) if target.id == *id => last = Some(target.clone()),
            Response::Targets(all) => {
                last = all.iter().find(|target| target.id == *id).cloned().or(last);
            }
            _ => {}
        }
    }
    last
}
