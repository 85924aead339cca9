//! Shrinks a failing plan to as few events as possible: it removes halves while the plan still
//! violates the same rule, then quarters, down to single events.

use crate::{broken_scalers::Defect, plan::Plan, run};

/// The maximum number of worlds to run for this.
const PATIENCE: usize = 400;

pub fn shrink(plan: &Plan, defect: Defect, rule: u8) -> Plan {
    let mut best = plan.clone();
    let only = Some(rule).filter(|rule| *rule > 0);
    let mut played = 0;
    let mut size = best.events.len().div_ceil(2).max(1);
    loop {
        let mut from = 0;
        let mut smaller = false;
        while from < best.events.len() && played < PATIENCE {
            let mut tried = best.clone();
            let until = (from + size).min(tried.events.len());
            tried.events.drain(from..until);
            played += 1;
            if run::check(&tried, defect, only).0.is_some() {
                best = tried;
                smaller = true;
            } else {
                from += size;
            }
        }
        if played >= PATIENCE || (size == 1 && !smaller) {
            return best;
        }
        size = if size == 1 { 1 } else { size.div_ceil(2) };
    }
}
