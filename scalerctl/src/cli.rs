//! The arguments of `scalerctl`, and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};

/// Shows, checks and operates the reactive scaler: the Lambda function that wakes a SageMaker async
/// endpoint from zero when an input is uploaded, and puts it back to zero when the work is done.
#[derive(Debug, Parser)]
#[command(name = "scalerctl", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `scalerctl` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the real function on a simulated AWS: no account, no cost, a few seconds
    #[command(long_about = DEMO, after_help = DEMO_EXAMPLES)]
    Demo(DemoArgs),
    /// Serve the simulated AWS on a loopback port, for the function under `cargo lambda watch`
    #[command(long_about = AWS, after_help = AWS_EXAMPLES)]
    Aws(AwsArgs),
}

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

    /// Print one JSON document and nothing else
    #[arg(long)]
    pub json: bool,

    /// Show every invocation by itself, with the function's answer and log lines
    #[arg(long, short)]
    pub verbose: bool,
}

/// Arguments of `scalerctl aws`.
#[derive(Debug, Clone, Args)]
pub struct AwsArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 4599)]
    pub port: u16,

    /// Routes whose endpoints are set up at zero instances, in the form of SCALER_ROUTES
    #[arg(long, value_name = "JSON", default_value = ROUTES)]
    pub routes: String,
}

const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;

const AWS: &str = "\
Serve the simulated AWS on a loopback port until it is interrupted.

It answers the calls that the function makes to SageMaker, Application Auto Scaling and CloudWatch, \
in their wire formats and in real time: an endpoint that is woken takes minutes to be in service. \
The endpoints of the routes stand at zero instances, registered with 0 to 4. What must be set for \
the function is printed first, then every call that arrives.";

const AWS_EXAMPLES: &str = "\
Examples:
  scalerctl aws
  scalerctl aws --port 0 --routes '[{\"endpoint\":\"a\"},{\"endpoint\":\"b\",\"idle_minutes\":5}]'

Exit codes:
  0  interrupted
  1  the port cannot be had
  2  the arguments cannot be used";

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it ran, and something is not as it must be
  2  the arguments cannot be used";

const DEMO: &str = "\
Run the real function on a simulated AWS: no account, no cost, a few seconds.

The function's own code talks through the AWS SDK to a model of SageMaker, Application Auto Scaling \
and CloudWatch on a loopback port of this machine, where an hour passes in a second. Your AWS \
credentials, profiles and proxies are neither read nor used.

The story: an input is uploaded for an endpoint at zero; capacity is requested before anything \
else happens; the input is processed; the endpoint goes back to zero. The demo checks this itself, \
and computes what target tracking would have done with the same upload.";

const DEMO_EXAMPLES: &str = "\
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
