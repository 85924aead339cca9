//! What is true about the jobs of a world.

use jiff::Timestamp;
use simulator::{Event, JobId};

use crate::{
    call::Request,
    event_log::{EventLog, EventTime, Invocation, RequestMade, Signal},
};

/// The uploaded objects with exactly one request, and that request. A result does not say which of several requests for
/// the same upload it belongs to (docs/internals/ledger.md, "Not covered").
pub fn uploads(log: &EventLog) -> impl Iterator<Item = (&RequestMade, JobId)> {
    log.requests.iter().filter(|request| request.sequencer.is_some()).filter_map(|request| {
        match request.jobs.as_slice() {
            [only] => Some((request, *only)),
            _ => None,
        }
    })
}

/// The accepted writes of this upload to the ledger, with the times that they set.
pub fn recorded<'a>(
    log: &'a EventLog,
    request: &'a RequestMade,
) -> impl Iterator<Item = (EventTime, Timestamp)> {
    let calls = log.invocations.iter().flat_map(|made| &made.calls);
    calls.filter_map(|call| {
        let Request::AddUpload(_, location, id, at) = &call.request else { return None };
        let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
        let is_it = *location == request.location && Some(id) == request.sequencer.as_ref();
        is_it.then_some((effect.when, *at))
    })
}

/// The invocations that handled this upload with success.
pub fn handled<'a>(
    log: &'a EventLog,
    request: &'a RequestMade,
) -> impl Iterator<Item = &'a Invocation> {
    log.invocations.iter().filter(|made| {
        matches!(made.signal, Signal::Input(endpoint) if endpoint == request.endpoint)
            && made.messages.iter().any(|one| one.succeeded && one.cause == request.cause)
    })
}

/// Whether a job was in the queue or running right before this time.
pub fn is_alive(log: &EventLog, job: JobId, then: Timestamp) -> bool {
    let mut alive = false;
    for (at, event) in log.events.iter().take_while(|(at, _)| *at <= then) {
        match event {
            Event::Queued(of) if *of == job => alive = true,
            Event::Completed(of) | Event::Expired(of) if *of == job => alive = false,
            Event::Killed(of) if *of == job && *at < then => alive = false,
            _ => {}
        }
    }
    alive
}

/// The periods in which a job waited in the queue.
pub fn waits(log: &EventLog, job: JobId) -> Vec<(Timestamp, Timestamp)> {
    let mut waits = Vec::new();
    let mut since = None;
    for (at, event) in &log.events {
        match event {
            Event::Queued(of) if *of == job => since = since.or(Some(*at)),
            Event::Picked(of) | Event::Expired(of) | Event::Killed(of) if *of == job => {
                waits.extend(since.take().map(|since| (since, *at)));
            }
            _ => {}
        }
    }
    waits.extend(since.map(|since| (since, log.ends)));
    waits
}
