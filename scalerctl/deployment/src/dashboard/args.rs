//! Arguments and help of `open`.

use clap::{Args, builder::NonEmptyStringValueParser};
use scalerctl_console::output::FormatArgs;
use scalerctl_operator::account::args::AccountArgs;

/// Arguments of `scalerctl open`.
#[derive(Debug, Clone, Args)]
pub struct OpenArgs {
    /// Only print the link
    #[arg(long)]
    pub print: bool,

    /// The deployed function whose stack has the dashboard, by name or ARN; default:
    /// SCALERCTL_FUNCTION, else scalerctl.toml, else the only one in the region with SCALER_ROUTES
    #[arg(long, value_name = "NAME_OR_ARN", value_parser = NonEmptyStringValueParser::new())]
    pub function: Option<String>,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Description in `scalerctl open --help`.
pub const OPEN: &str = "\
Print the link of the stack's CloudWatch dashboard, and open it in a browser.

The browser is the program of BROWSER, else that of the desktop. Without one, the link is only \
printed. The console of AWS asks for its own sign-in. With --local, the link is that of the page of \
the simulated AWS.";

/// Examples and exit codes in `scalerctl open --help`.
pub const OPEN_EXAMPLES: &str = "\
Examples:
  scalerctl open
  scalerctl open --print --profile prod --region eu-west-1

Exit codes:
  0  the link is printed
  1  no stack created the function, so it has no dashboard
  2  the arguments are not valid, no function is known, AWS cannot be reached, or it rejected the
     credentials";
