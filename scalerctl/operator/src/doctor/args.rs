//! Arguments and help of `doctor`.

use clap::Args;
use jiff::Timestamp;

use crate::account::args::AccountArgs;
use scalerctl_common::output::FormatArgs;

/// Arguments of `scalerctl doctor`.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// The endpoint, by name
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: String,

    /// The deployed function, by name or ARN; default: the one whose SCALER_ROUTES covers the
    /// endpoint
    #[arg(long, value_name = "NAME_OR_ARN")]
    pub function: Option<String>,

    /// The RequestTTLSeconds that your clients give InvokeEndpointAsync: compared with how long
    /// an instance takes
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(60..=21600))]
    pub request_ttl: Option<u64>,

    /// Reckon as at TIME: for worlds whose clock is not this machine's
    #[arg(long, hide = true, value_name = "TIME")]
    pub now: Option<Timestamp>,

    /// Whose AWS.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Description in `scalerctl doctor --help`.
pub const DOCTOR: &str = "\
Find out why an endpoint does not scale as it should, and what mends it. Nothing is changed.

Read are the endpoint and its configuration, scalable targets, policies with their alarms, \
scheduled actions and scaling activities, the function that covers the endpoint, what its bucket \
tells, and the errors and dead letters of the last day. Each finding says what is wrong, why it \
matters, and the command or the parameter that mends it. docs/reference.md lists the findings and has \
the policy of permissions that your credentials need; what they may not read is a finding too.";

/// Examples and exit codes in `scalerctl doctor --help`.
pub const DOCTOR_EXAMPLES: &str = "\
Examples:
  scalerctl doctor my-endpoint
  scalerctl doctor my-endpoint --function my-stack-ScalerFunction-AbC123 --region eu-west-1
  scalerctl doctor my-endpoint --request-ttl 600
  scalerctl doctor my-endpoint --json | jq -r '.findings[] | .id + \": \" + .what_to_do'

Exit codes:
  0  nothing was found, or notes alone
  1  a warning was found, and no error
  2  the arguments cannot be used, AWS cannot be reached, or there is no such endpoint
  3  an error was found";
