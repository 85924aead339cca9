//! Behaviour of the model, fact by fact: what AWS does, on both sides of each boundary.
//!
//! The facts are AWS's own where the comment names an API reference or a guide; where it says
//! "assumption", a field of `Settings` decides.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod activities;
mod alarm_low;
mod alarms;
mod capacity;
mod cooldowns;
mod deletion;
mod described;
mod faults;
mod hooks;
mod metrics;
mod missing_data;
mod neighbours;
mod observability;
mod paging;
mod policies;
mod policy_json;
mod published_experience;
mod queue;
mod refusals;
mod scheduled_actions;
mod several_policies;
mod shown;
mod stage;
mod step_scaling;
mod target_tracking;
mod targets;
mod time;
mod wire;
