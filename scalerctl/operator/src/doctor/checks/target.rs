//! Findings about the scalable target: registration, bounds, suspension, schedules.

use reactive_scaler::{
    decide::MinOwner,
    lease::Records,
    port::{ScalableTarget, ScheduledAction},
};

use super::{Coverage, Facts, Finding, FindingId, VariantFacts, cli_commands};
use crate::account::auto_scaling::Activity;

pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let id = &variant.id;
    let target = match &variant.target {
        None => return,
        Some(None) => {
            found.push(not_registered(variant, facts));
            return;
        }
        Some(Some(target)) => target,
    };
    let actions = variant.actions.as_deref();
    let records = actions.map(|actions| Records::read(actions, id, facts.now));
    if records.is_some_and(|records| MinOwner::of(target, &records) == MinOwner::Owner) {
        let whose = whose(target, records.as_ref(), facts);
        let what = format!("MinCapacity is {}, and {whose}", target.min);
        found.push(
            Finding::new(FindingId::MinAboveZero, what, "set it to 0")
                .command(cli_commands::register(id, "--min-capacity 0")),
        );
    }
    if target.max == 0 {
        found.push(
            Finding::new(FindingId::MaxIsZero, "MaxCapacity is 0", "set it to 1 or more")
                .command(cli_commands::register(id, "--max-capacity 1")),
        );
    }
    let suspended = target.suspended;
    let parts = [
        (suspended.scaling_out, FindingId::ScalingOutSuspended, "DynamicScalingOutSuspended"),
        (suspended.scaling_in, FindingId::ScalingInSuspended, "DynamicScalingInSuspended"),
        (suspended.scheduled, FindingId::ScheduledScalingSuspended, "ScheduledScalingSuspended"),
    ];
    for (is_suspended, finding, part) in parts {
        if is_suspended {
            found.push(
                Finding::new(finding, format!("{part} is set"), "resume it")
                    .command(cli_commands::resume(id, part)),
            );
        }
    }
    let is_foreign = |action: &&ScheduledAction| {
        Records::read(std::slice::from_ref(*action), id, facts.now).foreign_min
    };
    let foreign: Vec<&str> =
        actions.into_iter().flatten().filter(is_foreign).map(|it| it.name.as_str()).collect();
    if !foreign.is_empty() {
        let what = match foreign.as_slice() {
            [one] => format!("the scheduled action {one} sets MinCapacity"),
            several => format!("the scheduled actions {} set MinCapacity", several.join(", ")),
        };
        let finding = Finding::new(FindingId::ForeignSchedule, what, "check that you need it")
            .command(cli_commands::show_actions(id))
            .or("if nobody needs it, delete it");
        found.push(
            foreign
                .iter()
                .fold(finding, |it, name| it.command(cli_commands::delete_action(id, name))),
        );
    }
}

/// The variant has no scalable target. Activities from before the endpoint was created show that an
/// endpoint of the same name had one. Assumption: activities are still listed after that.
fn not_registered(variant: &VariantFacts, facts: &Facts) -> Finding {
    let id = &variant.id;
    let created_at = facts.endpoint.created_at;
    let is_older =
        |activity: &Activity| created_at.is_some_and(|created| activity.began_at < created);
    let register = cli_commands::register_new(id, variant.desired);
    // `scalerctl register` refuses an endpoint that no function manages.
    let is_managed = facts.coverage() == Coverage::Managed;
    let again = match is_managed {
        true => vec![cli_commands::register_endpoint(id, facts.endpoint.variants.len())],
        false => vec![register, cli_commands::put_backlog_policy(id)],
    };
    match (variant.activities.iter().find(|activity| is_older(activity)), created_at) {
        (Some(activity), Some(created_at)) => {
            let what = format!(
                "the variant {} is not registered: the endpoint was created at {}, and an endpoint of this name was \
                 scaled before that, at {}",
                id.variant,
                created_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
                activity.began_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            );
            let what_to_do = "register it again, and create its scale-in policy again";
            let finding = Finding::new(FindingId::RegistrationGone, what, what_to_do);
            again.into_iter().fold(finding, Finding::command)
        }
        _ => {
            let what = format!(
                "the variant {} is not registered with Application Auto Scaling",
                id.variant
            );
            again
                .into_iter()
                .take(1)
                .fold(Finding::new(FindingId::NotRegistered, what, "register it"), Finding::command)
                .or_by(
                    "let the stack register it, in the folder of the template",
                    facts.set_parameters("ScalableTarget=Register"),
                )
        }
    }
}

/// Why the minimum keeps instances running, and whether the function may have set it.
fn whose(target: &ScalableTarget, records: Option<&Records>, facts: &Facts) -> &'static str {
    let is_explained =
        records.is_some_and(|records| records.foreign_min || records.exist()) || target.min > 1;
    if facts.coverage() == Coverage::Unmanaged {
        "no scheduled action of a function will set it to 0"
    } else if is_explained {
        "no scheduled action of the function will set it to 0"
    } else {
        "no scheduled action of the function will set it to 0; if you did not set it, the function \
         may have set it"
    }
}
