//! Options that `status`, `plot` and `report` share.

use clap::Args;
use jiff::Timestamp;

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
