//! The decision core, row by row: each rule, and each boundary on both sides.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod commands;
mod lease;
mod names;
mod rule_1_no_lost_wake;
mod rule_2_never_in_within_bounds;
mod rule_3_no_sleep_over_work;
mod rule_4_bounded_idleness;
mod rules_5_and_6_idempotent_and_cheap;
mod setup;
