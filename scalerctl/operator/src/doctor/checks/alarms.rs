//! Findings about the alarms of policies: missing, without effect, or edited.

use jiff::SignedDuration;

use super::{Facts, Finding, FindingId, VariantFacts, cli_commands, metric, policies::scales_in};
use crate::account::{
    alarms::Alarm,
    auto_scaling::{Policy, PolicyKind, Tracked, Tracking},
};
use scalerctl_console::{shell_quoting::quoted, suggested::Suggested};

/// Time after which a low alarm in the state ALARM without a scale-in is reported.
const IN_VAIN: SignedDuration = SignedDuration::from_hours(1);

/// Evaluation windows of the alarms of target tracking, 3 and 15 minutes, from alarms that users exported.
const HIGH_WINDOW: i32 = 180;
const LOW_WINDOW: i32 = 900;

/// The Application Auto Scaling guide: the low threshold is "usually more than 10% lower".
const LOW_SHARE: f64 = 0.9;

pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    for policy in variant.policies.iter().flatten() {
        if policy.alarms.is_empty() && !matches!(policy.kind, PolicyKind::Other) {
            let what = format!("no alarm triggers the policy {}", policy.name);
            found.push(create_again(FindingId::AlarmMissing, what, policy));
        }
        // Alarms that cannot be read are not missing.
        let Some(alarms) = &facts.alarms else { continue };
        for name in &policy.alarms {
            match alarms.iter().find(|alarm| alarm.name == *name) {
                Some(alarm) => examine_one(variant, policy, alarm, facts, found),
                None => {
                    let what =
                        format!("the alarm {name} of the policy {} was deleted", policy.name);
                    found.push(create_again(FindingId::AlarmMissing, what, policy));
                }
            }
        }
    }
}

fn examine_one(
    variant: &VariantFacts,
    policy: &Policy,
    alarm: &Alarm,
    facts: &Facts,
    found: &mut Vec<Finding>,
) {
    let name = &alarm.name;
    if !alarm.actions.iter().any(|action| action.starts_with(&policy.arn)) {
        let what = format!("no action of the alarm {name} is the policy {}", policy.name);
        found.push(create_again(FindingId::AlarmWithoutAction, what, policy));
    }
    if !alarm.actions_enabled {
        found.push(
            Finding::new(
                FindingId::AlarmActionsDisabled,
                format!("the actions of the alarm {name} are disabled"),
                "enable them",
            )
            .command(Suggested::aws(format!(
                "cloudwatch enable-alarm-actions --alarm-names {}",
                quoted(name)
            ))),
        );
    }
    let edits = edits(policy, alarm, facts);
    if !edits.is_empty() {
        let what = format!(
            "the alarm {name} differs from what the policy {} created: {}",
            policy.name,
            edits.join("; ")
        );
        found.push(create_again(FindingId::AlarmEdited, what, policy));
        return;
    }
    if let Some(why) = breaches_always(variant, policy, alarm, facts) {
        found.push(
            Finding::new(
                FindingId::AlarmLowAlwaysBreaching,
                format!("the alarm {name} of the policy {} {why}", policy.name),
                "delete the policy, and scale in on the backlog per instance",
            )
            .command(cli_commands::delete_policy(&policy.id, &policy.name))
            .command(cli_commands::put_backlog_policy(&policy.id)),
        );
    }
}

/// A finding that is fixed by creating the policy again, because target tracking then creates new alarms.
fn create_again(id: FindingId, what: String, policy: &Policy) -> Finding {
    match &policy.kind {
        PolicyKind::TargetTracking(_) => {
            Finding::new(id, what, "save the policy to a file, delete it, and create it again")
                .command(cli_commands::save_policy(&policy.id, &policy.name))
                .command(cli_commands::delete_policy(&policy.id, &policy.name))
                .command(cli_commands::put_saved_policy(&policy.id, &policy.name))
        }
        PolicyKind::StepScaling(_) | PolicyKind::Other => {
            Finding::new(id, what, "if the policy scales out from zero, create its alarm")
                .command(cli_commands::put_wake_alarm(policy))
        }
    }
}

/// Reports an alarm of target tracking that was edited.
pub fn is_edited(policy: &Policy, alarm: &Alarm, facts: &Facts) -> bool {
    !edits(policy, alarm, facts).is_empty()
}

fn edits(policy: &Policy, alarm: &Alarm, facts: &Facts) -> Vec<String> {
    match &policy.kind {
        PolicyKind::TargetTracking(tracking) => {
            differences(tracking, policy, alarm, facts.alarms())
        }
        PolicyKind::StepScaling(_) | PolicyKind::Other => Vec::new(),
    }
}

/// The differences between an alarm and the alarm that target tracking creates.
fn differences(tracking: &Tracking, policy: &Policy, alarm: &Alarm, all: &[Alarm]) -> Vec<String> {
    let mut edits = Vec::new();
    if let (Tracked::Metric(wanted), Some(watched)) = (&tracking.metric, &alarm.metric)
        && wanted != watched
    {
        edits.push(format!("it uses the {} of {watched}", watched.statistic));
    }
    let (target, threshold, window) = (tracking.target, alarm.threshold, alarm.window());
    // The comparison shows which of the two alarms this is. The name can be anything.
    let low = alarm.is_below();
    let same = |other: &&Alarm| {
        other.name != alarm.name && policy.alarms.contains(&other.name) && other.is_below() == low
    };
    if let Some(other) = all.iter().find(same) {
        edits.push(format!("its comparison is {}, as that of {}", alarm.comparison, other.name));
        return edits;
    }
    if low {
        if threshold > target * LOW_SHARE + 1e-9 || threshold <= 0.0 {
            edits.push(format!("its threshold is {threshold}, for a target of {target}"));
        }
    } else if (threshold - target).abs() > 1e-9 {
        edits.push(format!("its threshold is {threshold}, for a target of {target}"));
    }
    let wanted = if low { LOW_WINDOW } else { HIGH_WINDOW };
    if window != wanted {
        edits.push(format!("it evaluates {window} s, not {wanted} s"));
    }
    if alarm.treat_missing != "missing" {
        edits.push(format!("it treats missing data as {}", alarm.treat_missing));
    }
    edits
}

fn breaches_always(
    variant: &VariantFacts,
    policy: &Policy,
    alarm: &Alarm,
    facts: &Facts,
) -> Option<String> {
    let is_low = match &policy.kind {
        PolicyKind::TargetTracking(_) => alarm.is_below(),
        PolicyKind::StepScaling(_) | PolicyKind::Other => true,
    };
    if !scales_in(policy) || !is_low {
        return None;
    }
    if alarm.treat_missing == "breaching" {
        return Some("treats missing data as breaching".to_owned());
    }
    let metric = alarm.metric.as_ref();
    if alarm.is_below() && metric.is_some_and(|it| it.name == metric::WITHOUT_CAPACITY) {
        return Some(format!(
            "scales in while {} is low, and it is low as soon as an instance processes the request",
            metric::WITHOUT_CAPACITY
        ));
    }
    let target = variant.target.as_ref().and_then(|target| target.as_ref())?;
    let since = alarm.since.filter(|_| alarm.state == "ALARM")?;
    let in_vain = variant.desired.is_some_and(|desired| desired > target.min);
    (in_vain && facts.now.duration_since(since) >= IN_VAIN).then(|| {
        "has been in ALARM for an hour or more, without removing an instance above \
                  MinCapacity"
            .into()
    })
}
