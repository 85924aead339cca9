//! Wakes a SageMaker async inference endpoint from zero instances when work arrives, and scales it in to zero when
//! the work is done.
//!
//! Each invocation has four steps:
//!
//! 1. [`signal`] decodes the payload into signals.
//! 2. [`scaler`] finds the routes that they concern and reads the state of those endpoints from AWS.
//! 3. [`decide`] decides, without I/O and without a clock.
//! 4. [`scaler`] carries out the decision, and [`report`] describes what was done.
//!
//! The scaler calls AWS only through the traits of [`port`]. [`aws`] implements them with the AWS SDK. It is left
//! out of a build without the feature `aws`. The function stores its state in Application Auto Scaling: see [`lease`].
//! If results are connected, it also has a table in DynamoDB: see [`ledger`].
//!
//! # Settings
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SCALER_ROUTES` | JSON array of [`config::Route`]s, or their location, a [`stored_routes::Place`] | required |
//! | `SCALER_LEDGER` | name of the table of the [`ledger`] | no table |
//! | `SCALER_MODE` | `act`, or `observe`: decide and report, change nothing | `act` |
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
pub mod ledger;
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
