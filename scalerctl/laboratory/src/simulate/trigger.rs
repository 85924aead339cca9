//! What the actual trigger for scaling out and for scaling in was, in a line each.

use std::collections::BTreeMap;

use simulator::{Actor, AlarmState};

use super::{
    alarms::{HIGH, LOW},
    course::{AlarmTrack, Course, Request},
    outcome::Outcome,
    table::short,
};

/// Two lines under a heading.
pub fn of(course: &Course, outcome: &Outcome) -> String {
    let is_out = |request: &Request| request.to > request.from;
    let after = |times: Option<super::outcome::Times>, what: &str| {
        times.map(|times| format!("; {} after {what} (median)", short(times.p50)))
    };
    let requested = after(outcome.capacity_requested, "an arrival at zero");
    let zero = after(outcome.zero_requested, "the last result");
    let scaled_out = direction(course, is_out, LOW, requested);
    let scaled_in = direction(course, |request| !is_out(request), HIGH, zero);
    format!("What triggers it\n  scale out: {scaled_out}\n  scale in:  {scaled_in}\n")
}

/// How often each cause led that way, the most frequent first. `others`: those of target tracking's
/// alarms that never lead there.
fn direction(
    course: &Course,
    is_meant: impl Fn(&Request) -> bool,
    others: &str,
    after: Option<String>,
) -> String {
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for request in course.requests.iter().filter(|request| is_meant(request)) {
        *causes.entry(cause(course, request)).or_default() += 1;
    }
    let mut causes: Vec<(String, usize)> = causes.into_iter().collect();
    causes.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    if causes.is_empty() {
        return format!("never{}", why_never(course, others));
    }
    let told: Vec<String> =
        causes.iter().map(|(cause, times)| format!("{cause}, {}", count(*times))).collect();
    format!("{}{}", told.join("; "), after.unwrap_or_default())
}

fn count(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}

fn cause(course: &Course, request: &Request) -> String {
    match request.by {
        Actor::Person => "a person".to_owned(),
        Actor::Caller => {
            let decided = course.decided.iter().find(|decided| {
                decided.at == request.at && matches!(decided.action.as_str(), "wake" | "sleep")
            });
            decided.map_or_else(
                || "the function".to_owned(),
                |decided| format!("the function, told by {} ({})", decided.signal, decided.reason),
            )
        }
        Actor::AutoScaling => {
            let cause = request.cause.clone().unwrap_or_default();
            let alarm = course.alarms.iter().find(|alarm| cause.contains(&alarm.name));
            let rule = alarm.map(|alarm| format!(" [{}]", alarm.rule));
            format!("{cause}{}", rule.unwrap_or_default())
        }
    }
}

/// What the alarms that could have done it came to.
fn why_never(course: &Course, others: &str) -> String {
    let told: Vec<String> = course
        .alarms
        .iter()
        .filter(|alarm| alarm.triggers_policy && !alarm.name.starts_with(others))
        .map(|alarm| match states(alarm).as_slice() {
            [AlarmState::InsufficientData] => {
                format!("{} saw no datapoint (INSUFFICIENT_DATA)", alarm.name)
            }
            states if states.contains(&AlarmState::Alarm) => {
                format!("{} was in ALARM, and its policy had nothing to change", alarm.name)
            }
            _ => format!("{} never saw {}", alarm.name, alarm.rule),
        })
        .collect();
    match told.as_slice() {
        [] => String::new(),
        told => format!(": {}", told.join("; ")),
    }
}

/// The states that it was in.
fn states(alarm: &AlarmTrack) -> Vec<AlarmState> {
    let mut states: Vec<AlarmState> = Vec::new();
    for (_, state) in &alarm.changes {
        if !states.contains(state) {
            states.push(*state);
        }
    }
    states
}
