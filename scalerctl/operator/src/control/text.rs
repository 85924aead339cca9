//! The result as text.

use std::fmt::Write;

use jiff::{Timestamp, tz::TimeZone};
use reactive_scaler::{
    decide::{Action, FloorWithheld},
    reason::Reason,
    scaler::{Done, Status},
};

use super::{CommandReport, CommandResult};
use scalerctl_console::style::{BAD, DIM, GOOD, HEADING, NOTE, paint};

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
    line(&mut out, "before", &status_text(&report.before, report.at));
    line(&mut out, "will", &action(&report.planned, report.at));
    match &report.done {
        None if report.dry_run => line(&mut out, "dry run", "nothing was written"),
        None => line(&mut out, "done", &paint(BAD, "nothing")),
        Some(done) => {
            let (style, name) = match &report.verdict {
                CommandResult::So => (GOOD, "done"),
                CommandResult::Incomplete => (BAD, "tried"),
                _ => (BAD, "done"),
            };
            line(&mut out, name, &paint(style, &action(done, report.at)));
        }
    }
    if let Some(waited) = &report.waited {
        line(&mut out, "waited", &format!("{} s", waited.time.as_secs()));
    }
    if let Some(after) = &report.after {
        line(&mut out, "after", &status_text(after, report.at));
    }
    let last = report.done.as_ref().unwrap_or(&report.planned);
    for note in notes(last, report) {
        line(&mut out, "note", &paint(NOTE, &note));
    }
    out
}

fn line(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "  {} {text}", paint(DIM, &format!("{name:<8}")));
}

/// The action, until when it keeps the endpoint awake, and its reason.
fn action(done: &Done, now: Timestamp) -> String {
    let until = match (done.action, done.effects.awake_until) {
        (Action::Wake | Action::Hold | Action::Extend, Some(end)) if now < end => {
            format!(", awake until {}", moment(end))
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
    for (name, ends) in [("lease", status.lease_ends), ("hold", status.hold_ends)] {
        match ends {
            Some(ends) if now < ends => {
                let _ = write!(text, ", {name} until {}", moment(ends));
            }
            Some(_) => {
                let _ = write!(text, ", {name} ended");
            }
            None => {}
        }
    }
    text
}

/// In UTC, and in the local time zone if it is different.
pub fn moment(at: Timestamp) -> String {
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let local = whole.to_zoned_datetime(TimeZone::system());
    match local.offset().is_zero() {
        true => whole.to_string(),
        false => format!("{whole} ({})", local.strftime("%H:%M:%S %Z")),
    }
}

/// Notes.
fn notes(done: &Done, report: &CommandReport) -> Vec<String> {
    let mut notes = Vec::new();
    if done.reason == Reason::HeldLonger {
        notes.push("the longer hold remains: a shorter one changes nothing".to_owned());
    }
    if report.command == "release" && done.action == Action::Release {
        notes.push(
            "the function's next ticks scale it to zero when the metrics prove that there is no \
             work; for 10 more minutes, a backlog wakes it again"
                .to_owned(),
        );
    }
    notes.extend(incomplete(report));
    let is_registered = report.before.min_capacity.is_some();
    if !is_registered && done.action == Action::Wake {
        notes.push(unstopped(done.to(), report));
    }
    if let Some(withheld) = done.floor_withheld.filter(|_| is_registered) {
        notes.push(format!("MinCapacity stays 0, a policy may scale in: {}", why(withheld)));
    }
    notes
}

/// What was written before a call failed.
fn incomplete(report: &CommandReport) -> Option<String> {
    if report.verdict != CommandResult::Incomplete {
        return None;
    }
    let Some(after) = &report.after else {
        return Some("a call failed, and the state afterward could not be read".to_owned());
    };
    let is_live = |end: Option<Timestamp>| end.is_some_and(|end| report.at < end);
    let is_kept = is_live(after.lease_ends) || is_live(after.hold_ends);
    Some(match (after.desired.unwrap_or_default(), is_kept) {
        (0, false) => {
            "a call failed: no instance is requested, and there is no lease or hold".into()
        }
        (0, true) => "a call failed: no instance is requested; because of the lease or hold, the \
                      function requests it later"
            .into(),
        (_, true) => "a call failed after the lease or hold was written".into(),
        (desired, false) => {
            format!(
                "a call failed: there is no lease or hold, and {}",
                unstopped(Some(desired), report)
            )
        }
    })
}

/// Instances that nothing is known to stop.
fn unstopped(count: Option<i32>, report: &CommandReport) -> String {
    let name = &report.id.endpoint;
    let (count, verb) = match count.unwrap_or(1) {
        1 => ("1 instance".to_owned(), "runs"),
        count => (format!("{count} instances"), "run"),
    };
    format!("{count} {verb} until you stop it: scalerctl sleep {name} --force")
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
