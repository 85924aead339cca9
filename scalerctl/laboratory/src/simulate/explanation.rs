//! Explains a run: one line for each thing that happened, in order, and why.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use simulator::{Actor, AlarmState, Event};

use super::{
    candidate::Candidate,
    results::{Results, arrival},
    run_record::RunRecord,
    scaling_causes,
    table::short,
};

/// Order of lines with the same time: causes before effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// A request arrives.
    Arrival,
    /// A datapoint counts for an alarm.
    Datapoint,
    /// An alarm changes its state.
    Alarm,
    /// The function decides.
    Decision,
    /// Capacity is requested, or Application Auto Scaling does not scale.
    Request,
    /// Instances and requests change.
    Instance,
}

/// The lines of a run, and what triggered scaling.
pub fn of(candidate: &Candidate, record: &RunRecord, results: &Results) -> String {
    let mut text = format!("{}\n", candidate.title());
    for line in lines(record) {
        text.push_str(&line);
        text.push('\n');
    }
    text.push_str(&scaling_causes::of(record, results));
    text
}

/// What happened, line by line.
pub fn lines(record: &RunRecord) -> Vec<String> {
    story(record).into_iter().map(|(at, _, line)| format!("{}  {line}", stamp(at))).collect()
}

/// What happened, in order: when, what kind of thing, and a line about it.
pub fn story(record: &RunRecord) -> Vec<(Timestamp, Rank, String)> {
    let mut lines: Vec<(Timestamp, Rank, String)> = Vec::new();
    arrivals(record, &mut lines);
    for counted in record.counted.iter().filter(|counted| counted.is_explained()) {
        let period = counted.period;
        let late = counted.at.duration_since(counted.of + period).as_secs_f64();
        let of = match period.as_secs() {
            60 => minute(counted.of),
            ..60 => format!("{} s from {}", period.as_secs(), clock(counted.of)),
            _ => format!("{} to {}", minute(counted.of), minute(counted.of + period)),
        };
        lines.push((
            counted.at,
            Rank::Datapoint,
            format!(
                "{}: datapoint {} of {} {}: {} for {} (published {} late)",
                counted.alarm,
                counted.run,
                counted.needed,
                counted.breaches,
                counted.value,
                of,
                short(late)
            ),
        ));
    }
    for alarm in &record.alarms {
        for (at, state) in alarm.changes.iter().skip(1) {
            let repeated = match state {
                AlarmState::Alarm if alarm.triggers_policy => {
                    "; it triggers its policy each minute from now on"
                }
                AlarmState::Alarm if alarm.notifies => "; it notifies its topic once",
                _ => "",
            };
            let is_now = |(then, _): &&(Timestamp, usize)| then == at;
            let had = alarm.incomplete.iter().find(is_now).map(|(_, had)| {
                format!(" with {had} of {} datapoints, and the others are missing", alarm.periods)
            });
            let (name, state) = (&alarm.name, state.as_str());
            let line = format!("{name} is in {state}{}{repeated}", had.unwrap_or_default());
            lines.push((*at, Rank::Alarm, line));
        }
    }
    for request in &record.requests {
        let who = match request.by {
            Actor::Caller => "the function",
            Actor::AutoScaling => "Application Auto Scaling",
            Actor::Person => "the other service's scaler",
        };
        let cause = request.cause.as_ref().map(|cause| format!(" ({cause})"));
        let line = format!(
            "{who}: desired capacity {} -> {}{}",
            request.from,
            request.to,
            cause.unwrap_or_default()
        );
        lines.push((request.at, Rank::Request, line));
    }
    for (at, reason) in &record.not_scaled {
        let line = format!("Application Auto Scaling does not scale: {reason}");
        lines.push((*at, Rank::Request, line));
    }
    for (at, decision) in record.decisions.iter().filter(|(_, decision)| decision.action != "none")
    {
        let until = decision.awake_until.map(|until| format!(", awake until {}", clock(until)));
        let line = format!(
            "the function, on signal {}: {decision}{}",
            decision.signal,
            until.unwrap_or_default()
        );
        lines.push((*at, Rank::Decision, line));
    }
    instances(record, &mut lines);
    lines.sort_by_key(|(at, rank, _)| (*at, *rank));
    lines
}

/// Arrivals, with one line for those of a minute.
fn arrivals(record: &RunRecord, lines: &mut Vec<(Timestamp, Rank, String)>) {
    let mut minutes: BTreeMap<i64, (Timestamp, usize, usize)> = BTreeMap::new();
    for job in &record.jobs {
        let at = arrival(job);
        let (_, uploaded, inline) = minutes.entry(at.as_second() / 60).or_insert((at, 0, 0));
        match job.uploaded_at {
            Some(_) => *uploaded += 1,
            None => *inline += 1,
        }
    }
    for (at, uploaded, inline) in minutes.into_values() {
        let count = |n: usize, what: &str| match n {
            0 => None,
            1 => Some(format!("1 {what} arrives")),
            n => Some(format!("{n} {what}s arrive within this minute")),
        };
        let both = [count(uploaded, "input"), count(inline, "request with an inline body")];
        for line in both.into_iter().flatten() {
            lines.push((at, Rank::Arrival, line));
        }
    }
}

fn instances(record: &RunRecord, lines: &mut Vec<(Timestamp, Rank, String)>) {
    let mut completed: BTreeMap<i64, (Timestamp, usize)> = BTreeMap::new();
    for (at, event) in &record.events {
        let line = match event {
            Event::InService(_, 1) => "in service: 1 instance".to_owned(),
            Event::InService(_, count) => format!("in service: {count} instances"),
            Event::AtZero(_) => "at zero instances".to_owned(),
            Event::CapacityFailed(_) => "the capacity is not available".to_owned(),
            Event::ActionRan(_, name) => format!("scheduled action {name} runs"),
            Event::Killed(_) => "a request is lost with its instance".to_owned(),
            Event::Expired(_) => "a request has expired".to_owned(),
            Event::Completed(_) => {
                let minute = completed.entry(at.as_second() / 60).or_insert((*at, 0));
                *minute = (*at, minute.1 + 1);
                continue;
            }
            _ => continue,
        };
        lines.push((*at, Rank::Instance, line));
    }
    for (at, count) in completed.into_values() {
        let line = match count {
            1 => "1 request is completed".to_owned(),
            count => format!("{count} requests are completed within this minute"),
        };
        lines.push((at, Rank::Instance, line));
    }
}

fn stamp(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%a %e %b %H:%M:%S UTC").to_string()
}

fn clock(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%H:%M:%S").to_string()
}

fn minute(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%H:%M").to_string()
}
