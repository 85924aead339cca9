//! Arguments and help of `undeploy`.

use clap::{Args, ValueEnum, builder::NonEmptyStringValueParser};
use scalerctl_console::output::FormatArgs;
use scalerctl_operator::account::args::AccountArgs;

/// Arguments of `scalerctl undeploy`.
#[derive(Debug, Clone, Args)]
pub struct UndeployArgs {
    /// The stack's name
    #[arg(long, value_name = "NAME", default_value = crate::deploy::STACK, value_parser = NonEmptyStringValueParser::new())]
    pub stack: String,

    /// What is to become of the endpoints that the stack scales; default: the command asks
    #[arg(long, value_enum, value_name = "WHERE")]
    pub endpoint_at: Option<EndpointAt>,

    /// Print what would be done, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Do not ask for a confirmation
    #[arg(long)]
    pub yes: bool,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// What becomes of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EndpointAt {
    /// MinCapacity 1: an instance runs all the time, and costs money
    #[value(name = "minimum-1")]
    MinimumOne,
    /// It stays at zero, and nothing wakes it
    Zero,
}

/// Description in `scalerctl undeploy --help`.
pub const UNDEPLOY: &str = "\
Delete the stack of `scalerctl deploy`, and what belongs to it, in this order:

  1. Nothing invokes the function any more (reserved concurrency 0).
  2. For each endpoint that the stack scales: its lease, hold and floor; the backstop alarm and the subscriptions of \
`scalerctl register`; then the registration, and the tag.
  3. `sam delete` deletes the stack.

--endpoint-at minimum-1 keeps the registration with MinCapacity 1. --endpoint-at zero deregisters an endpoint that is at \
zero; a registration with policies of its own is kept with MinCapacity 0. If an endpoint has instances, it is refused: \
scale it to zero first. Endpoints whose owner set a minimum are left alone. EventBridge stays on for the buckets. The \
function's log and the table of results are deleted with the stack.";

/// Examples and exit codes in `scalerctl undeploy --help`.
pub const UNDEPLOY_EXAMPLES: &str = "\
Examples:
  scalerctl undeploy --dry-run --endpoint-at zero
  scalerctl undeploy --stack my-stack --endpoint-at minimum-1 --yes

Exit codes:
  0  deleted, or there is no function of the stack
  1  refused (nothing was written), or `sam delete` failed
  2  the arguments are not valid, there is no SAM CLI, AWS cannot be reached, or it rejected a call";
