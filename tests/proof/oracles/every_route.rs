//! Rule 1 for every kind of route: an input that was seen leads to capacity, whatever single fault strikes.

use super::seen::{clean_ticks, could_be_woken, troubles, was_told_the_lists, was_up};
use crate::{
    history::{End, History, Invocation, Signal},
    plan::{About, Plan, Reach, Trouble},
};

/// What Lambda tries in all.
const ATTEMPTS: u32 = 3;

/// Ticks after which capacity must have been asked for: two, and one that may have begun too early.
const TICKS: usize = 3;

pub fn broken(plan: &Plan, history: &History) -> Option<String> {
    history.invocations.iter().find_map(|last| {
        let Signal::Inputs(_) = last.signal else { return None };
        let ended = last.ended?;
        let over = matches!(last.end, End::Answered(_)) || last.attempt + 1 >= ATTEMPTS;
        if !over {
            return None;
        }
        let chain = || history.invocations.iter().filter(|made| made.cause == last.cause);
        let began = chain().map(|made| made.began).min()?;
        let struck = || troubles(plan, history).filter(|(from, ..)| *from <= ended.at);
        let settled =
            struck().map(|(_, until, _)| until).max().map_or(ended.at, |u| u.max(ended.at));
        let ticks = clean_ticks(history)
            .filter(|(tick, _)| tick.began.at > settled && was_told_the_lists(tick));
        let ticks: Vec<_> = ticks.take(TICKS).collect();
        let (first, _) = *ticks.first()?;
        let (_, until) = *ticks.get(TICKS - 1)?;
        let loud = chain().all(|made| matches!(made.end, End::Failed(_) | End::OutOfTime));
        (0..plan.endpoints.len()).filter(|one| last.signal.is_input_for(*one)).find_map(
            |endpoint| {
                if loud && struck().any(|(.., trouble)| cannot_tell(plan, endpoint, trouble)) {
                    return None;
                }
                let asleep = could_be_woken(plan, history, endpoint, first.began, until);
                let group_is_up = plan.endpoints[endpoint].reach == Reach::Newest
                    && struck().any(|(.., trouble)| hides_the_newest(plan, trouble))
                    && plan.of(Reach::Newest).iter().any(|one| was_up(history, *one, began, until));
                let lost = asleep && !was_up(history, endpoint, began, until) && !group_is_up;
                lost.then(|| {
                    format!(
                        "{} for {} was handled until {} ({}), and at {} it is still at zero",
                        last.cause,
                        history.ids[endpoint],
                        ended.at,
                        told(last),
                        until.at
                    )
                })
            },
        )
    })
}

fn told(made: &Invocation) -> &'static str {
    if matches!(made.end, End::Answered(_)) { "with success" } else { "in vain" }
}

/// Where nothing says which endpoint an input means, it fails loudly, and is lost when Lambda has tried it
/// three times.
fn cannot_tell(plan: &Plan, endpoint: usize, trouble: &Trouble) -> bool {
    let of = &plan.endpoints[endpoint];
    let no_name = match of.reach {
        Reach::Newest | Reach::All | Reach::SdkModel => true,
        Reach::SdkName => of.name.len() >= 51,
        Reach::Named | Reach::InKey => false,
    };
    match trouble {
        Trouble::Asked { about: About::Listing, .. } | Trouble::Limit { .. } => no_name,
        Trouble::Asked { about: About::Endpoint(of), .. } => {
            no_name && plan.endpoints[endpoint].reach == Reach::SdkModel && *of == endpoint
        }
        _ => false,
    }
}

/// The newest endpoint cannot be read: the newest of the others takes the input.
fn hides_the_newest(plan: &Plan, trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Asked { about: About::Endpoint(of), .. } => plan.newest() == Some(*of),
        Trouble::Limit { .. } => true,
        _ => false,
    }
}
