//! The scalable target: registration, bounds, suspension, schedules.

use reactive_scaler::{decide::MinOwner, lease::Records, port::ScalableTarget};

use super::{Facts, Finding, FindingId, VariantFacts, cli_commands};

pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let id = &variant.id;
    let target = match &variant.target {
        None => return,
        Some(None) => {
            found.push(Finding::new(
                FindingId::NotRegistered,
                format!(
                    "the variant {} is not registered with Application Auto Scaling",
                    id.variant
                ),
                format!(
                    "{} (or the stack's parameter ScalableTarget=Register)",
                    cli_commands::register(id, "--min-capacity 0 --max-capacity 1")
                ),
            ));
            return;
        }
        Some(Some(target)) => target,
    };
    let actions = variant.actions.as_deref();
    let records = actions.map(|actions| Records::read(actions, id, facts.now));
    if records.is_some_and(|records| MinOwner::of(target, &records) == MinOwner::Owner) {
        found.push(Finding::new(
            FindingId::MinAboveZero,
            format!("MinCapacity is {}, and {}", target.min, whose(target, records.as_ref())),
            cli_commands::register(id, "--min-capacity 0"),
        ));
    }
    if target.max == 0 {
        found.push(Finding::new(
            FindingId::MaxIsZero,
            "MaxCapacity is 0",
            cli_commands::register(id, "--max-capacity 1"),
        ));
    }
    let suspended = target.suspended;
    let parts = [
        (suspended.scaling_out, FindingId::ScalingOutSuspended, "DynamicScalingOutSuspended"),
        (suspended.scaling_in, FindingId::ScalingInSuspended, "DynamicScalingInSuspended"),
        (suspended.scheduled, FindingId::ScheduledScalingSuspended, "ScheduledScalingSuspended"),
    ];
    for (is_suspended, finding, part) in parts {
        if is_suspended {
            found.push(Finding::new(
                finding,
                format!("{part} is set"),
                cli_commands::resume(id, part),
            ));
        }
    }
    if records.is_some_and(|records| records.foreign_min) {
        found.push(Finding::new(
            FindingId::ForeignSchedule,
            "a scheduled action that is not the function's sets MinCapacity",
            format!(
                "delete it if nobody needs it: aws application-autoscaling \
                 describe-scheduled-actions --service-namespace sagemaker --resource-id {}",
                id.resource_id()
            ),
        ));
    }
}

/// Why the minimum keeps the endpoint up, and whether the function may have left it.
fn whose(target: &ScalableTarget, records: Option<&Records>) -> &'static str {
    let is_explained =
        records.is_some_and(|records| records.foreign_min || records.exist()) || target.min > 1;
    if is_explained {
        "no scheduled action of the function will set it to 0"
    } else {
        "no scheduled action of the function will set it to 0; if you did not set it, the function \
         may have set it"
    }
}
