//! Arguments and help of `demo`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use scalerctl_console::output::FormatArgs;

/// Arguments of `scalerctl demo`.
#[derive(Debug, Clone, Default, Args)]
pub struct DemoArgs {
    /// Invoke the function with the event in FILE instead of the example; can be repeated
    ///
    /// FILE is any payload that the function accepts, such as those in events/. The endpoints and
    /// buckets that the events name are created, at zero instances. An event that names no endpoint
    /// applies to my-endpoint. With several files, the invocations are in order, one simulated
    /// minute apart.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub events: Vec<PathBuf>,

    /// Connect the endpoint's results: the function scales in when the work is done
    ///
    /// The endpoint's success topic and error topic reach the function, and it has a ledger of uploads and results. The
    /// route has "results": true.
    #[arg(long, conflicts_with = "events")]
    pub results: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,

    /// Show each invocation, with the function's answer and log lines
    #[arg(long, short)]
    pub verbose: bool,
}

/// Description in `scalerctl demo --help`.
pub const DEMO: &str = "\
Run the real function on a simulated AWS: no account, no cost, a few seconds.

The function's own code calls, through the AWS SDK, a model of SageMaker, Application Auto Scaling, \
and CloudWatch on a loopback port of this machine, where an hour passes in a second. Your AWS \
credentials, profiles, and proxies are neither read nor used.

An input is uploaded for an endpoint at zero instances. Capacity is requested before any other \
change, the input is processed, and the endpoint goes back to zero. The demo checks this, and \
computes what target tracking would do with the same upload.";

/// Examples and exit codes in `scalerctl demo --help`.
pub const DEMO_EXAMPLES: &str = "\
Examples:
  scalerctl demo
  scalerctl demo --results
  scalerctl demo --verbose
  scalerctl demo --json | jq .summary
  scalerctl demo --events events/s3-notification.json
  scalerctl demo --events events/command-wake.json --events events/command-status.json

Exit codes:
  0  all checks passed; with --events, the function served every event
  1  a check failed; with --events, the function failed on an event
  2  the arguments are not valid: an unknown option, or a file that does not exist, is not JSON, or
     is not an event that the function knows";
