//! Arguments and help of `doctor`.

use clap::Args;
use jiff::Timestamp;

use crate::{
    account::{args::AccountArgs, name_or_pattern::NameOrPattern},
    clock::simulated_time,
    watch::WatchArgs,
};
use scalerctl_console::{output::FormatArgs, times::duration::whole_seconds};

/// Arguments of `scalerctl doctor`.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// Endpoints by name or ARN, or patterns of names such as 'team-a-*'
    #[arg(value_name = "ENDPOINT", required_unless_present = "all")]
    pub endpoints: Vec<NameOrPattern>,

    /// All async endpoints, registered or not
    #[arg(long, conflicts_with = "endpoints")]
    pub all: bool,

    /// The deployed function, by name or ARN; default: SCALERCTL_FUNCTION, else scalerctl.toml, else
    /// the one whose SCALER_ROUTES covers the endpoint
    #[arg(long, value_name = "NAME_OR_ARN", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub function: Option<String>,

    /// Whether it is repeated.
    #[command(flatten)]
    pub watch: WatchArgs,

    /// The RequestTTLSeconds that your clients pass to InvokeEndpointAsync; compared with how long
    /// an instance takes to start. A duration such as 1h also works
    #[arg(long, value_name = "SECONDS", value_parser = whole_seconds::<u64>(60..=21_600))]
    pub request_ttl: Option<u64>,

    /// For tests: the present time of the simulated AWS, such as 2030-01-07T09:00:00Z
    #[arg(long, hide = true, value_name = "TIME", value_parser = simulated_time)]
    pub now: Option<Timestamp>,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Description in `scalerctl doctor --help`.
pub const DOCTOR: &str = "\
Find out why an endpoint does not scale, and how to fix it. Changes nothing.

doctor reads the endpoint and its configuration, scalable targets, policies and their alarms, \
scheduled actions, scaling activities, the function that covers the endpoint and its schedule, the \
bucket's notifications, the topics, uploads and results of a route with results, the timeouts of the \
model, and the log, errors, and dead letters of the last day. Each finding says what is wrong, \
why it matters, and which command or parameter fixes it. docs/reference.md lists the findings and \
the permissions that your credentials need. A missing permission is reported as a finding.

Several endpoints have a line each, with the ids of their findings, and the exit code is the highest.";

/// Examples and exit codes in `scalerctl doctor --help`.
pub const DOCTOR_EXAMPLES: &str = "\
Examples:
  scalerctl doctor my-endpoint
  scalerctl doctor my-endpoint --function my-stack-ScalerFunction-AbC123 --region eu-west-1
  scalerctl doctor my-endpoint --request-ttl 600
  scalerctl doctor --all --watch 1m
  scalerctl doctor my-endpoint --json | jq -r '.findings[] | .id + \": \" + .what_to_do'

Exit codes:
  0  no findings, or only notes
  1  a warning, but no error
  2  the arguments are not valid, AWS cannot be reached, or the endpoint does not exist
  3  an error";
