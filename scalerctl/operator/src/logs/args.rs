//! Arguments and help of `logs`.

use clap::Args;

use crate::{
    account::EndpointArg,
    monitoring::args::{MonitoringArgs, TimeRangeArgs},
};

/// Arguments of `scalerctl logs`.
#[derive(Debug, Clone, Args)]
pub struct LogsArgs {
    /// The endpoint, by name or ARN; default: all endpoints of the function
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: Option<EndpointArg>,

    /// Leave out decisions that changed nothing
    #[arg(long)]
    pub changes: bool,

    /// Go on with new decisions until Ctrl-C
    #[arg(long, short, conflicts_with = "until")]
    pub follow: bool,

    /// Which range. Default: the last hour.
    #[command(flatten)]
    pub range: TimeRangeArgs,

    /// Options of all commands that only read.
    #[command(flatten)]
    pub monitoring: MonitoringArgs,
}

/// Description in `scalerctl logs --help`.
pub const LOGS: &str = "\
Show the function's decisions, one line each: when, which endpoint, what was done, and why.

Only reads. The decisions are in the function's log. A tick decides about each endpoint with \
instances every minute, also if there is nothing to do: --changes leaves these out. With --follow, the log is read every 5 \
seconds; CloudWatch Logs has a decision some seconds after it was made. With -o json, each line is \
one document.";

/// Examples and exit codes in `scalerctl logs --help`.
pub const LOGS_EXAMPLES: &str = "\
Examples:
  scalerctl logs
  scalerctl logs my-endpoint --since 1d
  scalerctl logs --follow --changes
  scalerctl logs --since 1d -o json | jq 'select(.errors > 0)'

Exit codes:
  0  all decisions are shown; with --follow: Ctrl-C
  2  the arguments are not valid, no function is known, AWS cannot be reached, or it rejected the
     credentials";
