//! Oracles for the seven rules of `docs/internals/design.md`. Each checks the log of a whole world.
//! Cases that a rule does not cover, by the limits in the design, are exceptions in the oracle,
//! with the reason.

mod burst;
mod cut;
mod done_in_time;
mod every_route;
mod invocations;
mod isolation;
mod jobs;
mod kept_for_ledger;
mod known_work;
mod last_look;
mod ledger_calls;
mod missed;
mod outstanding;
mod owner;
mod rule_1;
mod rule_2;
mod rule_3;
mod rule_4;
mod rule_5;
mod rule_6;
mod rule_7;
mod tick_coverage;
mod visible;
mod waits;

use crate::{
    broken_scalers::Defect,
    event_log::EventLog,
    plan::{Family, Plan},
};

pub use rule_5::compared;

/// The violation of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub rule: u8,
    pub what: String,
}

/// The first violation in this log, of one rule or of all.
pub fn check(plan: &Plan, log: &EventLog, only: Option<u8>) -> Option<Violation> {
    type Oracle = fn(&Plan, &EventLog) -> Option<String>;
    const SMALL: &[(u8, Oracle)] = &[
        (3, rule_3::violation),
        (2, rule_2::violation),
        (7, rule_7::violation),
        (6, rule_6::violation),
        (1, rule_1::violation),
        (4, rule_4::violation),
        (5, rule_5::foreign_calls),
    ];
    const FLEET: &[(u8, Oracle)] = &[
        (3, owner::minimum_undone),
        (2, owner::maximum_undone),
        (4, owner::floor_without_capacity),
        (4, owner::leaked),
        (7, waits::violation),
        (6, burst::violation),
        (1, every_route::violation),
        (1, isolation::violation),
        (1, tick_coverage::violation),
        (1, owner::owner_unserved),
        (1, owner::floor_missing),
    ];
    const RESULTS: &[(u8, Oracle)] = &[
        (3, known_work::violation),
        (3, rule_3::violation),
        (3, cut::violation),
        (2, rule_2::violation),
        (7, rule_7::violation),
        (6, rule_6::violation),
        (6, ledger_calls::violation),
        (1, rule_1::violation),
        (1, outstanding::violation),
        (1, outstanding::waits_for_ledger),
        (1, kept_for_ledger::violation),
        (1, invocations::unexplained),
        (4, rule_4::violation),
        (4, done_in_time::violation),
        (4, known_work::unforgotten),
        (4, invocations::for_nothing),
        (5, rule_5::foreign_calls),
    ];
    let oracles = match plan.family {
        Family::Small => SMALL,
        Family::Fleet => FLEET,
        Family::Results => RESULTS,
    };
    let selected = oracles.iter().filter(|(rule, _)| only.is_none_or(|only| only == *rule));
    let mut violations = selected.filter_map(|(rule, oracle)| Some((*rule, oracle(plan, log)?)));
    violations.next().map(|(rule, what)| Violation { rule, what })
}

/// Checks rule 5, which compares two runs.
pub fn check_repeated(plan: &Plan, defect: Defect) -> Option<Violation> {
    rule_5::violation(plan, defect).map(|what| Violation { rule: 5, what })
}
