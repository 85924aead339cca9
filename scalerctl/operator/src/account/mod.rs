//! The person's AWS account: how it is reached, and what is read there, one file per service.
//!
//! | file | idea |
//! |---|---|
//! | `connect` | credentials, region and endpoints; or the simulated AWS on this machine |
//! | `refusal` | what AWS answers where it refuses, and what to do about it |
//! | `metrics`, `alarm_states`, `decisions` | CloudWatch over time: metrics, alarms, the function's log |
//! | `closest` | which names a mistyped one may have meant |
//! | `lambda`, `s3`, `event_bridge`, `iam` | the calls, all of which read; one file per service |
//! | `sagemaker`, `scaling`, `alarms`, `figures` | endpoints, how they are scaled, alarms, metrics of a day |
//! | `metric` | what a policy or an alarm watches |
//! | `routes` | what a deployed function's settings say of its routes |
//! | `suspension` | which directions of scaling are suspended: the one write of this folder |
//! | `arn` | the parts of an ARN |
//! | `args` | the options of the command line for the account |

pub mod alarm_states;
pub mod alarms;
pub mod args;
pub mod arn;
pub mod closest;
mod connect;
pub mod decisions;
pub mod event_bridge;
pub mod figures;
pub mod iam;
pub mod lambda;
pub mod metric;
pub mod metrics;
pub mod refusal;
pub mod routes;
pub mod s3;
pub mod sagemaker;
pub mod scaling;
pub mod suspension;

pub use connect::configuration;
pub use lambda::Function;
pub use refusal::Refusal;
