//! Arguments and help of `verify`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::{local_scaler::args::CommonArgs, monitoring::args::FunctionArgs};

/// Arguments of `scalerctl verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// Start without asking: the cost and what is written are stated all the same
    #[arg(long)]
    pub yes: bool,

    /// Price of an instance hour, in any currency
    #[arg(long, value_name = "PRICE")]
    pub price_per_hour: Option<f64>,

    /// Write the report as JSON to FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,

    /// Write the figures to FILE, for `scalerctl simulate --calibration`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub calibration: Option<PathBuf>,

    /// Whose log shows whether state-change events arrive.
    #[command(flatten)]
    pub function: FunctionArgs,

    /// What it is about.
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Description in `scalerctl verify --help`.
pub const VERIFY: &str = "\
Try on your own endpoint what AWS documents nowhere, and measure what the simulator assumes.

An endpoint at zero, without backlog, lease or hold, is woken for some minutes under a lease like any \
other, measured while it idles, and put back to zero; a scheduled action that changes nothing is put \
and removed. What it does and costs is said beforehand. Whatever happens, Ctrl-C included, everything \
is put back; work that arrives meanwhile is left its instance.";

/// Examples and exit codes in `scalerctl verify --help`.
pub const VERIFY_EXAMPLES: &str = "\
Examples:
  scalerctl verify my-endpoint --dry-run --price-per-hour 1.41
  scalerctl verify my-endpoint --yes --function my-stack-ScalerFunction-AbC123
  scalerctl verify my-endpoint --yes --calibration measured.json
  scalerctl simulate --calibration measured.json

Exit codes:
  0  measured, and everything is as it was
  1  the endpoint's state forbids it, it was cut short, or not all is as it was; it says why
  2  no consent, the arguments cannot be used, or AWS cannot be asked";
