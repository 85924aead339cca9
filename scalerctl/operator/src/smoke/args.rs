//! Arguments and help of `smoke`.

use clap::Args;

use crate::account::args::AccountArgs;
use scalerctl_common::output::FormatArgs;

/// Arguments of `scalerctl smoke`.
#[derive(Debug, Clone, Args)]
pub struct SmokeArgs {
    /// The deployed function, by name or ARN; the stack's output FunctionName
    #[arg(long, value_name = "NAME_OR_ARN")]
    pub function: String,

    /// The endpoint that the upload is for
    ///
    /// Default: that of the first route in the function's SCALER_ROUTES. Needed where that route
    /// is for several endpoints ({endpoint}, a preset, a pattern), and where the routes are stored
    /// (ssm:/NAME, s3://BUCKET/KEY).
    #[arg(long, value_name = "NAME")]
    pub endpoint: Option<String>,

    /// The bucket that the upload goes to; default: the route's
    #[arg(long)]
    pub bucket: Option<String>,

    /// The key that the upload would have; default: one that the route takes
    ///
    /// No object is read or written: the key is only named.
    #[arg(long)]
    pub key: Option<String>,

    /// Whose AWS.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Description in `scalerctl smoke --help`.
pub const SMOKE: &str = "\
After a deployment: prove that an upload reaches the function, and that the function may do what \
it must. No instance is started, no object is uploaded, and nothing in the account is changed.

  function        it is there and active, and its settings can be read
  bucket-events   the bucket tells of the upload: EventBridge is on, or a notification fits
  upload-rule     a rule takes the upload's event, by EventBridge's own test, and what lies between
                  the rule and the function works
  status          the function, asked for the endpoint's status, sees it and may scale it
  observed-input  the function, asked what it would do for the upload, would wake the endpoint, or
                  says that it is awake
  permissions     the function's role is allowed every call it makes, by IAM's own simulation

Each check passes, fails or is skipped, and one that fails says what to do. Your credentials need \
some read permissions and lambda:InvokeFunction: docs/reference.md has the policy. Without \
iam:SimulatePrincipalPolicy the last check is skipped, and the writes are unproven until the first \
wake.";

/// Examples and exit codes in `scalerctl smoke --help`.
pub const SMOKE_EXAMPLES: &str = "\
Examples:
  scalerctl smoke --function my-stack-ScalerFunction-AbC123
  scalerctl smoke --function my-scaler --profile prod --region eu-west-1
  scalerctl smoke --function my-scaler --endpoint my-endpoint --bucket my-inputs --key async/in/a.json
  scalerctl smoke --function my-scaler --json | jq '.checks[] | select(.outcome == \"failed\")'

Exit codes:
  0  every check passed or was skipped
  1  a check failed
  2  the arguments cannot be used, AWS cannot be reached, or it does not take the credentials";
