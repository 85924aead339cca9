//! What an invocation reports: its answer, and one log line for each decision. The log line carries the metrics in
//! CloudWatch's embedded metric format.
//!
//! Both contain names, counts and times only, never the content of a payload.

mod answer;
mod entry;
mod log_line;
mod metrics;

pub use answer::{Answered, answer};
pub use log_line::LogLine;
pub use metrics::{DIMENSION, METRICS, NAMESPACE};
