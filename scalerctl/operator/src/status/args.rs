//! Arguments and help of `status`.

use clap::Args;

use crate::{
    account::args::AccountArgs,
    monitoring::args::{FunctionArgs, TimeArgs},
};
use scalerctl_common::output::FormatArgs;

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

/// Description in `scalerctl status --help`.
pub const STATUS: &str = "\
Show how endpoints stand: state, instances, the bounds of their scalable target, the lease or hold \
that keeps them awake and the time it has left, suspended scaling, the backlog as CloudWatch shows \
it, the function's last decision and its reason.

Only reads. A terminal of 110 columns or more gets a table, a narrower one a block for each \
endpoint. Decisions are read from the function's log of the last 24 hours, where --function or \
--log-group names it. docs/reference.md has the IAM policy.";

/// Examples and exit codes in `scalerctl status --help`.
pub const STATUS_EXAMPLES: &str = "\
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
