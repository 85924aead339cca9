//! The seven rules of `docs/internals/design.md`, each as a judge of a whole history. What a rule does not
//! ask for, by the limits that the design states, is an exception in its judge, with its reason.

mod burst;
mod every_route;
mod isolation;
mod looks;
mod missed;
mod owner;
mod rule_1;
mod rule_2;
mod rule_3;
mod rule_4;
mod rule_5;
mod rule_6;
mod rule_7;
mod seen;
mod waits;

use crate::{
    broken::Break,
    history::History,
    plan::{Family, Plan},
};

pub use rule_5::compared;

/// A rule that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub rule: u8,
    pub what: String,
}

/// The first rule that this history breaks: of all, or the one that is asked for.
pub fn judge(plan: &Plan, history: &History, only: Option<u8>) -> Option<Verdict> {
    type Judge = fn(&Plan, &History) -> Option<String>;
    const SMALL: &[(u8, Judge)] = &[
        (3, rule_3::broken),
        (2, rule_2::broken),
        (7, rule_7::broken),
        (6, rule_6::broken),
        (1, rule_1::broken),
        (4, rule_4::broken),
        (5, rule_5::foreign_calls),
    ];
    const FLEET: &[(u8, Judge)] = &[
        (3, owner::minimum_undone),
        (2, owner::maximum_undone),
        (4, owner::floor_without_capacity),
        (4, owner::leaked),
        (7, waits::broken),
        (6, burst::broken),
        (1, every_route::broken),
        (1, isolation::broken),
        (1, looks::broken),
        (1, owner::owner_unserved),
        (1, owner::floor_missing),
    ];
    let judges = match plan.family {
        Family::Small => SMALL,
        Family::Fleet => FLEET,
    };
    let asked = judges.iter().filter(|(rule, _)| only.is_none_or(|only| only == *rule));
    let mut broken = asked.filter_map(|(rule, judge)| Some((*rule, judge(plan, history)?)));
    broken.next().map(|(rule, what)| Verdict { rule, what })
}

/// Rule 5, which compares two runs.
pub fn judge_repeated(plan: &Plan, what_is_broken: Break) -> Option<Verdict> {
    rule_5::broken(plan, what_is_broken).map(|what| Verdict { rule: 5, what })
}
