//! Arguments and help of `preflight`.

use clap::Args;
use scalerctl_console::{numbers::whole_number, output::FormatArgs};
use scalerctl_operator::account::{EndpointArg, args::AccountArgs};

/// Arguments of `scalerctl preflight`.
#[derive(Debug, Clone, Args)]
pub struct PreflightArgs {
    /// The endpoint, by name or ARN
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: EndpointArg,

    /// The MaxCapacity that you plan; default: that of the registration, else the present number of
    /// instances, at least 1
    #[arg(long, value_name = "N", value_parser = whole_number::<i32>(1..=9_999, " of instances"))]
    pub max_capacity: Option<i32>,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Description in `scalerctl preflight --help`.
pub const PREFLIGHT: &str = "\
Check before a deployment whether the function can scale an endpoint. Changes nothing.

  endpoint    it exists, and has not failed
  async       it has an AsyncInferenceConfig
  variant     it has one production variant, whose instances can be scaled
  name        it has no capital letters, or has the tag: IAM compares lowercase names
  registered  whether the variant is registered, and who set MinCapacity
  instances   MaxCapacity is not below the present number of instances
  topics      both topics of results exist, or none is set
  quota       the account's quota of instances is enough for MaxCapacity";

/// Examples and exit codes in `scalerctl preflight --help`.
pub const PREFLIGHT_EXAMPLES: &str = "\
Examples:
  scalerctl preflight my-endpoint
  scalerctl preflight my-endpoint --max-capacity 4 --region eu-west-1
  scalerctl preflight my-endpoint -o json | jq -r '.checks[] | select(.outcome == \"problem\") | .what_to_do'

Exit codes:
  0  no problem
  1  a problem, or the endpoint does not exist
  2  the arguments are not valid, or AWS cannot be reached";
