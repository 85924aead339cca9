//! Arguments and help of `plot`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueHint};

use crate::account::EndpointArg;
use crate::monitoring::{
    args::{MonitoringArgs, TimeRangeArgs},
    price::PriceArgs,
};

/// Arguments of `scalerctl plot`.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("picture_file").multiple(true))]
pub struct PlotArgs {
    /// The endpoint, by name or ARN
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: EndpointArg,

    /// Which range. Default: the last 6 hours.
    #[command(flatten)]
    pub range: TimeRangeArgs,

    /// The price of an instance hour.
    #[command(flatten)]
    pub price: PriceArgs,

    /// Write the picture to FILE as SVG
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output",
        group = "picture_file")]
    pub svg: Option<PathBuf>,

    /// Write the picture to FILE as PNG
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output",
        group = "picture_file")]
    pub png: Option<PathBuf>,

    /// Draw the picture of --svg and --png 340 pixels wide, for a phone. The page of --html has both widths
    #[arg(long, requires = "picture_file", help_heading = "Output")]
    pub narrow: bool,

    /// Write picture, alarms and decisions to FILE, as one page that loads nothing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub html: Option<PathBuf>,

    /// Options of all commands that only read.
    #[command(flatten)]
    pub monitoring: MonitoringArgs,
}

/// Description in `scalerctl plot --help`.
pub const PLOT: &str = "\
Draw an endpoint's last hours from CloudWatch as one picture: the backlog, the backlog per \
instance, whether work waited without an instance, the instances, the paid idle time, the function's \
decisions, the lease, the states of the alarms on these metrics.

Paid idle is the time in which an instance was in service and the backlog was 0. Time without a datapoint of the \
backlog is unknown. With a price, it says what the idle time cost.

Only reads. No metric of AWS tells how many instances an async endpoint had: they are the \
function's own metrics DesiredInstances and InServiceInstances, or where there are none, what its \
logged decisions say. Without --function or --log-group, wakes and sleeps are known by its metrics \
alone, and no lease but the present one. CloudWatch has datapoints of a minute for 15 days.";

/// Examples and exit codes in `scalerctl plot --help`.
pub const PLOT_EXAMPLES: &str = "\
Examples:
  scalerctl plot my-endpoint
  scalerctl plot my-endpoint --since 2d --function my-stack-ScalerFunction-AbC123
  scalerctl plot my-endpoint --since 2030-01-31T18:00:00Z --until 2030-02-01T00:00:00Z --png night.png
  scalerctl plot my-endpoint --price-per-hour 1.41 --html page.html --svg picture.svg
  scalerctl plot my-endpoint --price-table prices.csv

Exit codes:
  0  drawn
  1  a file cannot be written
  2  the arguments cannot be used, there is no such endpoint, AWS cannot be reached, or it does not
     take the credentials";
