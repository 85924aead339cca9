//! Replayed events on a terminal.

use std::fmt::Write;

use jiff::Timestamp;

use super::{
    invocation::{Invocation, Trigger},
    replay::Replayed,
    state::State,
    story::clock,
    style::{BAD, DIM, HEADING, paint},
    text::{write_calls, write_logs},
    wording,
};

/// Every file: the answer, the calls, and how things stand afterwards.
pub fn of_replay(replayed: &Replayed, verbose: bool) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "The real function on a simulated AWS: no account, no cost.\nSCALER_ROUTES='{}'",
        replayed.routes
    );
    for invocation in &replayed.invocations {
        write_one(&mut out, invocation, verbose);
    }
    out
}

fn write_one(out: &mut String, invocation: &Invocation, verbose: bool) {
    let Trigger::File(name) = &invocation.trigger else { return };
    let at = clock(invocation.at);
    let _ = writeln!(out, "\n{} at {at} UTC", paint(HEADING, name));
    let outcome = wording::outcome(invocation);
    match (&invocation.answer, wording::meaning(invocation)) {
        (Err(_), _) => _ = writeln!(out, "  {}", paint(BAD, &outcome)),
        (Ok(_), None) => _ = writeln!(out, "  {}", paint(HEADING, &outcome)),
        (Ok(_), Some(meaning)) => {
            let _ = writeln!(out, "  {}: {}", paint(HEADING, &outcome), meaning);
        }
    }
    if verbose {
        write_logs(out, "  ", invocation);
    } else if let Ok(answer) = &invocation.answer {
        let _ = writeln!(out, "{}", paint(DIM, &format!("  answer {answer}")));
    }
    write_calls(out, "  ", invocation);
    for state in &invocation.after {
        write_state(out, state);
    }
}

fn write_state(out: &mut String, state: &State) {
    let bound = |bound: Option<i32>| bound.map_or_else(|| "?".to_owned(), |it| it.to_string());
    let time = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), clock);
    let _ = writeln!(
        out,
        "  then: {} {}, {} in service, desired capacity {}, scalable target {}..{}, awake until \
         {}, backlog {}",
        state.endpoint,
        state.status,
        wording::instances(state.current),
        state.desired,
        bound(state.min),
        bound(state.max),
        time(state.awake_until),
        state.backlog
    );
}
