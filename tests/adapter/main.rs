//! The contract of the ports, in one suite that both implementations pass: the model in process,
//! and the AWS SDK's adapter over the model's wire formats on loopback.
//!
//! | file | idea |
//! |---|---|
//! | `adapters_agree` | runs each contract against both |
//! | `endpoints`, `capacity`, `targets`, `actions`, `backlog` | what each method of the traits does |
//! | `stored` | the same for the port that reads stored routes |
//! | `failures` | the kind of each failure |
//! | `requests`, `answers`, `metric_pages`, `retries` | the adapter alone: what it sends, odd answers, its retries |
//! | `canned` | the server that gives them the answers |
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod actions;
mod adapters_agree;
mod answers;
mod backlog;
mod canned;
mod capacity;
mod endpoints;
mod failures;
mod metric_pages;
mod requests;
mod retries;
mod stored;
mod targets;
