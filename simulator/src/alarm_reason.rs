//! The reason for an alarm's state, in the wording of CloudWatch (`StateReason`).
//!
//! The wording is taken from notifications and describe-alarms outputs that users published. With
//! `DatapointsToAlarm`, CloudWatch counts "out of the last N". Without it, CloudWatch does not.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::{
    AlarmSpec, AlarmState, TreatMissing,
    alarm_evaluation::{Verdict, count_breaching},
};

/// The reason for the state of a verdict. `newest` is the start of the newest period.
pub(crate) fn reason(
    spec: &AlarmSpec,
    state: AlarmState,
    verdict: &Verdict,
    newest: Timestamp,
) -> String {
    let breaching = count_breaching(spec, &verdict.evaluated);
    match spec.treat_missing {
        _ if state == AlarmState::InsufficientData => {
            let unknown = plural(verdict.filled, "datapoint was", "datapoints were");
            format!("Insufficient Data: {unknown} unknown.")
        }
        _ if verdict.filled == 0 || breaching >= spec.needed() as usize => {
            crossed(spec, state, verdict, newest)
        }
        TreatMissing::Breaching => filled_in(spec, verdict, "Breaching"),
        TreatMissing::NotBreaching => filled_in(spec, verdict, "NonBreaching"),
        _ => crossed(spec, state, verdict, newest),
    }
}

fn filled_in(spec: &AlarmSpec, verdict: &Verdict, treated: &str) -> String {
    let received = match verdict.evaluated.len() {
        0 => "no datapoints were".to_owned(),
        count => plural(count, "datapoint was", "datapoints were"),
    };
    let periods = plural(spec.evaluation_periods as usize, "period", "periods");
    let missing = plural(verdict.filled, "missing datapoint was", "missing datapoints were");
    format!(
        "Threshold Crossed: {received} received for {periods} and {missing} treated as [{treated}]."
    )
}

/// Lists the datapoints that led to the state.
fn crossed(spec: &AlarmSpec, state: AlarmState, verdict: &Verdict, newest: Timestamp) -> String {
    let alarm = state == AlarmState::Alarm;
    let counts = |value: f64| spec.comparison.breaches(value, spec.threshold) == alarm;
    let listed = verdict.evaluated.iter().filter(|(_, value)| counts(*value));
    let listed = listed
        .map(|(age, value)| datapoint_text(newest, spec.period, *age, *value))
        .collect::<Vec<_>>();
    let (count, list) = (listed.len(), listed.join(", "));
    let subject = match spec.datapoints_to_alarm {
        Some(_) => format!("{count} out of the last {} datapoints", verdict.evaluated.len()),
        None => plural(count, "datapoint", "datapoints"),
    };
    let verb = if count == 1 { "was" } else { "were" };
    let not = if alarm { "" } else { "not " };
    let comparison = spec.comparison.reason_text();
    let minimum = spec.datapoints_to_alarm.map_or_else(String::new, |needed| {
        let (needed, way) = match alarm {
            true => (needed, "OK -> ALARM"),
            false => (spec.evaluation_periods - needed + 1, "ALARM -> OK"),
        };
        let needed = plural(needed as usize, "datapoint", "datapoints");
        format!(" (minimum {needed} for {way} transition)")
    });
    format!(
        "Threshold Crossed: {subject} [{list}] {verb} {not}{comparison} the threshold \
         ({:?}){minimum}.",
        spec.threshold
    )
}

/// A value with the start of its period, for example `2.0 (07/01/30 14:03:00)`.
fn datapoint_text(newest: Timestamp, period: Duration, age: usize, value: f64) -> String {
    let at = newest - period * u32::try_from(age).unwrap_or(u32::MAX);
    format!("{value:?} ({})", at.strftime("%d/%m/%y %H:%M:%S"))
}

fn plural(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// `StateReasonData`: the datapoints that were evaluated, oldest first. With missing datapoints between them, the start
/// is that of the oldest one.
pub(crate) fn reason_data(
    spec: &AlarmSpec,
    verdict: &Verdict,
    newest: Timestamp,
    now: Timestamp,
) -> String {
    let at = |age: usize| newest - spec.period * u32::try_from(age).unwrap_or(u32::MAX);
    let oldest = verdict.evaluated.last().map(|(age, _)| at(*age));
    let values = verdict.evaluated.iter().rev().map(|(_, value)| *value).collect::<Vec<_>>();
    let evaluated = verdict
        .evaluated
        .iter()
        .map(|(age, value)| json!({ "timestamp": aws_time(at(*age)), "value": value }));
    let mut data = json!({
        "version": "1.0",
        "queryDate": aws_time(now),
        "statistic": spec.statistic.to_string(),
        "period": spec.period.as_secs(),
        "recentDatapoints": values,
        "threshold": spec.threshold,
        "evaluatedDatapoints": evaluated.collect::<Vec<_>>(),
    });
    if let Some(oldest) = oldest {
        data["startDate"] = json!(aws_time(oldest));
    }
    if let Some(unit) = &spec.unit {
        data["unit"] = json!(unit);
    }
    data.to_string()
}

/// A time as CloudWatch writes it in JSON, for example `2030-01-07T14:03:00.000+0000`.
pub(crate) fn aws_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}
