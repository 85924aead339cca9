//! Arguments of all commands that run the scaler in this process.

use clap::Args;

use crate::{account::args::AccountArgs, clock::PacedClock};
use scalerctl_common::output::FormatArgs;

/// What a command is about.
#[derive(Debug, Clone, Args)]
pub struct CommonArgs {
    /// The endpoint
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: String,

    /// Its production variant; default: the only one
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,

    /// Say what would be done, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Whose AWS.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,

    /// The clock of a simulated AWS that runs faster: 60x2026-03-02T09:15:00Z
    #[arg(long, hide = true, value_name = "SPEEDxSINCE")]
    pub clock: Option<PacedClock>,
}

/// How the endpoint is scaled.
#[derive(Debug, Clone, Default, Args)]
pub struct PolicyArgs {
    /// Take the idle window and the instances of a wake from this deployed function's SCALER_ROUTES
    #[arg(long, value_name = "NAME_OR_ARN", conflicts_with_all = ["idle_minutes", "wake_to"],
          help_heading = "Policy")]
    pub function: Option<String>,

    /// Minutes without work before the endpoint may sleep; default: 10
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=1440),
          help_heading = "Policy")]
    pub idle_minutes: Option<i64>,

    /// Instances that a wake asks for; default: 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..),
          help_heading = "Policy")]
    pub wake_to: Option<i32>,
}
