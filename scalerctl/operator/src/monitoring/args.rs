//! Options that `status`, `plot` and `report` share.

use clap::Args;
use jiff::Timestamp;

use crate::{account::args::AccountArgs, clock::simulated_time};
use scalerctl_console::{output::FormatArgs, times::TAKES};

/// Options of `status`, `plot` and `report`.
#[derive(Debug, Clone, Args)]
pub struct MonitoringArgs {
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
    pub format: FormatArgs,
}

/// Options for the function whose decisions are read.
#[derive(Debug, Clone, Default, Args)]
pub struct FunctionArgs {
    /// The deployed function, by name or ARN; decisions are read from its log group
    #[arg(long, value_name = "NAME_OR_ARN", value_parser = clap::builder::NonEmptyStringValueParser::new(), help_heading = "Function")]
    pub function: Option<String>,

    /// The function's log group
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new(), conflicts_with = "function", help_heading = "Function")]
    pub log_group: Option<String>,
}

/// Options for times.
#[derive(Debug, Clone, Default, Args)]
pub struct TimeArgs {
    /// Print times in UTC; default: the local time zone (TZ). JSON is always in UTC
    #[arg(long)]
    pub utc: bool,

    /// For tests: the present time of the simulated AWS, such as 2030-01-07T09:00:00Z
    #[arg(long, hide = true, value_name = "TIME", value_parser = simulated_time)]
    pub now: Option<Timestamp>,
}

/// A time range.
#[derive(Debug, Clone, Args)]
pub struct TimeRangeArgs {
    /// The start.
    #[arg(long, value_name = "TIME", help = format!("Start. A duration counts back from the end. {TAKES}"))]
    pub since: Option<String>,

    /// The end.
    #[arg(long, value_name = "TIME", help = format!("End; default: now. A duration counts back from now. {TAKES}"))]
    pub until: Option<String>,
}
