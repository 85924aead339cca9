//! The AWS account: credentials, and the calls to AWS, one file for each service.
//!
//! | file | content |
//! |---|---|
//! | `addresses`, `configuration_files`, `credentials` | endpoint URLs and proxies, profiles, credentials: checked before the first call |
//! | `answers_of_aws` | fails a call if what answered is not AWS |
//! | `connect` | credentials, region and endpoints, or the simulated AWS on this machine |
//! | `call_error`, `no_answer`, `denial`, `wrong_clock`, `origin` | a call that failed, and what to do about it |
//! | `metrics`, `alarm_history`, `decision_log` | CloudWatch over time: metrics, alarms, the function's log |
//! | `endpoint_arg` | an endpoint on the command line: name or ARN |
//! | `endpoint_names` | suggestions for a mistyped endpoint name |
//! | `lambda`, `s3`, `sns`, `event_bridge`, `scheduler`, `iam` | the calls, all of which read; one file per service |
//! | `function_schedule`, `schedule_expression` | a schedule that sends ticks to a function, and how often |
//! | `function_name` | the forms in which a function is named |
//! | `sagemaker`, `auto_scaling`, `alarms` | endpoints, how they are scaled, alarms |
//! | `sagemaker_runtime` | sends a request to an endpoint |
//! | `s3_location` | an object on the command line or in an answer: `s3://BUCKET/KEY` |
//! | `watched_metric` | what a policy or an alarm watches |
//! | `cli_commands` | AWS CLI commands that fix a finding |
//! | `routes` | the routes of a deployed function |
//! | `suspension` | which directions of scaling are suspended, and a change of them |
//! | `arn` | the parts of an ARN |
//! | `args` | the options of the command line for the account |

mod addresses;
pub mod alarm_history;
pub mod alarms;
mod answers_of_aws;
pub mod args;
pub mod arn;
pub mod auto_scaling;
pub mod call_error;
pub mod cli_commands;
mod configuration_files;
mod connect;
mod credentials;
pub mod decision_log;
mod denial;
pub mod endpoint_arg;
pub mod endpoint_names;
pub mod event_bridge;
mod function_name;
pub mod function_schedule;
pub mod iam;
pub mod lambda;
pub mod metrics;
mod no_answer;
mod origin;
pub mod routes;
pub mod s3;
pub mod s3_location;
pub mod sagemaker;
pub mod sagemaker_runtime;
mod scaling_model;
pub mod schedule_expression;
pub mod scheduler;
pub mod sns;
pub mod suspension;
pub mod watched_metric;
mod wrong_clock;

pub use call_error::CallError;
pub use connect::configuration;
pub use endpoint_arg::EndpointArg;
pub use lambda::Function;
