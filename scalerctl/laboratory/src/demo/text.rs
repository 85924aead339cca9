//! The demo and replayed events as text.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use jiff::{SignedDuration, Timestamp};

use super::{
    descriptions::{counted, instances, meaning, object, result},
    example,
    invocation::{Invocation, Trigger},
    milestones::{Milestones, in_minutes},
    replay::Replayed,
    state::State,
    summary::Summary,
    target_tracking::{HIGH, LOW, LOW_THRESHOLD},
    timeline::{self, Kind, Line},
    upload_run::{Compared, EVENT_DELIVERY, UploadRun, clock},
};
use scalerctl_console::style::{BAD, DIM, GOOD, HEADING, paint};

/// Indent of the text under a line of the timeline.
const INDENT: &str = "                     ";

/// A run of the demo.
pub fn of_upload_run(
    run: &UploadRun,
    compared: &Compared,
    problems: &[String],
    verbose: bool,
) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "The real function on a simulated AWS: no account, no cost.\n\
         Endpoint {} ({}) is at zero instances; its scalable target allows 0 to {}.\n\
         SCALER_ROUTES='[{}]'\n",
        example::ENDPOINT,
        example::VARIANT,
        instances(example::MAX),
        run.route
    );
    let _ = writeln!(out, "{}", paint(HEADING, "   upload  UTC       event"));
    for group in grouped(run, &timeline::of(run), verbose) {
        write_group(&mut out, run, &group, verbose);
    }
    write_summary(&mut out, &Summary::of(run));
    write_comparison(&mut out, &run.milestones, compared);
    let conclusion = match problems {
        [] => paint(GOOD, "All checks passed."),
        _ => paint(BAD, "A check failed."),
    };
    let _ = writeln!(out, "\n{conclusion}");
    out
}

/// Groups consecutive ticks with the same reason, unless the output is verbose.
fn grouped<'a>(run: &UploadRun, lines: &'a [Line], verbose: bool) -> Vec<Vec<&'a Line>> {
    let reason = |line: &Line| Some(invocation(run, line)?.only_decision()?.reason);
    let mut groups: Vec<Vec<&Line>> = Vec::new();
    for line in lines {
        let joins = !verbose
            && line.kind == Kind::Tick
            && groups.last().and_then(|group| group.last()).is_some_and(|before| {
                before.kind == Kind::Tick
                    && reason(before).is_some()
                    && reason(before) == reason(line)
            });
        match groups.last_mut().filter(|_| joins) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}

fn write_group(out: &mut String, run: &UploadRun, group: &[&Line], verbose: bool) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let what = match group.len() {
        1 => first.what.clone(),
        _ => ticks(run, group, last),
    };
    let since = since_upload(first.since_upload_seconds);
    let style = style_of(first.kind);
    let _ = writeln!(out, "{since:>9}  {}  {}", clock(first.at), paint(style, &what));
    let Some(invocation) = invocation(run, last) else { return };
    let scaled = invocation.did(|action| matches!(action, "wake" | "sleep"));
    if scaled || verbose {
        if let Some(meaning) = meaning(invocation) {
            let _ = writeln!(out, "{INDENT}{meaning}");
        }
        write_calls(out, INDENT, invocation);
    }
    if verbose {
        write_logs(out, INDENT, invocation);
    }
}

fn invocation<'a>(run: &'a UploadRun, line: &Line) -> Option<&'a Invocation> {
    line.invocation.and_then(|number| run.invocations.get(number))
}

/// Several ticks with the same reason, with the text of the last one that did something: it has the
/// latest end of the lease.
fn ticks(run: &UploadRun, group: &[&Line], last: &Line) -> String {
    let acted = |line: &&&Line| {
        !invocation(run, line).is_some_and(|one| one.did(|action| action == "none"))
    };
    let text = group.iter().rfind(acted).map_or(last, |line| line);
    let text = text.what.trim_start_matches("tick: ");
    let some = match group.iter().filter(acted).count() {
        0 => String::new(),
        all if all == group.len() => String::new(),
        some => format!("{some} times "),
    };
    let count = counted(group.len(), "tick");
    format!("{count} until {}: {some}{text}", clock(last.at))
}

/// The duration, and every call in order.
fn write_calls(out: &mut String, indent: &str, invocation: &Invocation) {
    let calls = counted(invocation.calls.len(), "AWS call");
    let took = invocation.took_ms().to_string();
    let _ = write!(out, "{indent}{} ms of real time, {calls}", paint(HEADING, &took));
    let _ = writeln!(out, "{}", if invocation.calls.is_empty() { "" } else { " (* writes):" });
    for call in &invocation.calls {
        let write = if call.operation.is_write() { "*" } else { " " };
        let _ = writeln!(out, "{indent}{write} {} {}", call.operation.as_str(), object(call));
    }
}

/// The answer and the log lines.
fn write_logs(out: &mut String, indent: &str, invocation: &Invocation) {
    let answer = match &invocation.answer {
        Ok(answer) => answer.to_string(),
        Err(error) => format!("{}: {}", error.kind, error.message),
    };
    let _ = writeln!(out, "{}", paint(DIM, &format!("{indent}answer {answer}")));
    for line in &invocation.log {
        let _ = writeln!(out, "{}", paint(DIM, &format!("{indent}log {line}")));
    }
}

fn write_summary(out: &mut String, summary: &Summary) {
    let _ = writeln!(out, "\n{}", paint(HEADING, "Summary"));
    let mut row = |name: &str, value: String| {
        let _ = writeln!(out, "  {name:<24}{value}");
    };
    if let (Some(detection), Some(took)) = (summary.detection_seconds, summary.wake_invocation_ms) {
        let delivery = EVENT_DELIVERY.as_secs();
        let parts = format!("{delivery} s assumed for S3's event, {took} ms measured");
        row("capacity requested", format!("{detection:.2} s after the upload ({parts})"));
    }
    row("result", format!("{} after the upload", after(summary.milestones.completed)));
    row("zero requested", format!("{} after the result", after(summary.milestones.waited())));
    row("back at zero", format!("{} after the upload", after(summary.milestones.at_zero)));
    row(
        "instance time",
        format!(
            "{} minutes from in service to zero, {} of them idle",
            in_minutes(summary.milestones.paid),
            in_minutes(summary.milestones.idle)
        ),
    );
    let calls: Vec<String> =
        summary.calls.iter().map(|(name, count)| format!("{name} {count}")).collect();
    row(
        "AWS calls",
        format!(
            "{} in all: {} by the wake, the rest by {}",
            summary.calls_total,
            summary.wake_calls,
            counted(summary.ticks, "tick")
        ),
    );
    for call in calls {
        row("", call);
    }
}

fn write_comparison(out: &mut String, ours: &Milestones, compared: &Compared) {
    let Compared { target_tracking: instead, without_results } = compared;
    if let Some(without) = without_results {
        let _ = writeln!(
            out,
            "\nWithout results, same upload: zero requested {} after the result, at zero after {}, {} idle minutes instead of {}",
            after(without.waited()),
            after(without.at_zero),
            in_minutes(without.idle),
            in_minutes(ours.idle),
        );
    }
    let requested = after(instead.requested);
    let waited = after(instead.waited());
    let zero = after(instead.at_zero);
    let idle = in_minutes(instead.idle);
    let _ = writeln!(
        out,
        "\nTarget tracking (out on HasBacklogWithoutCapacity, {HIGH} of {HIGH} datapoints; in on \
         ApproximateBacklogSizePerInstance below {LOW_THRESHOLD}, {LOW} of {LOW}), same upload: \
         requested after {requested}, zero requested {waited} after the result, at zero after {zero}, {idle} idle minutes \
         instead of {}",
        in_minutes(ours.idle),
    );
    if without_results.is_none() {
        let _ = writeln!(
            out,
            "\nTo see the same upload with results, which end the wait after the work:\n  scalerctl demo --results"
        );
    }
}

/// `-3:27`, `0:00`, `+16:33`.
fn since_upload(seconds: i64) -> String {
    let sign = match seconds {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    let (minutes, seconds) = (seconds.unsigned_abs() / 60, seconds.unsigned_abs() % 60);
    format!("{sign}{minutes}:{seconds:02}")
}

fn after(time: Option<SignedDuration>) -> String {
    match time.map(|time| time.as_secs()) {
        None => "never".to_owned(),
        Some(seconds) => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// Replayed events: for each file the answer, the calls, and the states afterwards.
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
    let result = result(invocation);
    match (&invocation.answer, meaning(invocation)) {
        (Err(_), _) => _ = writeln!(out, "  {}", paint(BAD, &result)),
        (Ok(_), None) => _ = writeln!(out, "  {}", paint(HEADING, &result)),
        (Ok(_), Some(meaning)) => {
            let _ = writeln!(out, "  {}: {}", paint(HEADING, &result), meaning);
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
        instances(state.current),
        state.desired,
        bound(state.min),
        bound(state.max),
        time(state.awake_until),
        state.backlog
    );
}

/// The style of a line of the timeline.
fn style_of(kind: Kind) -> Style {
    match kind {
        Kind::Upload | Kind::Event | Kind::Result => HEADING,
        Kind::ScaleOut | Kind::InService | Kind::Completed => AnsiColor::Green.on_default(),
        Kind::ScaleIn | Kind::AtZero => AnsiColor::Cyan.on_default(),
        Kind::Lease | Kind::LeaseOver | Kind::Floor => AnsiColor::Yellow.on_default(),
        Kind::Tick => DIM,
        Kind::Backlog | Kind::Picked | Kind::ScheduledAction | Kind::Other => Style::new(),
    }
}
