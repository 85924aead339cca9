//! Arguments and help of `connect-bucket`.

use clap::{Args, builder::NonEmptyStringValueParser};
use scalerctl_console::output::FormatArgs;
use scalerctl_operator::account::args::AccountArgs;

/// Arguments of `scalerctl connect-bucket`.
#[derive(Debug, Clone, Args)]
pub struct ConnectBucketArgs {
    /// Buckets of this account, by name
    #[arg(value_name = "BUCKET", required = true, value_parser = NonEmptyStringValueParser::new())]
    pub buckets: Vec<String>,

    /// Print what would be done, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Description in `scalerctl connect-bucket --help`.
pub const CONNECT_BUCKET: &str = "\
Turn EventBridge on for buckets, so that uploads reach the stack's rule. A bucket's other notifications stay. If \
EventBridge is on, nothing is written.

S3 replaces the whole notification configuration, so run this while nobody else changes it. S3 checks all destinations \
on this write: if an old one is broken, the call fails and nothing changes. With EventBridge on, S3 sends all events of \
the bucket, and AWS charges for them.";

/// Examples and exit codes in `scalerctl connect-bucket --help`.
pub const CONNECT_BUCKET_EXAMPLES: &str = "\
Examples:
  scalerctl connect-bucket my-inputs
  scalerctl connect-bucket team-a-inputs team-b-inputs --dry-run

Exit codes:
  0  EventBridge is on
  2  the arguments are not valid, AWS cannot be reached, or it rejected a call";
