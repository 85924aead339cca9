//! Rule 1: a tick reads every endpoint that has a record, within one of two ticks, or one of four
//! while calls are throttled.

use jiff::SignedDuration;

use super::visible::{disruptions, got_the_lists};
use crate::{
    call::Request,
    event_log::{EventLog, InvocationEnd, Signal},
    plan::{Disruption, Plan},
};

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    (0..plan.endpoints.len()).find_map(|endpoint| {
        let id = &log.ids[endpoint];
        let mut missed = 0;
        log.invocations.iter().filter(|made| made.signal == Signal::Tick).find_map(|tick| {
            let ended = tick.ended?;
            let counts = matches!(tick.end, InvocationEnd::Answered(_) | InvocationEnd::Failed(_))
                && got_the_lists(tick);
            if !counts {
                return None;
            }
            let recorded = log
                .states(tick.began, ended, endpoint)
                .all(|state| state.records(id, ended.at + SignedDuration::from_mins(1)).exist());
            let look = Request::Endpoint(id.endpoint.clone());
            let looked = tick.calls.iter().any(|call| call.request == look);
            missed = if recorded && !looked { missed + 1 } else { 0 };
            let limited = disruptions(plan, log).any(|(from, until, disruption)| {
                matches!(disruption, Disruption::Limit { .. })
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
