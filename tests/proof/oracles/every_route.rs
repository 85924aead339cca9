//! Rule 1 for every kind of route: an input that the function has seen leads to capacity, with any
//! single disruption.

use super::visible::{clean_ticks, could_be_woken, disruptions, got_the_lists, was_up};
use crate::{
    event_log::{EventLog, Invocation, InvocationEnd, Signal},
    plan::{CallTarget, Disruption, Plan, RouteKind},
};

/// The number of attempts by Lambda.
const ATTEMPTS: u32 = 3;

/// The ticks within which capacity must be requested: two, and one that might have started too
/// early.
const TICKS: usize = 3;

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    log.invocations.iter().find_map(|last| {
        let Signal::Inputs(_) = last.signal else { return None };
        let ended = last.ended?;
        let over = matches!(last.end, InvocationEnd::Answered(_)) || last.attempt + 1 >= ATTEMPTS;
        if !over {
            return None;
        }
        let chain = || log.invocations.iter().filter(|made| made.cause == last.cause);
        let began = chain().map(|made| made.began).min()?;
        let matching = || disruptions(plan, log).filter(|(from, ..)| *from <= ended.at);
        let settled =
            matching().map(|(_, until, _)| until).max().map_or(ended.at, |u| u.max(ended.at));
        let ticks =
            clean_ticks(log).filter(|(tick, _)| tick.began.at > settled && got_the_lists(tick));
        let ticks: Vec<_> = ticks.take(TICKS).collect();
        let (first, _) = *ticks.first()?;
        let (_, until) = *ticks.get(TICKS - 1)?;
        let loud = chain()
            .all(|made| matches!(made.end, InvocationEnd::Failed(_) | InvocationEnd::OutOfTime));
        (0..plan.endpoints.len()).filter(|one| last.signal.is_input_for(*one)).find_map(
            |endpoint| {
                if loud
                    && matching()
                        .any(|(.., disruption)| cannot_determine(plan, endpoint, disruption))
                {
                    return None;
                }
                let asleep = could_be_woken(plan, log, endpoint, first.began, until);
                let group_is_up = plan.endpoints[endpoint].route_kind == RouteKind::Newest
                    && matching().any(|(.., disruption)| hides_the_newest(plan, disruption))
                    && plan.of(RouteKind::Newest).iter().any(|one| was_up(log, *one, began, until));
                let lost = asleep && !was_up(log, endpoint, began, until) && !group_is_up;
                lost.then(|| {
                    format!(
                        "{} for {} was handled until {} ({}), and at {} it is still at zero",
                        last.cause,
                        log.ids[endpoint],
                        ended.at,
                        result_text(last),
                        until.at
                    )
                })
            },
        )
    })
}

fn result_text(made: &Invocation) -> &'static str {
    if matches!(made.end, InvocationEnd::Answered(_)) { "with success" } else { "without success" }
}

/// If the function cannot determine the endpoint of an input, it fails. After three attempts by
/// Lambda, the input is lost.
fn cannot_determine(plan: &Plan, endpoint: usize, disruption: &Disruption) -> bool {
    let of = &plan.endpoints[endpoint];
    let no_name = match of.route_kind {
        RouteKind::Newest | RouteKind::All | RouteKind::SdkModel => true,
        RouteKind::SdkName => of.name.len() >= 51,
        RouteKind::Named | RouteKind::InKey => false,
    };
    match disruption {
        Disruption::MatchingCalls { about: CallTarget::Listing, .. } | Disruption::Limit { .. } => {
            no_name
        }
        Disruption::MatchingCalls { about: CallTarget::Endpoint(of), .. } => {
            no_name && plan.endpoints[endpoint].route_kind == RouteKind::SdkModel && *of == endpoint
        }
        _ => false,
    }
}

/// If the newest endpoint cannot be read, the input goes to the newest of the others.
fn hides_the_newest(plan: &Plan, disruption: &Disruption) -> bool {
    match disruption {
        Disruption::MatchingCalls { about: CallTarget::Endpoint(of), .. } => {
            plan.newest() == Some(*of)
        }
        Disruption::Limit { .. } => true,
        _ => false,
    }
}
