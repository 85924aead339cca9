//! Arguments and help of `report`.

use clap::Args;

use crate::{
    account::name_or_pattern::NameOrPattern,
    monitoring::{
        args::{MonitoringArgs, TimeRangeArgs},
        price::PriceArgs,
    },
    watch::WatchArgs,
};

/// Arguments of `scalerctl report`.
#[derive(Debug, Clone, Args)]
pub struct ReportArgs {
    /// Endpoints by name or ARN, or patterns of names such as 'team-a-*'; default: all async
    /// endpoints that are registered in Application Auto Scaling
    #[arg(value_name = "ENDPOINT")]
    pub endpoints: Vec<NameOrPattern>,

    /// All registered async endpoints, as without names
    #[arg(long, conflicts_with = "endpoints")]
    pub all: bool,

    /// The time range; default: the last 30 days.
    #[command(flatten)]
    pub range: TimeRangeArgs,

    /// Whether it is repeated.
    #[command(flatten)]
    pub watch: WatchArgs,

    /// The price of an instance hour.
    #[command(flatten)]
    pub price: PriceArgs,

    /// Options of all commands that only read.
    #[command(flatten)]
    pub monitoring: MonitoringArgs,
}

/// Description in `scalerctl report --help`.
pub const REPORT: &str = "\
Show totals of the last weeks for each endpoint, and of all of them: wakes, the delay from an upload to the accepted \
capacity request, hours at zero, paid idle time, blocked sleeps, errors, and the ten wakes that took the most. With a \
price: the cost, per wake and per result, and the savings compared with one instance that always runs. \
Async endpoints that are not registered are listed below, with the command that registers them.

Paid idle is the time in which an instance was in service and the backlog was 0. Time without a datapoint of the \
backlog is unknown. The cost counts desired instances, from the request for capacity: AWS does not document \
whether the time until an instance is in service is paid.

Only reads. The figures come from the decisions in the function's log, or from its metrics in \
CloudWatch if no function is named or found. The log also shows the idle time after the last result \
of each wake, if results are connected. The number of desired instances is known when the \
function reads the endpoint, and is used until the next read, for 15 minutes at most. The rest is \
reported as unknown.";

/// Examples and exit codes in `scalerctl report --help`.
pub const REPORT_EXAMPLES: &str = "\
Examples:
  scalerctl report
  scalerctl report my-endpoint --since 7d --price-per-hour 1.41
  scalerctl report --price-table prices.csv
  scalerctl report 'team-a-*' --json | jq .endpoints

Exit codes:
  0  reported
  2  the arguments are not valid, the endpoint does not exist, AWS cannot be reached, or it rejected
     the credentials";
