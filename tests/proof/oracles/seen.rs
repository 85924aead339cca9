//! What the judges of the second family have in common: which ticks count, and which endpoints could be
//! woken.

use jiff::Timestamp;

use super::rule_1;
use crate::{
    call::{Ask, Shown},
    history::{End, History, Invocation, Signal, When},
    past::Stand,
    plan::{At, Plan, Trouble, What},
};

/// Ticks that nothing went wrong in and that ended, in order.
pub fn clean_ticks(history: &History) -> impl Iterator<Item = (&Invocation, When)> {
    let ticks = history.invocations.iter().filter(|made| made.signal == Signal::Tick);
    ticks
        .filter(|made| !made.troubled && matches!(made.end, End::Answered(_) | End::Failed(_)))
        .filter_map(|made| Some((made, made.ended?)))
}

/// Whether a tick was told all targets and all records.
pub fn was_told_the_lists(tick: &Invocation) -> bool {
    let told = |ask: &Ask| {
        let mut answers = tick.answers().into_iter();
        answers
            .any(|(call, effect, _)| call.ask == *ask && !matches!(effect.shown, Shown::Failed(_)))
    };
    told(&Ask::Targets) && told(&Ask::AllActions)
}

/// The troubles of a plan, with the time from which on each of them is over.
pub fn troubles<'a>(
    plan: &'a Plan,
    history: &'a History,
) -> impl Iterator<Item = (Timestamp, Timestamp, &'a Trouble)> {
    let time = |at: At| history.start + std::time::Duration::from_millis(at.min(plan.calm_from));
    plan.happenings.iter().filter_map(move |happening| {
        let What::Trouble(trouble) = &happening.what else { return None };
        let lasting = match trouble {
            Trouble::Calls { lasting, .. }
            | Trouble::Asked { lasting, .. }
            | Trouble::Limit { lasting, .. }
            | Trouble::Latency { lasting, .. }
            | Trouble::Stale { lasting, .. }
            | Trouble::Freeze { lasting, .. }
            | Trouble::Slow { lasting } => *lasting,
            Trouble::Kill { .. } => 0,
        };
        Some((time(happening.at), time(happening.at + lasting), trouble))
    })
}

/// Whether an endpoint at zero could be woken all the time.
pub fn could_be_woken(
    plan: &Plan,
    history: &History,
    endpoint: usize,
    from: When,
    until: When,
) -> bool {
    let all = history.stands(from, until, endpoint);
    all.into_iter().all(|stand| stand.desired == 0 && rule_1::wakeable(plan, stand))
}

/// Whether it had an instance, or one on its way, at some time.
pub fn was_up(history: &History, endpoint: usize, from: When, until: When) -> bool {
    history.stands(from, until, endpoint).any(|stand: &Stand| stand.desired > 0)
}
