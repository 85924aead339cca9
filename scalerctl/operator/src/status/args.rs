//! Arguments and help of `status`.

use clap::{Args, ValueEnum};

use crate::{
    account::{args::AccountArgs, name_or_pattern::NameOrPattern},
    monitoring::args::{FunctionArgs, TimeArgs},
    watch::WatchArgs,
};

/// Arguments of `scalerctl status`.
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// Endpoints by name or ARN, or patterns of names such as 'team-a-*'; default: all async
    /// endpoints
    #[arg(value_name = "ENDPOINT")]
    pub endpoints: Vec<NameOrPattern>,

    /// All async endpoints, as without names
    #[arg(long, conflicts_with = "endpoints")]
    pub all: bool,

    /// Whether it is repeated.
    #[command(flatten)]
    pub watch: WatchArgs,

    /// Options for the function.
    #[command(flatten)]
    pub function: FunctionArgs,

    /// Options for times.
    #[command(flatten)]
    pub time: TimeArgs,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: StatusFormatArgs,
}

/// Options for the output format.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct StatusFormatArgs {
    /// Print text, text with all columns, or a single JSON document
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = StatusFormat::Text)]
    pub output: StatusFormat,

    /// The same as --output json
    #[arg(long, conflicts_with = "output")]
    pub json: bool,
}

impl StatusFormatArgs {
    /// The format.
    pub fn format(self) -> StatusFormat {
        if self.json { StatusFormat::Json } else { self.output }
    }
}

/// An output format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// Text that fits the terminal
    #[default]
    Text,
    /// A line with all columns for each endpoint
    Wide,
    /// A JSON document
    Json,
}

/// Description in `scalerctl status --help`.
pub const STATUS: &str = "\
Show the state of endpoints: status, instances, the lease, work record, or hold and its remaining \
time, the backlog in CloudWatch, bounds of the scalable target, suspended scaling, and the \
function's last decision.

Only reads. Several endpoints have one line each, with as many columns as fit the \
terminal; -o wide prints all. READY is the number of instances in service and the number desired. A \
single endpoint is a block. Async endpoints that are not registered in Application Auto Scaling are \
shown too: the function never scales them to zero.

The last decision is from the function's log of the last 24 hours. If results are connected, the \
uploads without a result are shown. docs/reference.md has the IAM policy.";

/// Examples and exit codes in `scalerctl status --help`.
pub const STATUS_EXAMPLES: &str = "\
Examples:
  scalerctl status
  scalerctl status 'team-a-*' -o wide
  scalerctl status my-endpoint --function my-stack-ScalerFunction-AbC123
  scalerctl status --watch 10 --utc
  scalerctl status --json | jq '.endpoints[] | select(.desired > 0) | .endpoint'

Exit codes:
  0  all endpoints are shown
  1  part of an endpoint's state could not be read; the rest is shown
  2  the arguments are not valid, the endpoint does not exist, AWS cannot be reached, or it rejected
     the credentials";
