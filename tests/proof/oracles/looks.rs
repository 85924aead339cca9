//! Rule 1, the tick looks at every endpoint that has a record, within the promised number of ticks: in one
//! of two, or of four where calls are throttled.

use jiff::SignedDuration;

use super::seen::{troubles, was_told_the_lists};
use crate::{
    call::Ask,
    history::{End, History, Signal},
    plan::{Plan, Trouble},
};

pub fn broken(plan: &Plan, history: &History) -> Option<String> {
    (0..plan.endpoints.len()).find_map(|endpoint| {
        let id = &history.ids[endpoint];
        let mut missed = 0;
        history.invocations.iter().filter(|made| made.signal == Signal::Tick).find_map(|tick| {
            let ended = tick.ended?;
            let counts =
                matches!(tick.end, End::Answered(_) | End::Failed(_)) && was_told_the_lists(tick);
            if !counts {
                return None;
            }
            let recorded = history
                .stands(tick.began, ended, endpoint)
                .all(|stand| stand.records(id, ended.at + SignedDuration::from_mins(1)).stand());
            let look = Ask::Endpoint(id.endpoint.clone());
            let looked = tick.calls.iter().any(|call| call.ask == look);
            missed = if recorded && !looked { missed + 1 } else { 0 };
            let limited = troubles(plan, history).any(|(from, until, trouble)| {
                matches!(trouble, Trouble::Limit { .. })
                    && (from..=until + SignedDuration::from_mins(4)).contains(&tick.began.at)
            });
            (missed >= if limited { 4 } else { 2 }).then(|| {
                format!(
                    "{missed} ticks in a row did not look at {id}, which has a record, until {}",
                    ended.at
                )
            })
        })
    })
}
