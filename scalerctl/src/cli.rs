//! The arguments of `scalerctl`, and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

mod deeds;
mod doctor;
mod laboratory;
mod view;

pub use deeds::{
    CompletionsArgs, DeedArgs, Direction, HoldArgs, ManArgs, PauseArgs, PolicyArgs, ReleaseArgs,
    SleepArgs, VerifyArgs, WaitArgs, WakeArgs,
};
pub use doctor::DoctorArgs;
pub use laboratory::{AtZero, ExplainArgs, SceneArgs, SimulateArgs};
pub use view::{FunctionArgs, PlotArgs, ReportArgs, SpanArgs, StatusArgs, TimeArgs};

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
    /// Compare scaling policies on a workload, in simulated time: delays, instance hours, price
    #[command(long_about = laboratory::SIMULATE, after_help = laboratory::SIMULATE_EXAMPLES)]
    Simulate(SimulateArgs),
    /// Tell what a scaling policy does to a workload, minute by minute, and why
    #[command(long_about = laboratory::EXPLAIN, after_help = laboratory::EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Find out why an endpoint does not scale as it should, and what mends it; nothing is changed
    #[command(long_about = doctor::DOCTOR, after_help = doctor::DOCTOR_EXAMPLES)]
    Doctor(DoctorArgs),
    /// After a deployment: prove that an upload reaches the function, without starting an instance
    #[command(long_about = SMOKE, after_help = SMOKE_EXAMPLES)]
    Smoke(SmokeArgs),
    /// Bring an endpoint up, now
    #[command(long_about = deeds::WAKE, after_help = deeds::WAKE_EXAMPLES)]
    Wake(WakeArgs),
    /// Put an endpoint to zero, now, if there is no work
    #[command(long_about = deeds::SLEEP, after_help = deeds::SLEEP_EXAMPLES)]
    Sleep(SleepArgs),
    /// Keep an endpoint awake until then
    #[command(long_about = deeds::HOLD, after_help = deeds::HOLD_EXAMPLES)]
    Hold(HoldArgs),
    /// Give a hold up, and end the lease now
    #[command(long_about = deeds::RELEASE, after_help = deeds::RELEASE_EXAMPLES)]
    Release(ReleaseArgs),
    /// Suspend scaling: in, out, or both
    #[command(long_about = deeds::PAUSE, after_help = deeds::PAUSE_EXAMPLES)]
    Pause(PauseArgs),
    /// Resume scaling: in, out, or both
    #[command(long_about = deeds::RESUME, after_help = deeds::RESUME_EXAMPLES)]
    Resume(PauseArgs),
    /// Try what AWS documents nowhere on your own endpoint, for some instance minutes
    #[command(long_about = deeds::VERIFY, after_help = deeds::VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
    /// Print a completion script for a shell
    #[command(after_help = deeds::COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command
    #[command(after_help = deeds::MAN_EXAMPLES)]
    Man(ManArgs),
    /// Show how endpoints stand: instances, lease, backlog, last decision
    #[command(long_about = view::STATUS, after_help = view::STATUS_EXAMPLES)]
    Status(StatusArgs),
    /// Draw an endpoint's last hours: backlog, instances, alarms, decisions, lease
    #[command(long_about = view::PLOT, after_help = view::PLOT_EXAMPLES)]
    Plot(PlotArgs),
    /// Add up the last weeks: wakes, delays, hours at zero, savings
    #[command(long_about = view::REPORT, after_help = view::REPORT_EXAMPLES)]
    Report(ReportArgs),
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

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,

    /// Show every invocation by itself, with the function's answer and log lines
    #[arg(long, short)]
    pub verbose: bool,
}

/// Arguments of `scalerctl aws`.
#[derive(Debug, Clone, Args)]
pub struct AwsArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = crate::account::LOCAL_PORT)]
    pub port: u16,

    /// Routes whose endpoints are set up at zero instances, in the form of SCALER_ROUTES
    #[arg(long, value_name = "JSON", default_value = ROUTES)]
    pub routes: String,
}

/// Which AWS account is asked.
#[derive(Debug, Clone, Default, Args)]
pub struct AccountArgs {
    /// Profile of your AWS configuration; counts more than credentials in the environment
    #[arg(long, value_name = "NAME", help_heading = "AWS account")]
    pub profile: Option<String>,

    /// Region; default: that of an ARN you give, else that of your AWS configuration
    #[arg(long, value_name = "NAME", help_heading = "AWS account")]
    pub region: Option<String>,

    /// Ask the simulated AWS that `scalerctl aws` serves on this machine (AWS_ENDPOINT_URL, else
    /// port 4599), without credentials
    #[arg(long, conflicts_with = "profile", help_heading = "AWS account")]
    pub local: bool,
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct FormatArgs {
    /// Write it for people, or as one JSON document and nothing else
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub output: Format,

    /// The same as --output json
    #[arg(long, conflicts_with = "output")]
    pub json: bool,
}

impl FormatArgs {
    /// Whether JSON is asked for.
    pub fn is_json(self) -> bool {
        self.json || self.output == Format::Json
    }
}

/// A format of the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
}

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

const SMOKE: &str = "\
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

const SMOKE_EXAMPLES: &str = "\
Examples:
  scalerctl smoke --function my-stack-ScalerFunction-AbC123
  scalerctl smoke --function my-scaler --profile prod --region eu-west-1
  scalerctl smoke --function my-scaler --endpoint my-endpoint --bucket my-inputs --key async/in/a.json
  scalerctl smoke --function my-scaler --json | jq '.checks[] | select(.outcome == \"failed\")'

Exit codes:
  0  every check passed or was skipped
  1  a check failed
  2  the arguments cannot be used, AWS cannot be reached, or it does not take the credentials";

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it ran, and something is not as it must be
  2  the arguments cannot be used, or AWS cannot be asked
  3  doctor found an error";

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
