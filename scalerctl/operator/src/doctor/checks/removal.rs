//! Findings about scaling in: instances run and nothing will remove them, or no policy scales in.

use super::{
    Coverage, Facts, Finding, FindingId, VariantFacts, cli_commands,
    policies::{may_scale_in, min_without_function},
    schedules,
};
use scalerctl_console::{shell_quoting::quoted, suggested::Suggested};

pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let Some((kept, spare)) = nothing_removes(variant, facts) else {
        policies(variant, facts, found);
        return;
    };
    let is_registered = matches!(variant.target, Some(Some(_)));
    let above = if kept > 0 { " above MinCapacity" } else { "" };
    let is_there = variant.current.is_none_or(|current| Some(current) >= variant.desired);
    let verb = if is_there { "run" } else { "start" };
    let (what, them) = match spare {
        1 => (format!("1 instance{above} {verb}s"), "it"),
        spare => (format!("{spare} instances{above} {verb}"), "them"),
    };
    let because = match is_registered {
        true => "no policy scales in",
        false => "the variant is not registered, so no policy and no function scales it in",
    };
    let function = match is_registered {
        true => format!(", and {}", facts.unmanaged()),
        false => String::new(),
    };
    let what = format!("{what}, and nothing will remove {them}: {because}{function}");
    let remove = format!("remove {them} when no request is being processed");
    let command = cli_commands::set_capacity(&variant.id, kept);
    found.push(match is_registered {
        true => Finding::new(
            FindingId::NoWayToZero,
            what,
            format!("{remove}; for the next time, create the policy of the template"),
        )
        .command(command)
        .command(cli_commands::put_backlog_policy(&variant.id))
        .or_by(
            "let scalerctl check that no request is left, and scale in to zero",
            (kept == 0).then(|| {
                let name = quoted(&variant.id.endpoint);
                Suggested::scalerctl(format!("sleep {name} --variant {}", variant.id.variant))
            }),
        ),
        false => Finding::new(FindingId::NoWayToZero, what, remove).command(command),
    });
}

/// Reports that no policy of the scalable target scales in.
fn policies(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let (Some(policies), Some(Some(_))) = (&variant.policies, &variant.target) else { return };
    if policies.iter().any(|policy| may_scale_in(policy, facts)) {
        return;
    }
    found.push(
        Finding::new(
            FindingId::NoScaleInPolicy,
            "no policy of the scalable target scales in",
            "create the policy of the template",
        )
        .command(cli_commands::put_backlog_policy(&variant.id))
        .or_by(
            "let the stack create it, in the folder of the template",
            facts.set_parameters("ScalableTarget=Register"),
        ),
    );
}

/// The number of instances that stay, and the number of those above it, if nothing will remove them.
/// `None`: there are none, or something may remove them.
fn nothing_removes(variant: &VariantFacts, facts: &Facts) -> Option<(i32, i32)> {
    let desired = variant.desired?;
    let kept = match variant.target.as_ref()? {
        None => 0,
        Some(target) => {
            let may_be_managed = facts.coverage() != Coverage::Unmanaged;
            let mut policies = variant.policies.as_ref()?.iter();
            let lowers = |max: i32| max < desired;
            if may_be_managed
                || policies.any(|policy| may_scale_in(policy, facts))
                || schedules::may_act(variant, facts, |action| action.max.is_some_and(lowers))
            {
                return None;
            }
            min_without_function(variant, target, facts)
        }
    };
    (desired > kept).then_some((kept, desired - kept))
}
