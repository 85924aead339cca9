//! What the scheduled actions of the user can still do.

use reactive_scaler::{
    lease::{NAMES, may_still_run},
    port::ScheduledAction,
};

use super::{Facts, VariantFacts};

/// Whether a scheduled action that is not the function's can still run and does what is meant. If
/// the actions are not known, the answer is yes.
pub fn may_act(
    variant: &VariantFacts,
    facts: &Facts,
    is_meant: impl Fn(&ScheduledAction) -> bool,
) -> bool {
    let Some(actions) = &variant.actions else { return true };
    let suspended = variant.target.as_ref().and_then(|target| target.as_ref());
    if suspended.is_some_and(|target| target.suspended.scheduled) {
        return false;
    }
    let is_foreign = |action: &&ScheduledAction| !NAMES.contains(&&*action.name);
    actions.iter().filter(is_foreign).any(|it| may_still_run(it, facts.now) && is_meant(it))
}
