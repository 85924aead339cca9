//! Arguments and help of `report`.

use clap::Args;

use crate::{
    account::args::AccountArgs,
    monitoring::args::{FunctionArgs, SpanArgs, TimeArgs},
};
use scalerctl_common::output::FormatArgs;

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

/// Description in `scalerctl report --help`.
pub const REPORT: &str = "\
Add up the last weeks of each endpoint: wakes, the delay from an upload to the accepted request for \
capacity, hours at zero, what they saved against one instance that always runs, sleeps that were \
blocked, errors.

Only reads. The figures come from the function's logged decisions where --function or --log-group \
names its log, else from its metrics in CloudWatch. Desired instances are known whenever the \
function looked at the endpoint, and count until it looked again, for 15 minutes at most: the rest \
is told as unknown.";

/// Examples and exit codes in `scalerctl report --help`.
pub const REPORT_EXAMPLES: &str = "\
Examples:
  scalerctl report
  scalerctl report my-endpoint --since 7d --price-per-hour 1.41
  scalerctl report --function my-stack-ScalerFunction-AbC123 --json | jq .endpoints

Exit codes:
  0  reported
  2  the arguments cannot be used, there is no such endpoint, AWS cannot be reached, or it does not
     take the credentials";
