//! The arguments of `status`, `plot` and `report`, and their help.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use jiff::Timestamp;

use super::{AccountArgs, FormatArgs};

/// Whose decisions are read.
#[derive(Debug, Clone, Default, Args)]
pub struct FunctionArgs {
    /// The deployed function, by name or ARN: its decisions are read from its log group
    #[arg(long, value_name = "NAME_OR_ARN", help_heading = "Function")]
    pub function: Option<String>,

    /// The function's log group itself
    #[arg(long, value_name = "NAME", conflicts_with = "function", help_heading = "Function")]
    pub log_group: Option<String>,
}

/// How times are told.
#[derive(Debug, Clone, Default, Args)]
pub struct TimeArgs {
    /// Tell times in UTC; default: the local time zone (TZ). JSON is always in UTC
    #[arg(long)]
    pub utc: bool,

    /// Reckon as at TIME: for worlds whose clock is not this machine's
    #[arg(long, hide = true, value_name = "TIME")]
    pub now: Option<Timestamp>,
}

/// A span of time.
#[derive(Debug, Clone, Args)]
pub struct SpanArgs {
    /// Its begin: so long before its end (90m, 6h, 30d), or a time (2030-01-31T18:00:00Z)
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,

    /// Its end, in the same forms; default: now
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

/// Arguments of `scalerctl status`.
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// Endpoints; default: all async endpoints that are registered in Application Auto Scaling
    #[arg(value_name = "ENDPOINT")]
    pub endpoints: Vec<String>,

    /// Show it again every so many seconds, until Ctrl-C
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "5",
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub watch: Option<u64>,

    /// With --watch: stop after so many times
    #[arg(long, value_name = "N", requires = "watch",
          value_parser = clap::value_parser!(u64).range(1..))]
    pub times: Option<u64>,

    /// Whose decisions.
    #[command(flatten)]
    pub function: FunctionArgs,

    /// UTC or local.
    #[command(flatten)]
    pub time: TimeArgs,

    /// Whose AWS.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Arguments of `scalerctl plot`.
#[derive(Debug, Clone, Args)]
pub struct PlotArgs {
    /// The endpoint
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: String,

    /// Which span. Default: the last 6 hours.
    #[command(flatten)]
    pub span: SpanArgs,

    /// Write the picture to FILE as SVG
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub svg: Option<PathBuf>,

    /// Write the picture to FILE as PNG
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub png: Option<PathBuf>,

    /// Write picture, alarms and decisions to FILE, as one page that loads nothing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub html: Option<PathBuf>,

    /// Whose decisions.
    #[command(flatten)]
    pub function: FunctionArgs,

    /// UTC or local.
    #[command(flatten)]
    pub time: TimeArgs,

    /// Whose AWS.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Arguments of `scalerctl report`.
#[derive(Debug, Clone, Args)]
pub struct ReportArgs {
    /// Endpoints; default: all async endpoints that are registered in Application Auto Scaling
    #[arg(value_name = "ENDPOINT")]
    pub endpoints: Vec<String>,

    /// Which span. Default: the last 30 days.
    #[command(flatten)]
    pub span: SpanArgs,

    /// Price of an instance hour, in any currency
    #[arg(long, value_name = "PRICE", value_parser = price)]
    pub price_per_hour: Option<f64>,

    /// Whose decisions.
    #[command(flatten)]
    pub function: FunctionArgs,

    /// UTC or local.
    #[command(flatten)]
    pub time: TimeArgs,

    /// Whose AWS.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

fn price(text: &str) -> Result<f64, String> {
    let price: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    match price.is_finite() && price >= 0.0 {
        true => Ok(price),
        false => Err("must be 0 or more".to_owned()),
    }
}

pub(super) const STATUS: &str = "\
Show how endpoints stand: state, instances, the bounds of their scalable target, the lease or hold \
that keeps them awake and the time it has left, suspended scaling, the backlog as CloudWatch shows \
it, the function's last decision and its reason.

Only reads. A terminal of 110 columns or more gets a table, a narrower one a block for each \
endpoint. Decisions are read from the function's log of the last 24 hours, where --function or \
--log-group names it. docs/reference.md has the IAM policy.";

pub(super) const STATUS_EXAMPLES: &str = "\
Examples:
  scalerctl status
  scalerctl status my-endpoint --function my-stack-ScalerFunction-AbC123
  scalerctl status --watch 10 --utc
  scalerctl status --json | jq '.endpoints[] | select(.desired > 0) | .endpoint'

Exit codes:
  0  all endpoints are shown
  1  something of an endpoint could not be read; what could be is shown
  2  the arguments cannot be used, there is no such endpoint, AWS cannot be reached, or it does not
     take the credentials";

pub(super) const PLOT: &str = "\
Draw an endpoint's last hours from CloudWatch as one picture: the backlog, the backlog per \
instance, whether work waited without an instance, the instances, the states of the alarms on these \
metrics, the function's decisions, the lease.

Only reads. No metric of AWS tells how many instances an async endpoint had: they are the \
function's own metrics DesiredInstances and InServiceInstances, or where there are none, what its \
logged decisions say. Without --function or --log-group, wakes and sleeps are known by its metrics \
alone, and no lease but the present one. CloudWatch has datapoints of a minute for 15 days.";

pub(super) const PLOT_EXAMPLES: &str = "\
Examples:
  scalerctl plot my-endpoint
  scalerctl plot my-endpoint --since 2d --function my-stack-ScalerFunction-AbC123
  scalerctl plot my-endpoint --since 2030-01-31T18:00:00Z --until 2030-02-01T00:00:00Z --png night.png
  scalerctl plot my-endpoint --html page.html --svg picture.svg

Exit codes:
  0  drawn
  1  a file cannot be written
  2  the arguments cannot be used, there is no such endpoint, AWS cannot be reached, or it does not
     take the credentials";

pub(super) const REPORT: &str = "\
Add up the last weeks of each endpoint: wakes, the delay from an upload to the accepted request for \
capacity, hours at zero, what they saved against one instance that always runs, sleeps that were \
blocked, errors.

Only reads. The figures come from the function's logged decisions where --function or --log-group \
names its log, else from its metrics in CloudWatch. Desired instances are known whenever the \
function looked at the endpoint, and count until it looked again, for 15 minutes at most: the rest \
is told as unknown.";

pub(super) const REPORT_EXAMPLES: &str = "\
Examples:
  scalerctl report
  scalerctl report my-endpoint --since 7d --price-per-hour 1.41
  scalerctl report --function my-stack-ScalerFunction-AbC123 --json | jq .endpoints

Exit codes:
  0  reported
  2  the arguments cannot be used, there is no such endpoint, AWS cannot be reached, or it does not
     take the credentials";
