//! Rule 7, no silent failures: an invocation fails if it could not do something. Waiting is not a
//! failure.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::Records,
    port::{AwsFailure, FailureKind, VariantId},
};
use simulator::Operation;

use crate::{
    call::{Request, Response},
    event_log::{CallMade, Effect, EventLog, Invocation, InvocationEnd, Signal},
    plan::{Command, Plan},
};

/// Texts of errors that do not come from a failed call.
const OTHER_CAUSES: [&str; 4] =
    ["cannot be done", "does not exist", "is kept awake", "pages of the ledger"];

/// Texts of errors that are caused by a lack of time.
const NO_TIME: [&str; 3] = ["no answer", "time was up", "are not looked at in time"];

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    log.invocations.iter().find_map(|made| match &made.end {
        InvocationEnd::Answered(_) => silent(plan, made, "")
            .map(|call| {
                format!("{} ({:?}) succeeded, though {call} failed", made.cause, made.signal)
            })
            .or_else(|| nothing_remembers(plan, made)),
        InvocationEnd::Failed(message) => silent(plan, made, message)
            .map(|call| {
                format!("{} ({:?}) failed without a word of {call}", made.cause, made.signal)
            })
            .or_else(|| {
                let failed = made.calls.iter().any(failed);
                let has_cause = failed
                    // After a freeze, further calls might not be made for lack of time.
                    || made.frozen && NO_TIME.iter().any(|short| message.contains(short))
                    || made.used_its_time() && message.contains("time was up")
                    || OTHER_CAUSES.iter().any(|cause| message.contains(cause))
                    || repeats_a_failure(log, made, message);
                (!has_cause).then(|| format!("{} failed for nothing: {message}", made.cause))
            }),
        InvocationEnd::Running | InvocationEnd::Killed | InvocationEnd::OutOfTime => None,
    })
}

/// Whether an input or an invocation fails in the same way as the last read in its container, within W. Of two variants,
/// it can be one only.
fn repeats_a_failure(log: &EventLog, made: &Invocation, message: &str) -> bool {
    let one = message.split_once(" things failed: ").map_or(message, |(_, failures)| failures);
    let w = SignedDuration::from_secs(60);
    log.invocations.iter().any(|earlier| {
        let ended_lately = earlier
            .ended
            .is_some_and(|ended| ended < made.began && made.began.at.duration_since(ended.at) <= w);
        ended_lately
            && (earlier.container, earlier.generation) == (made.container, made.generation)
            && match (earlier.signal, made.signal) {
                (Signal::Input(a), Signal::Input(b))
                | (Signal::Invocation(a, _), Signal::Invocation(b, _)) => a == b,
                _ => false,
            }
            && matches!(&earlier.end, InvocationEnd::Failed(text) if text.contains(one))
            && earlier.calls.iter().any(failed)
    })
}

/// Whether a call failed, or the scaler stopped waiting for it.
fn failed(call: &CallMade) -> bool {
    let failed = |effect: &Effect| matches!(effect.response, Response::Failed(_));
    call.answered.is_none() || call.effect.as_ref().is_some_and(failed)
}

/// A call that failed without a retry that succeeded, and that the message does not contain.
fn silent(plan: &Plan, made: &Invocation, message: &str) -> Option<String> {
    let is_reported = |failure: &AwsFailure| {
        message.contains(&failure.to_string())
            // A message lists at most 20 problems.
            || message.contains("the first 20 of them")
    };
    let answers = made.answers();
    let (call, ..) = answers.iter().enumerate().find_map(|(place, (call, effect, answered))| {
        let Response::Failed(failure) = &effect.response else { return None };
        let later = &answers[place + 1..];
        let excused = match (failure.kind, call.request.operation()) {
            // Another change is in progress: a tick continues later, because of the lease.
            (FailureKind::Busy, Operation::UpdateEndpointWeightsAndCapacities) => {
                // Of two variants, SageMaker refuses the second. If the time is up before its record is written, the event
                // comes again as a whole.
                matches!(call.request, Request::SetCapacity(_, 0))
                    || is_remembered(made, call)
                    || message.contains("time was up")
            }
            // After a freeze, the time can be up before the answers to reads are looked at.
            _ if made.frozen
                && message.contains("time was up")
                && !call.request.operation().is_write() =>
            {
                true
            }
            // A read in parallel to a failed DescribeEndpoint call is not needed any more.
            _ if call.request.operation() != Operation::DescribeEndpoint
                && !call.request.operation().is_write()
                && parallel_to_a_failed_look(made, call) =>
            {
                true
            }
            // The record was written again, or the existing one is late enough.
            (FailureKind::Concurrent, Operation::PutScheduledAction) => {
                message.contains("time was up")
                    || later.iter().any(|(next, ..)| same_record(&call.request, &next.request))
                    || later.iter().any(|(next, effect, at)| {
                        ends_late_enough(made, &call.request, &next.request, effect, at.at)
                    })
            }
            // A failed read before a record is written: the record is written in any case, unless the time is up before that.
            (_, Operation::DescribeScheduledActions) => later
                .iter()
                .find(|(next, _, at)| {
                    let other = next.request.variant().filter(|_| call.request.variant().is_some());
                    at > answered
                        && !(of_several_variants(plan, &call.request)
                            && matches!(next.request, Request::Items(..)))
                        && next.request.endpoint() == call.request.endpoint()
                        && other.is_none_or(|id| Some(id) == call.request.variant())
                })
                .map_or(message.contains("time was up"), |(next, ..)| {
                    matches!(next.request, Request::Put(..))
                }),
            // The whole batch comes again: it is enough that another write to the ledger is reported.
            (FailureKind::NoAnswer | FailureKind::Throttled, Operation::UpdateItem) => {
                answers.iter().any(|(other, effect, _)| {
                    other.request.operation() == Operation::UpdateItem
                        && other.request.endpoint() == call.request.endpoint()
                        && matches!(&effect.response, Response::Failed(other) if is_reported(other))
                })
            }
            // A deletion of something that does not exist is a success.
            (FailureKind::NotRegistered, Operation::DeleteScheduledAction) => true,
            _ => false,
        };
        (!excused && !is_reported(failure)).then_some((call, effect))
    })?;
    Some(format!("{:?}", call.request))
}

/// Whether the endpoint has several variants. A read of the ledger does not show for which of them it is.
fn of_several_variants(plan: &Plan, request: &Request) -> bool {
    let is_its = |place: &usize| request.endpoint() == Some(&plan.endpoints[*place].name);
    (0..plan.endpoints.len()).find(is_its).is_some_and(|place| plan.variants(place) > 1)
}

/// Whether a read started before DescribeEndpoint returned that the endpoint does not exist, or
/// failed.
fn parallel_to_a_failed_look(made: &Invocation, call: &CallMade) -> bool {
    made.answers().iter().any(|(other, effect, answered)| {
        matches!(&other.request, Request::Endpoint(name) if call.request.endpoint() == Some(name))
            && matches!(effect.response, Response::Endpoint(None) | Response::Failed(_))
            && call.requested < *answered
    })
}

/// Whether a record of the endpoint was about to be written, or was live in a response.
fn is_remembered(made: &Invocation, call: &CallMade) -> bool {
    let ahead = SignedDuration::from_secs(made.ahead);
    made.answers().iter().any(|(other, effect, answered)| {
        match (&other.request, &effect.response) {
            // If the write fails, that failure must be reported.
            (Request::Put(id, ..), _) => call.request.variant() == Some(id),
            (Request::Actions(_) | Request::AllActions, Response::Actions(actions)) => {
                let Request::SetCapacity(id, _) = &call.request else { return false };
                let now = answered.at + ahead;
                other.request.is_about(id) && Records::read(actions, id, now).live(now)
            }
            _ => false,
        }
    })
}

/// Whether a response contains the record of a write, or a later one.
fn ends_late_enough(
    made: &Invocation,
    put: &Request,
    look: &Request,
    effect: &Effect,
    at: Timestamp,
) -> bool {
    let (Request::Put(id, name, release), Request::Actions(of)) = (put, look) else { return false };
    let Response::Actions(actions) = &effect.response else { return false };
    let records = Records::read(actions, id, at + SignedDuration::from_secs(made.ahead));
    let standing = records.named(name);
    of == id && standing.is_some_and(|standing| standing.release >= *release)
}

/// An invocation that was asked for capacity and succeeded has requested it, or a record exists.
fn nothing_remembers(plan: &Plan, made: &Invocation) -> Option<String> {
    let asks = matches!(
        made.signal,
        Signal::Input(_)
            | Signal::Alarm(_)
            | Signal::Invocation(..)
            | Signal::Command(_, Command::Wake | Command::Hold { .. })
    );
    // With several variants, the first answers can be about different ones. Rule 1 covers them.
    let several = made.signal.endpoint().is_some_and(|of| plan.variants(of) > 1);
    if !asks || several || !made.succeeded() {
        return None;
    }
    let answers = made.answers();
    let at_zero = answers.iter().find_map(|(_, effect, _)| match &effect.response {
        Response::Endpoint(Some(shown)) => Some(shown.variants[0].desired.is_none_or(|n| n == 0)),
        _ => None,
    });
    let target = answers.iter().find_map(|(_, effect, _)| match &effect.response {
        Response::Target(target) => Some(target.clone()),
        _ => None,
    });
    let (true, Some(target)) = (at_zero?, target) else { return None };
    // Bounds of 0 are the user's decision. So is a suspended scale-out with a MinCapacity.
    if target.as_ref().is_some_and(|t| t.max < 1 || (t.min > 0 && t.suspended.scaling_out)) {
        return None;
    }
    // A hold writes nothing if the user has set a MinCapacity.
    let held = matches!(made.signal, Signal::Command(_, Command::Hold { .. }));
    if held && target.as_ref().is_some_and(|target| target.min > 0) {
        return None;
    }
    let asked = answers.iter().any(|(call, effect, _)| {
        matches!(call.request, Request::SetCapacity(_, 1..)) && effect.response == Response::Done
    });
    // The scalable target might have been registered after the read.
    let id = target.map(|target| target.id).or_else(|| {
        answers.iter().find_map(|(call, ..)| match &call.request {
            Request::SetCapacity(id, _) => Some(id.clone()),
            _ => None,
        })
    });
    let remembered = id.is_some_and(|id: VariantId| {
        answers.iter().any(|(call, ..)| {
            call.request.endpoint() == Some(&id.endpoint)
                && is_remembered(
                    made,
                    &CallMade { request: Request::SetCapacity(id.clone(), 1), ..(*call).clone() },
                )
        })
    });
    (!asked && !remembered).then(|| {
        format!("{} ({:?}) succeeded at zero, and nothing remembers it", made.cause, made.signal)
    })
}

fn same_record(one: &Request, other: &Request) -> bool {
    match (one, other) {
        (Request::Put(id, name, _), Request::Put(also, same, _)) => id == also && name == same,
        _ => false,
    }
}
