//! What triggered scaling out and scaling in, in one line each.

use std::collections::BTreeMap;

use simulator::{Actor, AlarmState};

use super::{
    alarm_names::{HIGH, LOW},
    results::Results,
    run_record::{AlarmTrack, Request, RunRecord},
    table::short,
};

/// Two lines under a heading.
pub fn of(record: &RunRecord, results: &Results) -> String {
    let is_out = |request: &Request| request.to > request.from;
    let after = |times: Option<super::results::Times>, what: &str| {
        times.map(|times| format!("; {} after {what} (median)", short(times.p50)))
    };
    let requested = after(results.capacity_requested, "an arrival at zero");
    let zero = after(results.zero_requested, "the last result");
    let scaled_out = direction(record, is_out, LOW, requested);
    let scaled_in = direction(record, |request| !is_out(request), HIGH, zero);
    let findings: String = results
        .findings
        .iter()
        .map(|finding| format!("  {}: {}\n", finding.id, finding.what))
        .collect();
    format!("What triggers it\n  scale out: {scaled_out}\n  scale in:  {scaled_in}\n{findings}")
}

/// How often each cause scaled in this direction, the most frequent first. `others`: the alarm of
/// target tracking for the other direction.
fn direction(
    record: &RunRecord,
    is_meant: impl Fn(&Request) -> bool,
    others: &str,
    after: Option<String>,
) -> String {
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for request in record.requests.iter().filter(|request| is_meant(request)) {
        *causes.entry(cause(record, request)).or_default() += 1;
    }
    let mut causes: Vec<(String, usize)> = causes.into_iter().collect();
    causes.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    if causes.is_empty() {
        return format!("never{}", why_never(record, others));
    }
    let lines: Vec<String> =
        causes.iter().map(|(cause, times)| format!("{cause}, {}", count(*times))).collect();
    format!("{}{}", lines.join("; "), after.unwrap_or_default())
}

fn count(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}

fn cause(record: &RunRecord, request: &Request) -> String {
    match request.by {
        Actor::Person => {
            format!("the other service's scaler ({})", request.cause.as_deref().unwrap_or_default())
        }
        Actor::Caller => {
            let scaled = record.decisions.iter().find(|(at, decision)| {
                *at == request.at && matches!(decision.action.as_str(), "wake" | "sleep")
            });
            scaled.map_or_else(
                || "the function".to_owned(),
                |(_, decision)| {
                    format!("the function, on signal {} ({})", decision.signal, decision.reason)
                },
            )
        }
        Actor::AutoScaling => {
            let cause = request.cause.clone().unwrap_or_default();
            let alarm = record.alarms.iter().find(|alarm| cause.contains(&alarm.name));
            let rule = alarm.map(|alarm| format!(" [{}]", alarm.rule));
            format!("{cause}{}", rule.unwrap_or_default())
        }
    }
}

/// Why no alarm scaled in this direction.
fn why_never(record: &RunRecord, others: &str) -> String {
    let alarms: Vec<String> = record
        .alarms
        .iter()
        .filter(|alarm| alarm.triggers_policy && !alarm.name.starts_with(others))
        .map(|alarm| match states(alarm).as_slice() {
            [AlarmState::InsufficientData] => {
                format!("{} had no datapoint (INSUFFICIENT_DATA)", alarm.name)
            }
            states if states.contains(&AlarmState::Alarm) => {
                format!(
                    "{} was in ALARM, and its policy did not scale in this direction",
                    alarm.name
                )
            }
            _ => format!("{} never had {}", alarm.name, alarm.rule),
        })
        .collect();
    match alarms.as_slice() {
        [] => String::new(),
        alarms => format!(": {}", alarms.join("; ")),
    }
}

/// Each state of the alarm once.
fn states(alarm: &AlarmTrack) -> Vec<AlarmState> {
    let mut states: Vec<AlarmState> = Vec::new();
    for (_, state) in &alarm.changes {
        if !states.contains(state) {
            states.push(*state);
        }
    }
    states
}
