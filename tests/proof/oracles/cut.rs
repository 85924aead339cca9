//! Rule 3: a job that is not longer than `job_minutes`, and whose upload was handled, is not cut, whether the metric counts
//! requests that run or not.

use jiff::{SignedDuration, Timestamp};
use simulator::{Event, JobId};

use super::{jobs, last_look};
use crate::{
    call::Request,
    event_log::{EventLog, EventTime, RequestMade},
    plan::{EventKind, OutsideChange, Plan},
};

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    log.invocations.iter().find_map(|made| {
        made.calls.iter().find_map(|call| {
            let Request::SetCapacity(id, 0) = &call.request else { return None };
            let then = call.effect.as_ref().filter(|effect| effect.accepted)?.when.at;
            let endpoint = log.ids.iter().position(|known| known == id)?;
            if metric_lies(plan, log, endpoint) {
                return None;
            }
            // The last look began with this read.
            let look = last_look::began(made, call, id)?;
            jobs::uploads(log).find_map(|(request, job)| {
                let is_cut = log.same_endpoint(request.endpoint, endpoint)
                    && was_cut(log, endpoint, job, then)
                    && is_only_one(log, request)
                    && was_handled(log, request, look)
                    && is_shown(plan, log, job, then);
                is_cut.then(|| {
                    format!(
                        "{} ({:?}) cut job {} of {} at {then}, whose upload was handled",
                        made.cause, made.signal, job.0, request.location
                    )
                })
            })
        })
    })
}

/// Whether the job ended because of the sleep. Beside another variant, its instance may not be the one that ends.
fn was_cut(log: &EventLog, endpoint: usize, job: JobId, then: Timestamp) -> bool {
    log.variants(endpoint).count() == 1
        || log.events.iter().any(|(at, event)| {
            *at == then && matches!(event, Event::Killed(of) | Event::Queued(of) if *of == job)
        })
}

/// Whether somebody made the metric wrong, missing, or late.
fn metric_lies(plan: &Plan, log: &EventLog, endpoint: usize) -> bool {
    plan.events.iter().any(|event| match event.kind {
        EventKind::OutsideChange { change: OutsideChange::LoseMetrics { .. }, .. }
        | EventKind::OutsideChange { change: OutsideChange::DelayMetrics { .. }, .. } => true,
        EventKind::OutsideChange { endpoint: of, change: OutsideChange::Recreate { .. } } => {
            log.same_endpoint(of, endpoint)
        }
        _ => false,
    })
}

/// A result does not say which of several uploads of a key it belongs to.
fn is_only_one(log: &EventLog, request: &RequestMade) -> bool {
    let same = log.requests.iter().filter(|other| other.location == request.location);
    same.count() == 1
}

fn was_handled(log: &EventLog, request: &RequestMade, before: EventTime) -> bool {
    jobs::handled(log, request).any(|made| made.ended.is_some_and(|ended| ended < before))
}

/// Whether the job was running right before this time, and waited early enough for the metric to show it.
fn is_shown(plan: &Plan, log: &EventLog, job: JobId, then: Timestamp) -> bool {
    let mut waited = None;
    let mut since = None;
    for (at, event) in log.events.iter().take_while(|(at, _)| *at <= then) {
        match event {
            Event::Queued(of) if *of == job && *at < then => waited = Some(*at),
            Event::Picked(of) if *of == job => since = waited.map(|_| *at),
            Event::Completed(of) | Event::Expired(of) if *of == job => since = None,
            Event::Killed(of) if *of == job && *at < then => since = None,
            _ => {}
        }
    }
    let lag = SignedDuration::try_from(plan.settings.metric_lag).unwrap();
    since.is_some_and(|since| since + lag + SignedDuration::from_mins(3) < then)
}
