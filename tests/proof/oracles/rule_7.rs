//! Rule 7, loud: what could not be done fails the invocation. Waiting is not failing.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::Records,
    port::{AwsFailure, FailureKind, VariantId},
};
use simulator::Operation;

use crate::{
    call::{Ask, Shown},
    history::{CallMade, Effect, End, History, Invocation, Signal},
    plan::{Command, Plan},
};

/// What an error may tell of beside a call that failed.
const OTHER_CAUSES: [&str; 3] = ["cannot be done", "does not exist", "is kept awake"];

/// What an error may tell of where time was short.
const NO_TIME: [&str; 3] = ["no answer", "time was up", "are not looked at in time"];

pub fn broken(_: &Plan, history: &History) -> Option<String> {
    history.invocations.iter().find_map(|made| match &made.end {
        End::Answered(_) => silent(made, "")
            .map(|call| {
                format!("{} ({:?}) succeeded, though {call} failed", made.cause, made.signal)
            })
            .or_else(|| nothing_remembers(made)),
        End::Failed(message) => silent(made, message)
            .map(|call| {
                format!("{} ({:?}) failed without a word of {call}", made.cause, made.signal)
            })
            .or_else(|| {
                let failed = made.calls.iter().any(failed);
                let told = failed
                    // What a freeze has taken the time from is not even asked for.
                    || made.frozen && NO_TIME.iter().any(|short| message.contains(short))
                    || OTHER_CAUSES.iter().any(|cause| message.contains(cause))
                    || repeats_a_failure(history, made, message);
                (!told).then(|| format!("{} failed for nothing: {message}", made.cause))
            }),
        End::Running | End::Killed | End::OutOfTime => None,
    })
}

/// Whether an input failed as the last look in its container did, at most W before.
fn repeats_a_failure(history: &History, made: &Invocation, message: &str) -> bool {
    let w = SignedDuration::from_secs(60);
    history.invocations.iter().any(|earlier| {
        let ended_lately = earlier.ended.is_some_and(|ended| {
            ended < made.began && made.began.at.duration_since(ended.at) <= w
        });
        ended_lately
            && (earlier.container, earlier.generation) == (made.container, made.generation)
            && matches!((earlier.signal, made.signal), (Signal::Input(a), Signal::Input(b)) if a == b)
            && earlier.end == End::Failed(message.to_owned())
            && earlier.calls.iter().any(failed)
    })
}

/// Whether a call failed, or the scaler waited for its answer no longer.
fn failed(call: &CallMade) -> bool {
    let failed = |effect: &Effect| matches!(effect.shown, Shown::Failed(_));
    call.answered.is_none() || call.effect.as_ref().is_some_and(failed)
}

/// A call that failed, was not made good, and is not in the message.
fn silent(made: &Invocation, message: &str) -> Option<String> {
    let told = |failure: &AwsFailure| {
        message.contains(&failure.to_string())
            // At most 20 problems are listed.
            || message.contains("the first 20 of them")
    };
    let answers = made.answers();
    let (call, ..) = answers.iter().enumerate().find_map(|(place, (call, effect, answered))| {
        let Shown::Failed(failure) = &effect.shown else { return None };
        let later = &answers[place + 1..];
        let excused = match (failure.kind, call.ask.operation()) {
            // Somebody changes it at this moment: the lease remembers, a tick looks again.
            (FailureKind::Busy, Operation::UpdateEndpointWeightsAndCapacities) => {
                matches!(call.ask, Ask::SetCapacity(_, 0)) || is_remembered(made, call)
            }
            // Read beside an endpoint that could not be told, and not needed any more.
            _ if call.ask.operation() != Operation::DescribeEndpoint
                && !call.ask.operation().is_write()
                && beside_what_cannot_be_judged(made, call) =>
            {
                true
            }
            // Put again, or what stands is late enough.
            (FailureKind::Concurrent, Operation::PutScheduledAction) => {
                message.contains("time was up")
                    || later.iter().any(|(next, ..)| same_record(&call.ask, &next.ask))
                    || later.iter().any(|(next, effect, at)| {
                        stands_late_enough(made, &call.ask, &next.ask, effect, at.at)
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
        (!excused && !told(failure)).then_some((call, effect))
    })?;
    Some(format!("{:?}", call.ask))
}

/// Whether a read went out before DescribeEndpoint had answered that the endpoint is gone, or
/// nothing at all.
fn beside_what_cannot_be_judged(made: &Invocation, call: &CallMade) -> bool {
    made.answers().iter().any(|(other, effect, answered)| {
        matches!(&other.ask, Ask::Endpoint(name) if call.ask.endpoint() == Some(name))
            && matches!(effect.shown, Shown::Endpoint(None) | Shown::Failed(_))
            && call.asked < *answered
    })
}

/// Whether a record of the endpoint that a call is about was to be written, or seen live.
fn is_remembered(made: &Invocation, call: &CallMade) -> bool {
    let ahead = SignedDuration::from_secs(made.ahead);
    made.answers().iter().any(|(other, effect, answered)| match (&other.ask, &effect.shown) {
        // Where the put fails, that is what is to be told.
        (Ask::Put(id, ..), _) => call.ask.endpoint() == Some(&id.endpoint),
        (Ask::Actions(_) | Ask::AllActions, Shown::Actions(actions)) => {
            let Ask::SetCapacity(id, _) = &call.ask else { return false };
            let now = answered.at + ahead;
            other.ask.endpoint().is_none_or(|name| name == id.endpoint)
                && Records::read(actions, id, now).live(now)
        }
        _ => false,
    })
}

/// Whether a look shows the record that a call was to put, or a later one.
fn stands_late_enough(
    made: &Invocation,
    put: &Ask,
    look: &Ask,
    effect: &Effect,
    at: Timestamp,
) -> bool {
    let (Ask::Put(id, name, release), Ask::Actions(of)) = (put, look) else { return false };
    let Shown::Actions(actions) = &effect.shown else { return false };
    let records = Records::read(actions, id, at + SignedDuration::from_secs(made.ahead));
    let standing = records.named(name);
    of == id && standing.is_some_and(|standing| standing.release >= *release)
}

/// Whoever asks for capacity and is told that all is well: it was asked for, or a record remembers it.
fn nothing_remembers(made: &Invocation) -> Option<String> {
    let asks = matches!(
        made.signal,
        Signal::Input(_)
            | Signal::Alarm(_)
            | Signal::Command(_, Command::Wake | Command::Hold { .. })
    );
    if !asks || !made.succeeded() {
        return None;
    }
    let answers = made.answers();
    let at_zero = answers.iter().find_map(|(_, effect, _)| match &effect.shown {
        Shown::Endpoint(Some(shown)) => Some(shown.variants[0].desired.is_none_or(|n| n == 0)),
        _ => None,
    });
    let target = answers.iter().find_map(|(_, effect, _)| match &effect.shown {
        Shown::Target(target) => Some(target.clone()),
        _ => None,
    });
    let (true, Some(target)) = (at_zero?, target) else { return None };
    // Bounds of 0 are the user's own word, and so is a suspension under a MinCapacity of theirs.
    if target.as_ref().is_some_and(|t| t.max < 1 || (t.min > 0 && t.suspended.scaling_out)) {
        return None;
    }
    // A hold is none where a MinCapacity of the user's holds already.
    let held = matches!(made.signal, Signal::Command(_, Command::Hold { .. }));
    if held && target.as_ref().is_some_and(|target| target.min > 0) {
        return None;
    }
    let asked = answers.iter().any(|(call, effect, _)| {
        matches!(call.ask, Ask::SetCapacity(_, 1..)) && effect.shown == Shown::Done
    });
    // Where it was no scalable target at that look, it may have become one since.
    let id = target.map(|target| target.id).or_else(|| {
        answers.iter().find_map(|(call, ..)| match &call.ask {
            Ask::SetCapacity(id, _) => Some(id.clone()),
            _ => None,
        })
    });
    let remembered = id.is_some_and(|id: VariantId| {
        answers.iter().any(|(call, ..)| {
            call.ask.endpoint() == Some(&id.endpoint)
                && is_remembered(
                    made,
                    &CallMade { ask: Ask::SetCapacity(id.clone(), 1), ..(*call).clone() },
                )
        })
    });
    (!asked && !remembered).then(|| {
        format!("{} ({:?}) succeeded at zero, and nothing remembers it", made.cause, made.signal)
    })
}

fn same_record(one: &Ask, other: &Ask) -> bool {
    match (one, other) {
        (Ask::Put(id, name, _), Ask::Put(also, same, _)) => id == also && name == same,
        _ => false,
    }
}
