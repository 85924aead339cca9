//! The result as text.

use std::fmt::Write;

use jiff::Timestamp;
use reactive_scaler::{
    decide::{Action, FloorWithheld},
    reason::Reason,
    scaler::{Done, Status},
};

use super::{CommandReport, CommandResult};
use crate::{account::cli_commands, local_scaler::CoveringFunction};
use scalerctl_console::{
    style::{BAD, DIM, GOOD, HEADING, NOTE, paint},
    suggested::Suggested,
    times::{in_full::with_distance, local_zone},
};

const WORK_RECORD: &str = "work record";

/// The complete result.
pub fn of(report: &CommandReport) -> String {
    let mut out = String::new();
    let CommandReport { id, region, .. } = report;
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "{}",
        paint(
            HEADING,
            &format!("{} {} (variant {}, {region})", report.command, id.endpoint, id.variant)
        )
    );
    if let Some(end) = &report.asked {
        line(&mut out, "asked", &format!("until {}", moment(end.at, report.at)));
        if let Some(meant) = &end.meant {
            line(&mut out, "", meant);
        }
    }
    line(&mut out, "before", &status_text(&report.before, report.at));
    let will = if report.dry_run { "would" } else { "will" };
    line(&mut out, will, &action(&report.planned, report));
    match &report.done {
        None if report.dry_run => line(&mut out, "dry run", "nothing was written"),
        None => line(&mut out, "done", &paint(BAD, "nothing")),
        Some(done) => {
            let (style, name) = match &report.verdict {
                CommandResult::Succeeded => (GOOD, "done"),
                CommandResult::Incomplete => (BAD, "tried"),
                _ => (BAD, "done"),
            };
            line(&mut out, name, &paint(style, &action(done, report)));
        }
    }
    if let Some(waited) = &report.waited {
        line(&mut out, "waited", &format!("{} s", waited.time.as_secs()));
    }
    if let Some(after) = &report.after {
        line(&mut out, "after", &status_text(after, report.at));
    }
    let last = report.done.as_ref().unwrap_or(&report.planned);
    for Note { text, command } in notes(last, report) {
        line(&mut out, "note", &paint(NOTE, &text));
        if let Some(command) = command {
            line(&mut out, "", &command.to_string());
        }
    }
    out
}

fn moment(at: Timestamp, now: Timestamp) -> String {
    with_distance(at, now, &local_zone::of_output())
}

fn line(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "  {} {text}", paint(DIM, &format!("{name:<8}")));
}

/// The action, the end of the lease or hold, and the reason.
fn action(done: &Done, report: &CommandReport) -> String {
    let until = match (done.action, kept_until(done, report)) {
        (Action::Wake | Action::Hold | Action::Extend, Some((record, end))) => {
            format!(", {record} until {}", moment(end, report.at))
        }
        _ => String::new(),
    };
    let why = format!("{}: {}", done.reason.as_str(), done.reason.meaning());
    let capacity = match (done.from(), done.to()) {
        (Some(from), Some(to)) if from != to => format!(", desired instances {from} -> {to}"),
        _ => String::new(),
    };
    match done.action {
        Action::None => format!("nothing{capacity} ({why})"),
        action => format!("{}{capacity}{until} ({why})", action.as_str()),
    }
}

/// The latest of lease, work record, and hold, and its end, if it is in the future.
fn kept_until(done: &Done, report: &CommandReport) -> Option<(&'static str, Timestamp)> {
    let end = done.effects.awake_until.filter(|end| report.at < *end)?;
    let record = match end {
        _ if report.before.hold_ends == Some(end) => "hold",
        _ if report.before.lease_ends == Some(end) => "lease",
        _ if report.before.work_ends == Some(end) => WORK_RECORD,
        _ if report.command == "hold" => "hold",
        _ => "lease",
    };
    Some((record, end))
}

/// The state.
fn status_text(status: &Status, now: Timestamp) -> String {
    let count = |count: Option<i32>| count.map_or("unknown".to_owned(), |n| n.to_string());
    let bounds = match (status.min_capacity, status.max_capacity) {
        (Some(min), Some(max)) => format!("MinCapacity {min}, MaxCapacity {max}"),
        _ => "not registered".to_owned(),
    };
    let mut text = format!(
        "{}, {} of {} instances, {bounds}",
        status.endpoint_status,
        count(status.current),
        count(status.desired)
    );
    let records =
        [("lease", status.lease_ends), (WORK_RECORD, status.work_ends), ("hold", status.hold_ends)];
    for (name, ends) in records {
        match ends {
            Some(ends) if now < ends => {
                let _ = write!(text, ", {name} until {}", moment(ends, now));
            }
            Some(_) => {
                let _ = write!(text, ", {name} ended");
            }
            None => {}
        }
    }
    if status.scaling_in_suspended {
        text.push_str(", scaling in suspended");
    }
    text
}

/// A note, and a command for the user.
struct Note {
    text: String,
    command: Option<Suggested>,
}

impl From<String> for Note {
    fn from(text: String) -> Self {
        Self { text, command: None }
    }
}

/// Notes.
fn notes(done: &Done, report: &CommandReport) -> Vec<Note> {
    let mut notes = Vec::new();
    if done.reason == Reason::HeldLonger {
        let text = "the longer hold remains: a shorter one changes nothing";
        notes.push(text.to_owned().into());
    }
    notes.extend(incomplete(report));
    notes.extend(fewer(done, report));
    let is_registered = report.before.min_capacity.is_some();
    // Also of an endpoint that was up already.
    if !is_registered && report.command == "wake" && done.to().is_some_and(|to| to > 0) {
        notes.push(unstopped("", done.to(), report));
    }
    if let Some(withheld) = done.floor_withheld.filter(|_| is_registered) {
        let text = format!("MinCapacity stays 0, a policy may scale in: {}", why(withheld));
        notes.push(text.into());
    }
    notes.extend(scale_in(done, report));
    let reads_ledger = |it: &CoveringFunction| it.is_required || it.table.is_some();
    let is_checked = report.function.as_ref().is_some_and(reads_ledger);
    if report.command == "sleep" && !is_checked && report.before.work_ends.is_some() {
        let text = "uploads without a result were not checked; to check them, name the function with --function";
        notes.push(text.to_owned().into());
    }
    if report.command == "release" && done.action == Action::Release {
        let text = "for 10 more minutes, a deployed function wakes it again if there is a backlog";
        notes.push(text.to_owned().into());
    }
    notes
}

/// Fewer instances than `--wake-to` are requested.
fn fewer(done: &Done, report: &CommandReport) -> Option<Note> {
    let (wanted, to) = (report.next.wake_to()?, done.to().filter(|to| *to > 0)?);
    let possible = report.before.max_capacity.map_or(wanted, |max| wanted.min(max));
    if possible > to {
        let text = format!(
            "--wake-to changes nothing above zero: the desired capacity is {to}, not {wanted}; to \
             request {possible}:"
        );
        return Some(Note {
            text,
            command: Some(cli_commands::set_capacity(&report.id, possible)),
        });
    }
    (to < wanted).then(|| {
        format!("MaxCapacity is {possible}: the desired capacity is {to}, not {wanted}").into()
    })
}

/// What scales the endpoint in later. The command only knows of a function that the user names.
fn scale_in(done: &Done, report: &CommandReport) -> Option<Note> {
    let after = match (report.command, kept_until(done, report)) {
        ("wake" | "hold", Some((record, _))) => format!("after the {record}"),
        ("release", _) if done.action == Action::Release && done.to() != Some(0) => {
            "after this".to_owned()
        }
        _ => return None,
    };
    let otherwise = "only you or a scaling policy stop the instances";
    let (text, command) = match &report.function {
        _ if report.before.scaling_in_suspended => (
            "scaling in is suspended, so the instances run until it is resumed:".to_owned(),
            report.next.resume("in"),
        ),
        None => (
            format!(
                "{after}, a deployed function with an enabled schedule scales the endpoint to zero when there \
                 is no work; without one, {otherwise}; to find the function:"
            ),
            report.next.doctor(),
        ),
        Some(CoveringFunction { name: function, only_observes: true, .. }) => (
            format!(
                "SCALER_MODE of {function} is observe, so it scales nothing: {after}, {otherwise}:"
            ),
            report.next.sleep("--wait"),
        ),
        Some(CoveringFunction { name: function, only_observes: false, .. }) => (
            format!(
                "{after}, {function} scales the endpoint to zero when there is no work, if its schedule is \
                 enabled; to see its last decision:"
            ),
            report.next.status(""),
        ),
    };
    Some(Note { text, command: Some(command) })
}

/// What was written before a call failed.
fn incomplete(report: &CommandReport) -> Option<Note> {
    if report.verdict != CommandResult::Incomplete {
        return None;
    }
    let Some(after) = &report.after else {
        let text = "a call failed, and the state afterward could not be read";
        return Some(text.to_owned().into());
    };
    let is_live = |end: Option<Timestamp>| end.is_some_and(|end| report.at < end);
    let is_kept = [after.lease_ends, after.work_ends, after.hold_ends].into_iter().any(is_live);
    let text = match (after.desired.unwrap_or_default(), is_kept) {
        (0, false) => "a call failed: no instance is requested, and there is no lease or hold",
        (0, true) => {
            "a call failed: no instance is requested; because of the lease or hold, a deployed \
             function requests it later"
        }
        (_, true) => "a call failed after the lease or hold was written",
        (desired, false) => {
            let so = "a call failed: there is no lease or hold, and ";
            return Some(unstopped(so, Some(desired), report));
        }
    };
    Some(text.to_owned().into())
}

/// Instances that nothing is known to stop.
fn unstopped(so: &str, count: Option<i32>, report: &CommandReport) -> Note {
    let would_start = report.dry_run && report.planned.action == Action::Wake;
    let text = match (would_start, count.unwrap_or(1)) {
        (false, 1) => "1 instance runs until you stop it:".to_owned(),
        (false, count) => format!("{count} instances run until you stop them:"),
        (true, 1) => "1 instance would run until you stop it:".to_owned(),
        (true, count) => format!("{count} instances would run until you stop them:"),
    };
    let command = report.next.sleep("--force");
    Note { text: format!("{so}{text}"), command: Some(command) }
}

fn why(withheld: FloorWithheld) -> &'static str {
    match withheld {
        FloorWithheld::NotRegistered => "the variant is not registered",
        FloorWithheld::Unreadable => "the scalable target or its actions could not be read",
        FloorWithheld::ScalingOutSuspended => "scaling out is suspended",
        FloorWithheld::ScheduledScalingSuspended => "scheduled scaling is suspended",
        FloorWithheld::ForeignScheduledAction => "another scheduled action sets it",
        FloorWithheld::CapacityOutOfBounds => "AWS would change the capacity",
    }
}
