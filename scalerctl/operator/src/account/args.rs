//! Options for the AWS account of a command.

use clap::Args;

/// Which AWS account is asked.
#[derive(Debug, Clone, Default, Args)]
pub struct AccountArgs {
    /// Profile of your AWS configuration; counts more than credentials in the environment
    #[arg(long, value_name = "NAME", help_heading = "AWS account")]
    pub profile: Option<String>,

    /// Region; default: that of an ARN you give, else that of your AWS configuration
    #[arg(long, value_name = "NAME", help_heading = "AWS account")]
    pub region: Option<String>,

    /// Ask the simulated AWS that `scalerctl aws` serves on this machine (AWS_ENDPOINT_URL, else
    /// port 4599), without credentials
    #[arg(long, conflicts_with = "profile", help_heading = "AWS account")]
    pub local: bool,
}
