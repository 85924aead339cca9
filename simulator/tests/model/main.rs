//! The behavior of the model: what AWS does, on both sides of each boundary.
//!
//! A comment that names an API reference or a guide states a fact about AWS. A comment that says
//! "assumption" states a behavior that a field of `Settings` decides.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod activities;
mod alarm_low;
mod alarm_notices;
mod alarms;
mod capacity;
mod cooldowns;
mod deletion;
mod described;
mod event_rules;
mod faults;
mod hooks;
mod hosting;
mod inference;
mod message_queues;
mod metrics;
mod missing_data;
mod neighbours;
mod object_events;
mod observability;
mod paging;
mod parameters;
mod policies;
mod policy_json;
mod protocols;
mod published_experience;
mod queue;
mod refusals;
mod reserved_concurrency;
mod scheduled_actions;
mod schedules;
mod service_quotas;
mod setup;
mod several_policies;
mod shapes;
mod shown;
mod step_scaling;
mod tags;
mod target_tracking;
mod targets;
mod time;
mod topics;
mod wall_clock;
mod wire;
