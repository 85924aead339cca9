//! Helpers of the oracles for the family `fleet`: which ticks count, and which endpoints can be
//! woken.

use jiff::Timestamp;

use super::rule_1;
use crate::{
    call::{Request, Response},
    event_log::{EventLog, EventTime, Invocation, InvocationEnd, Signal},
    plan::{At, Disruption, EventKind, Plan},
    state_history::EndpointState,
};

/// Ticks that ended without a disruption, in order.
pub fn clean_ticks(log: &EventLog) -> impl Iterator<Item = (&Invocation, EventTime)> {
    let ticks = log.invocations.iter().filter(|made| made.signal == Signal::Tick);
    ticks
        .filter(|made| {
            !made.troubled
                && matches!(made.end, InvocationEnd::Answered(_) | InvocationEnd::Failed(_))
        })
        .filter_map(|made| Some((made, made.ended?)))
}

/// Whether a tick got the lists of all targets and all records.
pub fn got_the_lists(tick: &Invocation) -> bool {
    let got = |request: &Request| {
        let mut answers = tick.answers().into_iter();
        answers.any(|(call, effect, _)| {
            call.request == *request && !matches!(effect.response, Response::Failed(_))
        })
    };
    got(&Request::Targets) && got(&Request::AllActions)
}

/// The disruptions of a plan, with their start and end times.
pub fn disruptions<'a>(
    plan: &'a Plan,
    log: &'a EventLog,
) -> impl Iterator<Item = (Timestamp, Timestamp, &'a Disruption)> {
    let time = |at: At| log.start + std::time::Duration::from_millis(at.min(plan.calm_from));
    plan.events.iter().filter_map(move |event| {
        let EventKind::Disruption(disruption) = &event.kind else { return None };
        let lasting = match disruption {
            Disruption::Calls { lasting, .. }
            | Disruption::MatchingCalls { lasting, .. }
            | Disruption::Limit { lasting, .. }
            | Disruption::Latency { lasting, .. }
            | Disruption::Stale { lasting, .. }
            | Disruption::Freeze { lasting, .. }
            | Disruption::Slow { lasting } => *lasting,
            Disruption::Kill { .. } | Disruption::Stop { .. } => 0,
        };
        Some((time(event.at), time(event.at + lasting), disruption))
    })
}

/// Whether an endpoint was at zero and could be woken for the whole time.
pub fn could_be_woken(
    plan: &Plan,
    log: &EventLog,
    endpoint: usize,
    from: EventTime,
    until: EventTime,
) -> bool {
    let all = log.states(from, until, endpoint);
    all.into_iter().all(|state| state.desired == 0 && rule_1::wakeable(plan, state))
}

/// Whether it had an instance, or one in progress, at some time.
pub fn was_up(log: &EventLog, endpoint: usize, from: EventTime, until: EventTime) -> bool {
    log.states(from, until, endpoint).any(|state: &EndpointState| state.desired > 0)
}
