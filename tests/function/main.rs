//! The built function, from the outside: the real process over the Runtime API, the real AWS SDK
//! over loopback HTTP, and the simulator's AWS.
//!
//! | file | what is shown |
//! |---|---|
//! | `starting` | the messages of a process that cannot run |
//! | `settings` | refused settings |
//! | `events` | every payload of `events/` |
//! | `waking` | what a wake calls, in which order, and how its latency is told |
//! | `storms` | the number of calls for many uploads |
//! | `sleeping` | the tick, on both sides of each boundary |
//! | `commands` | direct invocation |
//! | `observing` | `SCALER_MODE=observe` |
//! | `failing` | failures are reported after everything else was done |
//! | `foreign` | events without a route |
//! | `passed_over` | events that look like work and wake nothing |
//! | `broken` | payloads and records that are not valid |
//! | `keys` | object keys that are hard to read |
//! | `certificates` | the trusted certificates |
//! | `prewarming` | connections that are made before the first event |
//! | `proxies` | proxies, and the hosts that are asked for behind one |
//! | `secrecy` | data that is never written |
//! | `results` | the ledger of uploads and results |
//! | `results_and_others` | results beside what the ledger does not explain |
//! | `sdk_keys` | uploads of the real SageMaker Python SDK |
//! | `fleet` | routes for several endpoints |
//! | `stored` | routes in Parameter Store or S3 |
//! | `metrics` | the log line of a decision |
//! | `logging` | what else is logged, and at which level |

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../harness/mod.rs"]
mod harness;

mod broken;
mod certificates;
mod commands;
mod events;
mod failing;
mod fleet;
mod foreign;
mod keys;
mod logging;
mod metrics;
mod observing;
mod passed_over;
mod prewarming;
mod proxies;
mod results;
mod results_and_others;
mod sdk_keys;
mod secrecy;
mod settings;
mod sleeping;
mod starting;
mod stored;
mod storms;
mod waking;
