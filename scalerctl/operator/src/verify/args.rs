//! Arguments and help of `verify`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::limits::{LEASE_AFTER, LEASE_MINUTES};
use crate::{
    account::s3_location::S3Location, local_scaler::args::ScalerArgs,
    monitoring::args::FunctionArgs,
};
use scalerctl_console::{numbers::price, times::duration::whole_minutes};

/// Arguments of `scalerctl verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// Start without confirmation; the plan and its cost are printed anyway
    #[arg(long)]
    pub yes: bool,

    /// Price of an instance hour, in any currency
    #[arg(long, value_name = "PRICE", value_parser = price)]
    pub price_per_hour: Option<f64>,

    /// Write the report as JSON to FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,

    /// Write the figures to FILE, for `scalerctl simulate --calibration`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub calibration: Option<PathBuf>,

    /// The request that is measured.
    #[command(flatten)]
    pub request: RunningWorkArgs,

    /// The function whose log shows whether state-change events arrive.
    #[command(flatten)]
    pub function: FunctionArgs,

    /// The endpoint, and how to reach it.
    #[command(flatten)]
    pub scaler: ScalerArgs,
}

/// A request that runs while the metric is watched.
#[derive(Debug, Clone, Default, Args)]
pub struct RunningWorkArgs {
    /// Also send one request with this input, which takes 5 minutes or more, and measure whether the backlog metric
    /// counts it while it runs
    #[arg(long, value_name = "S3_URI", help_heading = "Running work")]
    pub running_work: Option<S3Location>,

    /// ContentType of the request
    #[arg(long, value_name = "TYPE", requires = "running_work", help_heading = "Running work",
          value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub content_type: Option<String>,

    /// Minutes after which SageMaker ends the request, or a duration such as 1h; default: 15
    #[arg(long, value_name = "N", requires = "running_work", help_heading = "Running work",
          value_parser = whole_minutes::<i32>(5..=60))]
    pub job_minutes: Option<i32>,
}

impl RunningWorkArgs {
    /// The longest time that the request can take, in minutes.
    pub fn minutes(&self) -> i64 {
        i64::from(self.job_minutes.unwrap_or(15))
    }

    /// The same as `InvocationTimeoutSeconds`.
    pub fn timeout_seconds(&self) -> i32 {
        self.job_minutes.unwrap_or(15) * 60
    }

    /// `idle_minutes` of the lease, which outlasts the request.
    pub fn lease_minutes(&self) -> i64 {
        match self.running_work {
            Some(_) => LEASE_MINUTES.max(self.minutes() + LEASE_AFTER),
            None => LEASE_MINUTES,
        }
    }
}

/// Description in `scalerctl verify --help`.
pub const VERIFY: &str = "\
Measure on your endpoint what AWS does not document and the simulator assumes.

The endpoint must be at zero, without a backlog, lease, or hold. It is woken for some minutes with \
a normal lease, measured while idle, and scaled to zero. A scheduled action that changes nothing \
is created and deleted. The command first prints what it does and what it costs. It restores \
everything, also after an error or Ctrl-C. If work arrives meanwhile, the instance is kept.

With --running-work, one request is sent to the idle instance. It must take 5 minutes or more. The \
instance is kept until the result is in Amazon S3.";

/// Examples and exit codes in `scalerctl verify --help`.
pub const VERIFY_EXAMPLES: &str = "\
Examples:
  scalerctl verify my-endpoint --dry-run --price-per-hour 1.41
  scalerctl verify my-endpoint --yes --function my-stack-ScalerFunction-AbC123
  scalerctl verify my-endpoint --yes --calibration measured.json
  scalerctl simulate --calibration measured.json
  scalerctl verify my-endpoint --running-work s3://my-inputs/long.json --content-type application/json

Exit codes:
  0  measured, and everything was restored
  1  the endpoint's state does not allow it, it ended early, the answer about running work is not
     known, or not everything was restored
  2  not confirmed, the arguments are not valid, or AWS cannot be reached";
