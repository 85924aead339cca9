//! Findings about durations in the configuration that are too short.

use super::{Facts, Finding, FindingId, VariantFacts, cli_commands, policies::scales_in};
use crate::account::auto_scaling::{Activity, PolicyKind};
use scalerctl_console::{shell_quoting::quoted, suggested::Suggested};

/// Maximum delay of async metrics that users report, in seconds.
const METRIC_LAG: i32 = 180;

/// Maximum provisioning time that users report, in seconds. It is used if no activity shows a longer one.
pub const PROVISIONING: u64 = 600;

pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    for policy in variant.policies.iter().flatten() {
        let cooldowns = match &policy.kind {
            PolicyKind::TargetTracking(tracking) => vec![
                ("ScaleOutCooldown", tracking.cooldowns[0]),
                ("ScaleInCooldown", tracking.cooldowns[1]),
            ],
            PolicyKind::StepScaling(steps) => vec![("Cooldown", steps.cooldown)],
            PolicyKind::Other => Vec::new(),
        };
        let short = cooldowns.into_iter().filter_map(|(name, seconds)| {
            seconds.filter(|seconds| *seconds < METRIC_LAG).map(|it| format!("{name} is {it} s"))
        });
        let short: Vec<String> = short.collect();
        if !short.is_empty() {
            found.push(
                Finding::new(
                    FindingId::CooldownBelowMetricLag,
                    format!("the policy {}: {}", policy.name, short.join(" and ")),
                    "set it to 300 s; to show the policy",
                )
                .command(cli_commands::show_policy(&policy.id, &policy.name)),
            );
        }
        // The alarms of target tracking cannot be configured. Another finding reports edited ones.
        if !matches!(policy.kind, PolicyKind::StepScaling(_)) || !scales_in(policy) {
            continue;
        }
        for alarm in facts.alarms().iter().filter(|alarm| policy.alarms.contains(&alarm.name)) {
            if alarm.window() < METRIC_LAG {
                found.push(
                    Finding::new(
                        FindingId::WindowBelowMetricLag,
                        format!(
                            "the alarm {} of the scale-in policy {} evaluates {} s",
                            alarm.name,
                            policy.name,
                            alarm.window()
                        ),
                        "set Period to 60 and EvaluationPeriods to 15; to show the alarm",
                    )
                    .command(Suggested::aws(format!(
                        "cloudwatch describe-alarms --alarm-names {}",
                        quoted(&alarm.name)
                    ))),
                );
            }
        }
    }
    if variant.expired > 0.0 {
        let finding = Finding::new(
            FindingId::RequestsExpired,
            format!("{} requests expired in the last day", variant.expired),
            "pass a RequestTTLSeconds of up to 21600 to InvokeEndpointAsync",
        );
        let target = variant.target.as_ref().and_then(|target| target.as_ref());
        let increase = target.map(|target| {
            let more = target.max.saturating_mul(2).max(1);
            cli_commands::register(&variant.id, &format!("--max-capacity {more}"))
        });
        found.push(finding.or_by("if one instance is not enough, increase MaxCapacity", increase));
    }
    time_to_live(variant, facts, found);
}

fn time_to_live(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let Some(ttl) = facts.request_ttl.map(|ttl| ttl.as_secs()) else { return };
    let measured = variant.activities.iter().filter_map(provisioning).max();
    let takes = measured.unwrap_or(PROVISIONING);
    if ttl < takes {
        let source = match measured {
            Some(_) => "according to the scaling activities",
            None => "as reported by users",
        };
        found.push(Finding::new(
            FindingId::TtlBelowProvisioning,
            format!(
                "a request expires after {ttl} s, and an instance may take {takes} s to start, \
                     {source}"
            ),
            format!("pass a RequestTTLSeconds well above {takes} to InvokeEndpointAsync"),
        ));
    }
}

/// How long a scale-out took, in seconds.
pub fn provisioning(activity: &Activity) -> Option<u64> {
    let ended = activity.ended_at.filter(|_| activity.status == "Successful")?;
    activity.count().filter(|count| *count > 0)?;
    Some(ended.duration_since(activity.began_at).unsigned_abs().as_secs())
}
