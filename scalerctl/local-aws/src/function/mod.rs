//! The function, run as AWS Lambda runs it.
//!
//! | module | content |
//! |---|---|
//! | `container` | one execution environment: the function's code, its clients, and its log |
//! | `log` | the lines that it writes, in its log group |
//! | `asynchronous` | retries, and destinations of events |
//! | `runner` | what is to be run, and when |

mod asynchronous;
mod container;
mod log;
mod runner;

pub(crate) use asynchronous::{Finished, end_of, report, wait_after};
pub(crate) use container::Container;
pub use runner::{Functions, requests};
