//! Arguments of the commands that run the scaler in this process.

use clap::Args;
use reactive_scaler::config::is_sagemaker_name;

use crate::{
    account::{EndpointArg, args::AccountArgs, name_or_pattern::NameOrPattern},
    clock::PacedClock,
};
use scalerctl_console::{
    numbers::whole_number, output::FormatArgs, times::duration::whole_minutes,
};

/// The endpoint, and how to reach it.
#[derive(Debug, Clone, Args)]
pub struct ScalerArgs {
    /// The endpoint, by name or ARN
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: EndpointArg,

    /// How to reach it.
    #[command(flatten)]
    pub options: ScalerOptions,
}

/// Several endpoints, and how to reach them.
#[derive(Debug, Clone, Args)]
pub struct SeveralArgs {
    /// Endpoints by name or ARN, or patterns of registered names such as 'team-a-*'
    #[arg(value_name = "ENDPOINT", required_unless_present = "all")]
    pub endpoints: Vec<NameOrPattern>,

    /// What all several endpoints have in common.
    #[command(flatten)]
    pub common: SeveralOptions,

    /// How to reach them.
    #[command(flatten)]
    pub options: ScalerOptions,
}

/// Options for several endpoints.
#[derive(Debug, Clone, Copy, Args)]
pub struct SeveralOptions {
    /// All async endpoints that are registered in Application Auto Scaling
    #[arg(long)]
    pub all: bool,

    /// Do not ask before more than one instance is started
    #[arg(long)]
    pub yes: bool,
}

/// How to reach an endpoint.
#[derive(Debug, Clone, Args)]
pub struct ScalerOptions {
    /// Its production variant; default: the only one
    #[arg(long, value_name = "NAME", value_parser = variant_name)]
    pub variant: Option<String>,

    /// Print what would be done, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: FormatArgs,

    /// For tests: the clock of the simulated AWS, SPEED times as fast since SINCE, such as
    /// 60x2030-01-07T09:00:00Z
    #[arg(long, hide = true, value_name = "SPEEDxSINCE")]
    pub clock: Option<PacedClock>,
}

fn variant_name(text: &str) -> Result<String, String> {
    match is_sagemaker_name(text) {
        true => Ok(text.to_owned()),
        false => Err("not a valid variant name\nwhat to do: use 1 to 63 letters, digits, and hyphens between \
                      them, or omit --variant if the endpoint has only one variant"
            .to_owned()),
    }
}

/// Options for the scaling policy.
#[derive(Debug, Clone, Default, Args)]
pub struct PolicyArgs {
    /// Read the idle window and the instances of a wake from SCALER_ROUTES of this deployed
    /// function. Default: SCALERCTL_FUNCTION, else scalerctl.toml, else the only one in the region
    /// with a route for the endpoint
    #[arg(long, value_name = "NAME_OR_ARN", value_parser = clap::builder::NonEmptyStringValueParser::new(), conflicts_with_all = ["idle_minutes", "job_minutes", "wake_to"],
          help_heading = "Policy")]
    pub function: Option<String>,

    /// Minutes without work before the endpoint may scale to zero, if this is more than
    /// --job-minutes + 2; default: 10. A duration such as 2h also works
    #[arg(long, value_name = "N", value_parser = whole_minutes::<i64>(1..=1440),
          help_heading = "Policy")]
    pub idle_minutes: Option<i64>,

    /// Duration of the longest request, in minutes, or a duration such as 1h; default: 15
    #[arg(long, value_name = "N", value_parser = whole_minutes::<i64>(1..=60),
          help_heading = "Policy")]
    pub job_minutes: Option<i64>,

    /// Instances that a wake requests; default: 1
    #[arg(long, value_name = "N", value_parser = whole_number::<i32>(1..=i32::MAX.into(), ""),
          help_heading = "Policy")]
    pub wake_to: Option<i32>,
}

impl PolicyArgs {
    /// Whether a setting is given. Then no function is asked for one.
    pub fn has_settings(&self) -> bool {
        self.idle_minutes.is_some() || self.job_minutes.is_some() || self.wake_to.is_some()
    }
}
