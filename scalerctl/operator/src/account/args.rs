//! Options for the AWS account of a command.

use clap::Args;

/// Options for the AWS account.
#[derive(Debug, Clone, Default, Args)]
pub struct AccountArgs {
    /// Profile of your AWS configuration; overrides credentials in the environment
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new(), help_heading = "AWS account")]
    pub profile: Option<String>,

    /// Region; default: that of the ARN that you give, else that of your AWS configuration
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new(), help_heading = "AWS account")]
    pub region: Option<String>,

    /// Use the simulated AWS that `scalerctl aws` serves on this machine, at AWS_ENDPOINT_URL or
    /// port 4599, without credentials
    #[arg(long, conflicts_with = "profile", help_heading = "AWS account")]
    pub local: bool,
}
