//! The story on a terminal.

use std::fmt::Write;

use jiff::SignedDuration;

use super::{
    course::{Course, in_minutes},
    invocation::Invocation,
    scene,
    story::{EVENT_DELIVERY, Story, clock},
    style::{BAD, DIM, GOOD, HEADING, of, paint},
    summary::Summary,
    target_tracking::{HIGH, LOW},
    timeline::{self, Kind, Line},
    wording,
};

/// Where the text of a line of the timeline begins.
const INDENT: &str = "                     ";

/// The whole story.
pub fn of_story(story: &Story, instead: &Course, problems: &[String], verbose: bool) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "The real function on a simulated AWS: no account, no cost.\n\
         Endpoint {} ({}) stands at zero; its scalable target allows 0 to {}.\n\
         SCALER_ROUTES='[{}]'\n",
        scene::ENDPOINT,
        scene::VARIANT,
        wording::instances(scene::MAX),
        scene::route()
    );
    let _ = writeln!(out, "{}", paint(HEADING, "   upload  UTC       what happens"));
    for group in grouped(story, &timeline::of(story), verbose) {
        write_group(&mut out, story, &group, verbose);
    }
    write_summary(&mut out, &Summary::of(story));
    write_comparison(&mut out, &story.course, instead);
    let verdict = match problems {
        [] => paint(GOOD, "The story went as it must."),
        _ => paint(BAD, "The story did not go as it must."),
    };
    let _ = writeln!(out, "\n{verdict}");
    out
}

/// Consecutive ticks with the same reason are told as one line, unless every one is asked for.
fn grouped<'a>(story: &Story, lines: &'a [Line], verbose: bool) -> Vec<Vec<&'a Line>> {
    let reason = |line: &Line| invocation(story, line)?.decided("reason").map(str::to_owned);
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

fn write_group(out: &mut String, story: &Story, group: &[&Line], verbose: bool) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let what = match group.len() {
        1 => first.what.clone(),
        _ => ticks(story, group, last),
    };
    let since = since_upload(first.since_upload_seconds);
    let style = of(first.kind);
    let _ = writeln!(out, "{since:>9}  {}  {}", clock(first.at), paint(style, &what));
    let Some(invocation) = invocation(story, last) else { return };
    let moved = matches!(invocation.decided("action"), Some("wake" | "sleep"));
    if moved || verbose {
        if let Some(meaning) = wording::meaning(invocation) {
            let _ = writeln!(out, "{INDENT}{meaning}");
        }
        write_calls(out, INDENT, invocation);
    }
    if verbose {
        write_logs(out, INDENT, invocation);
    }
}

fn invocation<'a>(story: &'a Story, line: &Line) -> Option<&'a Invocation> {
    line.invocation.and_then(|number| story.invocations.get(number))
}

/// Several ticks with the same reason, in the words of the last one that did something: it says how
/// far the lease has come.
fn ticks(story: &Story, group: &[&Line], last: &Line) -> String {
    let acted = |line: &&&Line| {
        invocation(story, line).and_then(|one| one.decided("action")) != Some("none")
    };
    let words = group.iter().rfind(acted).map_or(last, |line| line);
    let words = words.what.trim_start_matches("tick: ");
    let some = match group.iter().filter(acted).count() {
        0 => String::new(),
        all if all == group.len() => String::new(),
        some => format!("{some} times "),
    };
    let count = wording::counted(group.len(), "tick");
    format!("{count} until {}: {some}{words}", clock(last.at))
}

/// How long it took, and every call in order.
pub fn write_calls(out: &mut String, indent: &str, invocation: &Invocation) {
    let calls = wording::counted(invocation.calls.len(), "AWS call");
    let took = invocation.took_ms().to_string();
    let _ = write!(out, "{indent}{} ms of real time, {calls}", paint(HEADING, &took));
    let _ = writeln!(out, "{}", if invocation.calls.is_empty() { "" } else { " (* writes):" });
    for call in &invocation.calls {
        let write = if call.operation.is_write() { "*" } else { " " };
        let _ =
            writeln!(out, "{indent}{write} {} {}", call.operation.as_str(), wording::object(call));
    }
}

/// The answer and the log lines.
pub fn write_logs(out: &mut String, indent: &str, invocation: &Invocation) {
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
    let _ = writeln!(out, "\n{}", paint(HEADING, "In short"));
    let mut row = |name: &str, value: String| {
        let _ = writeln!(out, "  {name:<24}{value}");
    };
    if let (Some(detection), Some(took)) = (summary.detection_seconds, summary.wake_invocation_ms) {
        let delivery = EVENT_DELIVERY.as_secs();
        let parts = format!("{delivery} s assumed for S3's event, {took} ms measured");
        row("capacity requested", format!("{detection:.2} s after the upload ({parts})"));
    }
    row("result", format!("{} after the upload", after(summary.course.completed)));
    row("back at zero", format!("{} after the upload", after(summary.course.at_zero)));
    row(
        "paid",
        format!(
            "{} instance minutes from in service to zero, {} of them idle",
            in_minutes(summary.course.paid),
            in_minutes(summary.course.idle)
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
            wording::counted(summary.ticks, "tick")
        ),
    );
    for call in calls {
        row("", call);
    }
}

fn write_comparison(out: &mut String, ours: &Course, instead: &Course) {
    let requested = after(instead.requested);
    let zero = after(instead.at_zero);
    let idle = in_minutes(instead.idle);
    let _ = writeln!(
        out,
        "\nTarget tracking ({HIGH} of {HIGH}, {LOW} of {LOW} datapoints), same upload: requested after \
         {requested}, at zero after {zero}, {idle} idle minutes instead of {}",
        in_minutes(ours.idle),
    );
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
