//! Wakes a SageMaker async inference endpoint from zero instances the moment work arrives, and
//! puts it back to zero when the work is done.
//!
//! An invocation passes four steps, one way:
//!
//! 1. [`signal`] turns whatever the function was invoked with into signals,
//! 2. [`scaler`] looks up which routes they concern and reads what AWS says of those endpoints,
//! 3. [`decide`] judges, without I/O and without a clock,
//! 4. [`scaler`] carries the decision out, and [`report`] tells what was done.
//!
//! The scaler knows AWS only through the traits of [`port`]; [`aws`] implements them with the AWS
//! SDK, and is left out of a build without the feature `aws`. Everything that is remembered lives in
//! Application Auto Scaling: see [`lease`].
//!
//! # Settings
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SCALER_ROUTES` | JSON array of [`config::Route`]s: what wakes which endpoint; or the [`stored_routes::Place`] where it lies | required |
//! | `SCALER_MODE` | `act`, or `observe`: decide and report, write nothing | `act` |
//! | `AWS_LAMBDA_LOG_LEVEL` | level of the diagnostic log; decisions are always logged | `INFO` |
//! | `AWS_REGION`, `AWS_ENDPOINT_URL`, ... | the AWS SDK's own variables | |

#[cfg(feature = "aws")]
pub mod aws;
pub mod aws_errors;
pub mod config;
pub mod decide;
pub mod fleet;
pub mod handler;
pub mod ignored;
pub mod lease;
pub mod log_limit;
pub mod port;
pub mod rate;
pub mod rate_limited;
pub mod reason;
pub mod record;
pub mod report;
pub mod scaler;
pub mod signal;
pub mod stored_routes;
