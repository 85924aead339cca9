//! Arguments and help of `demo`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use scalerctl_common::output::FormatArgs;

/// Arguments of `scalerctl demo`.
#[derive(Debug, Clone, Default, Args)]
pub struct DemoArgs {
    /// Invoke the function with the event in FILE instead of playing the story; may be repeated
    ///
    /// Any payload that the function can be invoked with will do, such as those in events/. The
    /// endpoints and buckets that the events name are set up, at zero instances; an event that
    /// names none is about my-endpoint. Several files are taken in order, a simulated minute apart.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub events: Vec<PathBuf>,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,

    /// Show every invocation by itself, with the function's answer and log lines
    #[arg(long, short)]
    pub verbose: bool,
}

/// Description in `scalerctl demo --help`.
pub const DEMO: &str = "\
Run the real function on a simulated AWS: no account, no cost, a few seconds.

The function's own code talks through the AWS SDK to a model of SageMaker, Application Auto Scaling \
and CloudWatch on a loopback port of this machine, where an hour passes in a second. Your AWS \
credentials, profiles and proxies are neither read nor used.

The story: an input is uploaded for an endpoint at zero; capacity is requested before anything \
else happens; the input is processed; the endpoint goes back to zero. The demo checks this itself, \
and computes what target tracking would have done with the same upload.";

/// Examples and exit codes in `scalerctl demo --help`.
pub const DEMO_EXAMPLES: &str = "\
Examples:
  scalerctl demo
  scalerctl demo --verbose
  scalerctl demo --json | jq .summary
  scalerctl demo --events events/s3-notification.json
  scalerctl demo --events events/command-wake.json --events events/command-status.json

Exit codes:
  0  the story went as it must; with --events, the function served every event
  1  the story failed; with --events, the function failed at an event
  2  the arguments cannot be used: an unknown option, a file that is not there, is not JSON, or is
     of no shape that the function knows";
