//! The rules of `docs/internals/design.md`: the real scaler on the model of AWS. There is one file for each
//! rule. If the code breaks a rule, the tests in its file fail.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod invocations;
mod observing;
mod owners_settings;
mod results;
mod rule_1_around_r;
mod rule_1_no_lost_wake;
mod rule_1_races;
mod rule_1_waits_for_no_more;
mod rule_2_never_in_within_bounds;
mod rule_3_no_sleep_over_work;
mod rule_4_bounded_idleness;
mod rule_4_slow_calls;
mod rule_4_two_variants;
mod rule_5_idempotent;
mod rule_6_api_budget;
mod rule_7_loud;
mod rule_7_overdue;
mod setup;
mod two_at_once;
mod unanswered;
