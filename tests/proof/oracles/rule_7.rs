//! Rule 7, loud: what could not be done fails the invocation. Waiting is not failing.

use reactive_scaler::port::FailureKind;
use simulator::Operation;

use crate::{
    call::{Ask, Shown},
    history::{CallMade, End, History, Invocation},
    plan::Plan,
};

/// What an error may tell of beside a call that failed.
const OTHER_CAUSES: [&str; 4] =
    ["cannot be done", "does not exist", "has been unknown for", "time was up"];

pub fn broken(_: &Plan, history: &History) -> Option<String> {
    history.invocations.iter().find_map(|made| match &made.end {
        End::Answered(_) => silent(made, "").map(|call| {
            format!("{} ({:?}) succeeded, though {call} failed", made.cause, made.signal)
        }),
        End::Failed(message) => silent(made, message)
            .map(|call| {
                format!("{} ({:?}) failed without a word of {call}", made.cause, made.signal)
            })
            .or_else(|| {
                let failed = made.calls.iter().any(failed);
                let told = failed || OTHER_CAUSES.iter().any(|cause| message.contains(cause));
                (!told).then(|| format!("{} failed for nothing: {message}", made.cause))
            }),
        End::Running | End::Killed | End::OutOfTime => None,
    })
}

fn failed(call: &CallMade) -> bool {
    call.effect.as_ref().is_some_and(|effect| matches!(effect.shown, Shown::Failed(_)))
}

/// A call that failed, was not made good, and is not in the message.
fn silent(made: &Invocation, message: &str) -> Option<String> {
    let told = |call: &CallMade| {
        message.contains(&format!("{} on", call.ask.operation().as_str()))
            // At most 20 problems are listed.
            || message.contains("the first 20 of them")
    };
    let answers = made.answers();
    let (call, ..) = answers.iter().enumerate().find_map(|(place, (call, effect, answered))| {
        let Shown::Failed(failure) = &effect.shown else { return None };
        let later = &answers[place + 1..];
        let excused = match (failure.kind, call.ask.operation()) {
            // Somebody changes it at this moment: the lease remembers, a tick looks again.
            (FailureKind::Busy, Operation::UpdateEndpointWeightsAndCapacities) => true,
            // Read beside an endpoint that could not be told, and not needed any more.
            _ if call.ask.operation() != Operation::DescribeEndpoint
                && !call.ask.operation().is_write()
                && (message.contains("DescribeEndpoint on")
                    || message.contains("does not exist")) =>
            {
                true
            }
            // Nor is it for an endpoint that turned out to be gone.
            _ if !call.ask.operation().is_write() && is_gone(made, call) => true,
            // Put again, or what stands is late enough.
            (FailureKind::Concurrent, Operation::PutScheduledAction) => {
                later.iter().any(|(next, ..)| same_record(&call.ask, &next.ask))
                    || later.iter().any(|(next, effect, _)| {
                        matches!(next.ask, Ask::Actions(_))
                            && matches!(effect.shown, Shown::Actions(_))
                    })
            }
            // A look before a lease is put, which is then simply put.
            (_, Operation::DescribeScheduledActions) => later
                .iter()
                .find(|(next, _, at)| at > answered && next.ask.endpoint() == call.ask.endpoint())
                .is_some_and(|(next, ..)| matches!(next.ask, Ask::Put(..))),
            // Deleting what is not there is a success.
            (FailureKind::NotRegistered, Operation::DeleteScheduledAction) => true,
            _ => false,
        };
        (!excused && !told(call)).then_some((call, effect))
    })?;
    Some(format!("{:?}", call.ask))
}

/// Whether DescribeEndpoint knew no endpoint of the name that a call is about.
fn is_gone(made: &Invocation, call: &CallMade) -> bool {
    made.answers().iter().any(|(other, effect, _)| {
        matches!(&other.ask, Ask::Endpoint(name) if call.ask.endpoint() == Some(name))
            && effect.shown == Shown::Endpoint(None)
    })
}

fn same_record(one: &Ask, other: &Ask) -> bool {
    match (one, other) {
        (Ask::Put(id, name, _), Ask::Put(also, same, _)) => id == also && name == same,
        _ => false,
    }
}
