//! What triggered scaling out and scaling in, in one line each.

use std::collections::BTreeMap;

use serde::Serialize;
use simulator::{Actor, AlarmState};

use super::{
    alarm_names::{HIGH, LOW},
    results::{Results, Times},
    run_record::{AlarmTrack, Request, RunRecord},
    table::short,
};

/// What triggered scaling in one direction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trigger {
    /// The causes, the most frequent first.
    pub causes: Vec<Cause>,
    /// The median delay: of scaling out, after an arrival at zero; of scaling in, after the last result.
    pub after_seconds: Option<f64>,
    /// Without a cause: why.
    pub none_because: Option<String>,
}

/// A cause, and how often it scaled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// What triggered it.
    pub cause: String,
    /// How often.
    pub times: usize,
}

/// What triggered scaling out, and scaling in.
pub fn triggers(record: &RunRecord, results: &Results) -> [Trigger; 2] {
    let is_out = |request: &Request| request.to > request.from;
    let trigger = |requests: Vec<&Request>, others: &str, after: Option<Times>| {
        let mut causes: BTreeMap<String, usize> = BTreeMap::new();
        for request in requests {
            *causes.entry(cause(record, request)).or_default() += 1;
        }
        let mut causes: Vec<Cause> =
            causes.into_iter().map(|(cause, times)| Cause { cause, times }).collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.times));
        let none_because = causes.is_empty().then(|| why_never(record, results, others));
        Trigger { causes, after_seconds: after.map(|times| times.p50), none_because }
    };
    let (out, back): (Vec<_>, Vec<_>) = record.requests.iter().partition(|request| is_out(request));
    [trigger(out, LOW, results.capacity_requested), trigger(back, HIGH, results.zero_requested)]
}

/// Two lines under a heading, and what is wrong with the policies.
pub fn of(record: &RunRecord, results: &Results) -> String {
    let [out, back] = triggers(record, results);
    let out = line(&out, "an arrival at zero");
    let back = line(&back, "the last result");
    let findings = results.findings.iter().map(|it| format!("  {}: {}\n", it.id, it.what));
    let notes = results.notes.iter().map(|note| format!("  {note}\n"));
    let more: String = findings.chain(notes).collect();
    format!("What triggers it\n  scale out: {out}\n  scale in:  {back}\n{more}")
}

fn line(trigger: &Trigger, after: &str) -> String {
    if let Some(because) = &trigger.none_because {
        return because.clone();
    }
    let causes = trigger.causes.iter().map(|it| format!("{}, {}", it.cause, count(it.times)));
    let causes = causes.collect::<Vec<_>>().join("; ");
    let median = trigger.after_seconds.map(|it| format!("; {} after {after} (median)", short(it)));
    format!("{causes}{}", median.unwrap_or_default())
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

/// Why no alarm scaled in this direction. `others`: the alarm of target tracking for the other direction.
fn why_never(record: &RunRecord, results: &Results, others: &str) -> String {
    if !results.not_played.is_empty() {
        return "not known, because not all policies are played".to_owned();
    }
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
        [] => "never".to_owned(),
        alarms => format!("never: {}", alarms.join("; ")),
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
