//! Rule 1, with results: at zero, a tick that cannot read the ledger keeps the record, so that the next ticks read the
//! ledger. After an hour it does so no longer.

use jiff::SignedDuration;
use reactive_scaler::{
    decide::tick::EXTENSION,
    port::{EndpointStatus, VariantId},
};

use crate::{
    call::{Request, Response},
    event_log::{CallMade, EventLog, Invocation, InvocationEnd, Signal},
    plan::Plan,
    state_history::EndpointState,
};

/// A tick deletes a record this long before its R.
const SPARE: SignedDuration = EXTENSION;

/// How long an unreadable ledger keeps a record, less a minute for the ticks.
const PATIENCE: SignedDuration = SignedDuration::from_mins(59);

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    let ticks = log.invocations.iter().filter(|made| made.signal == Signal::Tick);
    ticks.into_iter().find_map(|tick| {
        (0..plan.endpoints.len())
            .filter(|endpoint| plan.endpoints[*endpoint].results)
            .find_map(|endpoint| lost(log, tick, endpoint))
    })
}

fn lost(log: &EventLog, tick: &Invocation, endpoint: usize) -> Option<String> {
    let id = &log.ids[endpoint];
    // A tick that was stopped in between could not keep anything. If it has no time left, it says so.
    let went_on = match &tick.end {
        InvocationEnd::Answered(_) => true,
        InvocationEnd::Failed(message) => {
            let says = |text| message.contains(text);
            !((tick.frozen || tick.used_its_time())
                && (says("time was up") || says("are not looked at in time")))
        }
        InvocationEnd::Running | InvocationEnd::Killed | InvocationEnd::OutOfTime => false,
    };
    let ended = tick.ended.filter(|_| went_on)?;
    let now = tick.began.at + SignedDuration::from_secs(tick.ahead);
    let only_the_ledger_failed = tick.calls.iter().all(|call| {
        call.request.is_of_ledger()
            || call.answered.is_some()
                && call.effect.as_ref().is_some_and(|effect| {
                    !effect.stale && !matches!(effect.response, Response::Failed(_))
                })
    });
    if !only_the_ledger_failed || !could_not_read(tick, id) || is_long(log, tick, id) {
        return None;
    }
    let all_day = log.states(tick.began, ended, endpoint).all(is_at_rest);
    let before = log.states(tick.began, tick.began, endpoint).next()?.records(id, now);
    // Another clock can have set it. A record with less than a minute until R may not be seen any more.
    let minute = SignedDuration::from_mins(1);
    let runs_out = before
        .release_at()
        .is_some_and(|release| release > now + minute && release <= now + SPARE - minute / 4);
    let after = log.states(ended, ended, endpoint).next()?.records(id, now);
    let is_kept = after.release_at().is_some_and(|release| release > now + SPARE);
    (all_day && before.exist() && runs_out && !is_kept).then(|| {
        format!(
            "{} could not read the ledger of {id} and kept no record until {}: {after:?}",
            tick.cause, ended.at
        )
    })
}

/// Whether each read of the ledger failed, and the first one was answered.
fn could_not_read(tick: &Invocation, id: &VariantId) -> bool {
    let reads = || {
        let is_it = |call: &&CallMade| matches!(&call.request, Request::Items(name, _) if *name == id.endpoint);
        tick.calls.iter().filter(is_it)
    };
    let failed = |call: &CallMade| {
        let failed = |response: &Response| matches!(response, Response::Failed(_));
        call.answered.is_none() || call.effect.as_ref().is_some_and(|e| failed(&e.response))
    };
    reads().count() > 0 && reads().all(failed)
}

/// Whether this container cannot read the ledger for about an hour.
fn is_long(log: &EventLog, tick: &Invocation, id: &VariantId) -> bool {
    log.invocations.iter().any(|earlier| {
        (earlier.container, earlier.generation) == (tick.container, tick.generation)
            && earlier.began.at + PATIENCE <= tick.began.at
            && could_not_read(earlier, id)
    })
}

/// Whether it is at zero, and could be woken.
fn is_at_rest(state: &EndpointState) -> bool {
    let is_settled =
        state.endpoint.as_ref().is_some_and(|it| it.status == EndpointStatus::InService);
    let can_scale = state
        .target
        .as_ref()
        .is_some_and(|it| it.max > 0 && it.min == 0 && !it.suspended.scaling_out);
    state.desired == 0 && is_settled && can_scale
}
