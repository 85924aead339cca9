//! Arguments and help of `status`.

use clap::Args;

use crate::account::EndpointArg;
use crate::monitoring::args::MonitoringArgs;
use scalerctl_console::{numbers::whole_number, times::duration::whole_seconds};

/// Arguments of `scalerctl status`.
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// Endpoints, by name or ARN; default: all async endpoints that are registered in Application Auto Scaling
    #[arg(value_name = "ENDPOINT")]
    pub endpoints: Vec<EndpointArg>,

    /// Refresh every SECONDS, until Ctrl-C. A duration such as 1m also works
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "5",
          value_parser = whole_seconds(1..=3600))]
    pub watch: Option<u64>,

    /// With --watch: stop after N times
    #[arg(long, value_name = "N", requires = "watch",
          value_parser = whole_number::<u64>(1..=u64::MAX.into(), ""))]
    pub times: Option<u64>,

    /// Options of all commands that only read.
    #[command(flatten)]
    pub monitoring: MonitoringArgs,
}

/// Description in `scalerctl status --help`.
pub const STATUS: &str = "\
Show the state of endpoints: status, instances, bounds of the scalable target, the lease, work \
record, or hold and its remaining time, suspended scaling, the backlog in CloudWatch, and the \
function's last decision with its reason.

Only reads. With 110 columns or more the output is a table, otherwise a block for each endpoint. \
With --function or --log-group, decisions are read from the function's log of the last 24 hours. \
With --function, the uploads without a result are shown if results are connected. \
docs/reference.md has the IAM policy.";

/// Examples and exit codes in `scalerctl status --help`.
pub const STATUS_EXAMPLES: &str = "\
Examples:
  scalerctl status
  scalerctl status my-endpoint --function my-stack-ScalerFunction-AbC123
  scalerctl status --watch 10 --utc
  scalerctl status --json | jq '.endpoints[] | select(.desired > 0) | .endpoint'

Exit codes:
  0  all endpoints are shown
  1  part of an endpoint's state could not be read; the rest is shown
  2  the arguments are not valid, the endpoint does not exist, AWS cannot be reached, or it rejected
     the credentials";
