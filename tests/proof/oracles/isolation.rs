//! Rule 1, one endpoint's fault delays no other's capacity: the input of an endpoint that is in order, at
//! zero and updatable leads to a capacity call within seconds, whatever does not answer beside it.

use jiff::SignedDuration;

use super::{
    rule_1,
    seen::{could_be_woken, troubles, was_up},
};
use crate::{
    call::Ask,
    history::{End, History, Invocation, Signal, When},
    plan::{About, Bad, Plan, Reach, Trouble},
};

/// A call takes 10 to 95 ms in these worlds.
const USUAL: SignedDuration = SignedDuration::from_secs(3);

/// Beside a call that does not answer: the bound of a read that the capacity call does not need is 3 s.
const BESIDE: SignedDuration = SignedDuration::from_millis(4500);

/// W.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(60);

/// Which of several is the newest takes a bound of its own.
const NEWEST: SignedDuration = SignedDuration::from_secs(7);

pub fn broken(plan: &Plan, history: &History) -> Option<String> {
    history.invocations.iter().find_map(|made| {
        let Signal::Inputs(_) = made.signal else { return None };
        let bounded = (0..plan.endpoints.len()).filter(|one| made.signal.is_input_for(*one));
        bounded.filter_map(|one| Some((one, bound(plan, history, made, one)?))).find_map(
            |(endpoint, within)| {
                let until = When { at: made.began.at + within, order: u64::MAX };
                let then = history.moments.partition_point(|moment| moment.at <= until.at);
                let until = When { order: history.moments.get(then.checked_sub(1)?)?.order, ..until };
                let id = &history.ids[endpoint];
                let asked = history.invocations.iter().flat_map(|made| &made.calls).any(|call| {
                    matches!(&call.ask, Ask::SetCapacity(of, 1..) if of == id)
                        && call.asked.at >= made.began.at - SignedDuration::from_secs(2)
                        && call.asked.at <= until.at
                });
                let ended = made.ended.is_none_or(|ended| ended.at > until.at)
                    || matches!(made.end, End::Answered(_) | End::Failed(_));
                let asleep = could_be_woken(plan, history, endpoint, made.began, until);
                (asleep && ended && !asked && !was_up(history, endpoint, made.began, until)).then(|| {
                    format!(
                        "{} for {id} began at {}, and no capacity was asked for within {within:#}",
                        made.cause, made.began.at
                    )
                })
            },
        )
    })
}

/// How long it may take; `None` where its own fault delays it.
fn bound(
    plan: &Plan,
    history: &History,
    made: &Invocation,
    endpoint: usize,
) -> Option<SignedDuration> {
    let reach = plan.endpoints[endpoint].reach;
    // Where a look found the endpoint busy, the lease remembers, and a tick asks for capacity (Limits).
    let relied = When { at: made.began.at - REMEMBERED, order: 0 };
    let since = history.moments.partition_point(|moment| moment.at < relied.at);
    let order = history.moments.get(since.saturating_sub(1)).map_or(0, |moment| moment.order);
    let mut stands = history.stands(When { order, ..relied }, made.began, endpoint);
    if !stands.all(|stand| rule_1::wakeable(plan, stand)) {
        return None;
    }
    let usual = if reach == Reach::Newest { NEWEST } else { USUAL };
    let active = troubles(plan, history).filter(|(from, until, trouble)| {
        let own =
            matches!(trouble, Trouble::Asked { about: About::Endpoint(of), .. } if *of == endpoint);
        // A container relies for up to W on looks at the endpoint that have failed (Limits).
        let until = if own { *until + REMEMBERED } else { *until };
        *from <= made.began.at && made.began.at <= until
    });
    // Where it cannot be told which endpoint an input means, nothing is promised within seconds.
    let named = matches!(reach, Reach::Named | Reach::InKey);
    active.map(|(.., trouble)| trouble).try_fold(usual, |bound, trouble| match trouble {
        Trouble::Asked { about: About::Endpoint(of), .. } if *of == endpoint => None,
        Trouble::Asked { about: About::Endpoint(_), bad: Bad::Hangs, .. } => {
            (reach != Reach::SdkModel).then_some(if named { BESIDE } else { NEWEST })
        }
        Trouble::Asked { about: About::Endpoint(_), .. } => Some(NEWEST),
        Trouble::Asked { about: About::Capacity(_), .. } => None,
        Trouble::Asked { about: About::Target(_) | About::Listing, bad, .. } => {
            let fits = named || matches!(trouble, Trouble::Asked { about: About::Target(_), .. });
            (fits && *bad == Bad::Hangs && reach != Reach::SdkModel).then_some(if named {
                BESIDE
            } else {
                NEWEST
            })
        }
        // A listing, a look at all candidates side by side, and the call.
        Trouble::Latency { .. } => Some(bound.max(SignedDuration::from_secs(15))),
        _ => None,
    })
}
