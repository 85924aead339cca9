//! Inputs that users reported, sent to the built function, and further inputs of the same kind from AWS's
//! documentation.
//!
//! | file | kind |
//! |---|---|
//! | `contributors_by_sns` | an alarm on a Metrics Insights query, by SNS |
//! | `contributors_on_event_bus` | the same alarm on an event bus |
//! | `folder_markers` | a folder that was made in the S3 console |
//! | `sdk_keys` | keys of the SageMaker Python SDK |
//! | `error_texts` | texts of SageMaker and Application Auto Scaling: their kind, and what to do |
//!
//! The payloads are in `payloads/`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, unused_imports, reason = "other tests ask for more")]
#[path = "../harness/mod.rs"]
mod harness;

mod contributors_by_sns;
mod contributors_on_event_bus;
mod error_texts;
mod folder_markers;
mod replay;
mod sdk_keys;
