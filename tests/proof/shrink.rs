//! A failing plan with as few happenings as still fail: halves are left out while that still breaks
//! the same rule, then quarters, down to single ones.

use crate::{broken::Break, plan::Plan, run};

/// Plays at most so many worlds for it.
const PATIENCE: usize = 400;

pub fn shrink(plan: &Plan, what: Break, rule: u8) -> Plan {
    let mut best = plan.clone();
    let only = Some(rule).filter(|rule| *rule > 0);
    let mut played = 0;
    let mut size = best.happenings.len().div_ceil(2).max(1);
    loop {
        let mut from = 0;
        let mut smaller = false;
        while from < best.happenings.len() && played < PATIENCE {
            let mut tried = best.clone();
            let until = (from + size).min(tried.happenings.len());
            tried.happenings.drain(from..until);
            played += 1;
            if run::verdict(&tried, what, only).0.is_some() {
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
