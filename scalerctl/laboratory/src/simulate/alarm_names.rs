//! Short names and rules of alarms, and causes of Application Auto Scaling with these names.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use simulator::{Alarm, AlarmAction, AlarmChange, AlarmState, Comparison, NotScaled, World};

use super::run_record::AlarmTrack;

/// An alarm and its states.
pub fn track(world: &World, alarm: &Alarm, from: Timestamp) -> AlarmTrack {
    let first = alarm.history.first().map_or(alarm.state, |change| change.from);
    let changes = alarm.history.iter().map(|change| (change.at, change.to));
    let changes = std::iter::once((from, first)).chain(changes).collect();
    let actions = alarm.spec.actions(AlarmState::Alarm);
    let is_policy = |action: &AlarmAction| matches!(action, AlarmAction::Policy { id, policy } if world.scaling_policy(id, policy).is_some());
    let enabled = alarm.spec.actions_enabled;
    let triggers_policy = enabled && actions.iter().any(is_policy);
    let notifies = enabled && actions.iter().any(|action| matches!(action, AlarmAction::Notify(_)));
    let spec = &alarm.spec;
    let rule = format!(
        "{} of {} datapoints{} {} {}",
        needed(alarm),
        spec.evaluation_periods,
        of_period(spec.period),
        comparison_text(spec.comparison),
        spec.threshold
    );
    let to_alarm = alarm.history.iter().filter(|change| change.to == AlarmState::Alarm);
    let had = to_alarm.filter_map(|change| Some((change.at, datapoints_of(change)?)));
    let incomplete = had.filter(|(_, count)| *count < spec.evaluation_periods as usize).collect();
    let (name, periods) = (short_name(alarm), spec.evaluation_periods);
    AlarmTrack { name, changes, incomplete, periods, rule, triggers_policy, notifies }
}

/// The number of datapoints that changed the state.
fn datapoints_of(change: &AlarmChange) -> Option<usize> {
    let data: Value = serde_json::from_str(change.reason_data.as_deref()?).ok()?;
    data["recentDatapoints"].as_array().map(Vec::len)
}

/// ` of 300 s`, if it is not a minute.
fn of_period(period: Duration) -> String {
    match period.as_secs() {
        60 => String::new(),
        seconds => format!(" of {seconds} s"),
    }
}

/// M of "M out of N".
pub fn needed(alarm: &Alarm) -> u32 {
    alarm.spec.datapoints_to_alarm.unwrap_or(alarm.spec.evaluation_periods)
}

/// The text of a comparison.
pub fn comparison_text(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Greater => "above",
        Comparison::GreaterOrEqual => "at or above",
        Comparison::Less => "below",
        Comparison::LessOrEqual => "at or below",
    }
}

/// The cause of the capacity that Application Auto Scaling requested at this time.
pub fn cause(world: &World, at: Timestamp) -> Option<String> {
    let latest = world.activities().iter().rev().find(|activity| activity.began_at == at)?;
    Some(with_short_names(world, &latest.cause))
}

/// The decisions of Application Auto Scaling not to scale.
pub fn not_scaled(world: &World) -> Vec<(Timestamp, String)> {
    let entry = |decision: &NotScaled| {
        let cause = with_short_names(world, &decision.cause);
        (decision.at, format!("{} ({cause})", decision.reason.code()))
    };
    world.not_scaled().iter().map(entry).collect()
}

fn with_short_names(world: &World, text: &str) -> String {
    let shorten = |text: String, alarm: &Alarm| text.replace(&alarm.spec.name, &short_name(alarm));
    world.alarms().fold(text.to_owned(), shorten)
}

/// Part of the name of the high alarm of target tracking.
pub const HIGH: &str = "AlarmHigh";
/// Part of the name of the low alarm of target tracking.
pub const LOW: &str = "AlarmLow";

/// The name of an alarm. For an alarm of target tracking, high or low and the metric.
pub fn short_name(alarm: &Alarm) -> String {
    let metric = alarm.spec.metric.name();
    let is = |which: &&str| alarm.spec.name.contains(&format!("-{which}-"));
    match [HIGH, LOW].into_iter().find(is) {
        Some(which) => format!("{which} {metric}"),
        None => alarm.spec.name.clone(),
    }
}
