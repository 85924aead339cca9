//! Arguments and help of `verify`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::{local_scaler::args::ScalerArgs, monitoring::args::FunctionArgs};
use scalerctl_console::numbers::price;

/// Arguments of `scalerctl verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// Start without confirmation; the plan and its cost are printed anyway
    #[arg(long)]
    pub yes: bool,

    /// Price of an instance hour, in any currency
    #[arg(long, value_name = "PRICE", value_parser = price)]
    pub price_per_hour: Option<f64>,

    /// Write the report as JSON to FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,

    /// Write the figures to FILE, for `scalerctl simulate --calibration`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub calibration: Option<PathBuf>,

    /// The function whose log shows whether state-change events arrive.
    #[command(flatten)]
    pub function: FunctionArgs,

    /// The endpoint, and how to reach it.
    #[command(flatten)]
    pub scaler: ScalerArgs,
}

/// Description in `scalerctl verify --help`.
pub const VERIFY: &str = "\
Measure on your endpoint what AWS does not document and the simulator assumes.

The endpoint must be at zero, without a backlog, lease, or hold. It is woken for some minutes with \
a normal lease, measured while idle, and scaled to zero. A scheduled action that changes nothing \
is created and deleted. The command first prints what it does and what it costs. It restores \
everything, also after an error or Ctrl-C. If work arrives meanwhile, the instance is kept.";

/// Examples and exit codes in `scalerctl verify --help`.
pub const VERIFY_EXAMPLES: &str = "\
Examples:
  scalerctl verify my-endpoint --dry-run --price-per-hour 1.41
  scalerctl verify my-endpoint --yes --function my-stack-ScalerFunction-AbC123
  scalerctl verify my-endpoint --yes --calibration measured.json
  scalerctl simulate --calibration measured.json

Exit codes:
  0  measured, and everything was restored
  1  the endpoint's state does not allow it, it ended early, or not everything was restored
  2  not confirmed, the arguments are not valid, or AWS cannot be reached";
