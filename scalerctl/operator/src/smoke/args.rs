//! Arguments and help of `smoke`.

use clap::Args;

use crate::account::{EndpointArg, args::AccountArgs};
use scalerctl_console::output::FormatArgs;

/// Arguments of `scalerctl smoke`.
#[derive(Debug, Clone, Args)]
pub struct SmokeArgs {
    /// The deployed function, by name or ARN; the stack's output FunctionName. Default:
    /// SCALERCTL_FUNCTION, else scalerctl.toml, else the only one in the region with SCALER_ROUTES,
    /// or with a route for --endpoint
    #[arg(long, value_name = "NAME_OR_ARN", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub function: Option<String>,

    /// The endpoint that the upload is for
    /// Default: that of the first route in the function's SCALER_ROUTES. Required if that route
    /// covers several endpoints ({endpoint}, a preset, a pattern), or if the routes are stored
    /// (ssm:/NAME, s3://BUCKET/KEY).
    #[arg(long, value_name = "NAME_OR_ARN")]
    pub endpoint: Option<EndpointArg>,

    /// The bucket of the upload; default: the route's
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub bucket: Option<String>,

    /// The key of the upload; default: one that the route matches
    /// No object is read or written.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub key: Option<String>,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Description in `scalerctl smoke --help`.
pub const SMOKE: &str = "\
Check after a deployment that an upload reaches the function, and that the function has its \
permissions. Starts no instance, uploads no object, and changes nothing in the account.

  function        it exists and is active, and its settings can be read
  bucket-events   the bucket sends an event for the upload: EventBridge is on, or a notification
                  matches
  upload-rule     a rule matches the upload's event (EventBridge itself tests this), and the event
                  can reach the function from there
  status          the function, asked for the endpoint's status, can see and scale the endpoint
  observed-input  the function, asked what it would do for the upload, would wake the endpoint, or
                  reports that it is awake
  permissions     IAM's policy simulation allows the function's role every call that it makes

Each check passes, fails, or is skipped. A check that fails says what to do. Your credentials need \
some read permissions and lambda:InvokeFunction: docs/reference.md has the policy. Without \
iam:SimulatePrincipalPolicy the last check is skipped, and the first wake shows whether the \
function has its write permissions.";

/// Examples and exit codes in `scalerctl smoke --help`.
pub const SMOKE_EXAMPLES: &str = "\
Examples:
  scalerctl smoke
  scalerctl smoke --function my-stack-ScalerFunction-AbC123
  scalerctl smoke --function my-scaler --profile prod --region eu-west-1
  scalerctl smoke --function my-scaler --endpoint my-endpoint --bucket my-inputs --key async/in/a.json
  scalerctl smoke --function my-scaler --json | jq '.checks[] | select(.outcome == \"failed\")'

Exit codes:
  0  every check passed or was skipped
  1  a check failed
  2  the arguments are not valid, AWS cannot be reached, or it rejected the credentials";
