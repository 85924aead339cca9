//! Arguments and help of `wake`, `sleep`, `hold`, `release`, `pause` and `resume`.

use clap::{ArgGroup, Args, ValueEnum};
use jiff::SignedDuration;

use crate::local_scaler::args::{PolicyArgs, ScalerArgs};
use scalerctl_console::times::{DURATION_FORMS, TAKES, duration::positive_duration};

/// Options for waiting.
#[derive(Debug, Clone, Args)]
pub struct WaitArgs {
    /// Wait until the endpoint is in service, or at zero
    #[arg(long)]
    pub wait: bool,

    /// How long to wait.
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = positive_duration,
          requires = "wait", help = format!("How long to wait: a duration {DURATION_FORMS}"))]
    pub timeout: SignedDuration,
}

/// Arguments of `scalerctl wake`.
#[derive(Debug, Clone, Args)]
pub struct WakeArgs {
    /// Also wake an endpoint that is not registered. Then only `scalerctl sleep --force` stops its
    /// instance
    #[arg(long)]
    pub yes: bool,
    /// The endpoint, and how to reach it.
    #[command(flatten)]
    pub scaler: ScalerArgs,
    /// Options for the scaling policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Options for waiting.
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// Arguments of `scalerctl sleep`.
#[derive(Debug, Clone, Args)]
pub struct SleepArgs {
    /// End the lease and the hold, and scale in an endpoint that is not registered; the backlog is
    /// still checked
    #[arg(long)]
    pub force: bool,
    /// The endpoint, and how to reach it.
    #[command(flatten)]
    pub scaler: ScalerArgs,
    /// Options for the scaling policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Options for waiting.
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// Arguments of `scalerctl hold`.
#[derive(Debug, Clone, Args)]
#[command(group(ArgGroup::new("end").args(["length", "until"]).required(true)))]
pub struct HoldArgs {
    /// The length of the hold.
    #[arg(long = "for", value_name = "TIME", value_parser = positive_duration,
          help = format!("How long, at most one week: a duration {DURATION_FORMS}"))]
    pub length: Option<SignedDuration>,

    /// The end of the hold.
    #[arg(long, value_name = "TIME",
          help = format!("End. A clock time that has passed today is tomorrow's. {TAKES}"))]
    pub until: Option<String>,
    /// The endpoint, and how to reach it.
    #[command(flatten)]
    pub scaler: ScalerArgs,
    /// Options for the scaling policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Options for waiting.
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// Arguments of `scalerctl release`.
#[derive(Debug, Clone, Args)]
pub struct ReleaseArgs {
    /// The endpoint, and how to reach it.
    #[command(flatten)]
    pub scaler: ScalerArgs,
}

/// Arguments of `scalerctl pause` and `scalerctl resume`.
#[derive(Debug, Clone, Args)]
pub struct PauseArgs {
    /// The endpoint, and how to reach it.
    #[command(flatten)]
    pub scaler: ScalerArgs,
    /// The direction
    #[arg(value_enum, default_value_t = Direction::Both)]
    pub direction: Direction,
}

/// A direction of scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Direction {
    /// To fewer instances
    In,
    /// To more instances
    Out,
    /// Both directions
    Both,
}

/// Description in `scalerctl wake --help`.
pub const WAKE: &str = "\
Wake an endpoint now.

This runs the function's own code with your credentials. It requests capacity, writes the lease \
(the scheduled action reactive-scaler-lease), and raises MinCapacity to 1 while the lease is live. \
A wake never scales in. After the lease, a deployed function scales the endpoint to zero. Without a \
function, only a scaling policy or you stop the instances.

While the endpoint is updating, the command is queued: the lease is written, and a deployed function \
wakes the endpoint when it is InService. With --wait, the command itself waits for this. While \
scaling out is suspended, the command is queued too, and --wait does not wait.

An endpoint that is not registered with Application Auto Scaling needs --yes, because the function \
never stops its instance.";

/// Examples and exit codes in `scalerctl wake --help`.
pub const WAKE_EXAMPLES: &str = "\
Examples:
  scalerctl wake my-endpoint
  scalerctl wake my-endpoint --wait --timeout 20m
  scalerctl wake my-endpoint --function my-scaler --profile prod --region eu-west-1
  scalerctl wake my-endpoint --dry-run -o json

Exit codes:
  0  requested, or already awake; with --wait: in service
  1  refused (nothing was written), queued (the lease was written), or not in service in time
  2  the arguments are not valid, AWS cannot be reached, or it rejected a call";

/// Description in `scalerctl sleep --help`.
pub const SLEEP: &str = "\
Scale an endpoint to zero now, if there is no work.

This runs the function's own code with your credentials. It refuses if there is a live lease or \
hold, a backlog, or no metrics that prove that the idle window had no work, if the endpoint is not \
InService, or if scaling in is suspended. --force ends the lease and the hold, also if the endpoint \
is at zero already, and scales in an endpoint that is not registered. It ignores nothing else.";

/// Examples and exit codes in `scalerctl sleep --help`.
pub const SLEEP_EXAMPLES: &str = "\
Examples:
  scalerctl sleep my-endpoint
  scalerctl sleep my-endpoint --force --wait

Exit codes:
  0  requested, or already at zero; with --wait: at zero
  1  refused by a rule, or not at zero in time; the message says why
  2  the arguments are not valid, AWS cannot be reached, or it rejected a call";

/// Description in `scalerctl hold --help`.
pub const HOLD: &str = "\
Keep an endpoint awake for a time, and wake it if it is at zero. After that, a deployed function \
scales it to zero. Without a function, only a scaling policy or you stop the instances.

The hold is the scheduled action reactive-scaler-hold. It exists beside the lease, and the later \
of the two ends applies. A hold never shortens another one. To end a hold, use `scalerctl \
release`.";

/// Examples and exit codes in `scalerctl hold --help`.
pub const HOLD_EXAMPLES: &str = "\
Examples:
  scalerctl hold my-endpoint --for 2h
  scalerctl hold my-endpoint --until 18:00 --wait
  scalerctl hold my-endpoint --until 'tomorrow 09:00'

Exit codes:
  0  held, or a longer hold exists; with --wait: in service
  1  refused (nothing was written), queued (the hold was written), or not in service in time
  2  the arguments are not valid, AWS cannot be reached, or it rejected a call";

/// Description in `scalerctl release --help`.
pub const RELEASE: &str = "\
Delete a hold and end the lease now. The next ticks of a deployed function scale the endpoint to zero \
when the metrics prove that there is no work. Without a function, use `scalerctl sleep`.";

/// Examples and exit codes in `scalerctl release --help`.
pub const RELEASE_EXAMPLES: &str = "\
Examples:
  scalerctl release my-endpoint

Exit codes:
  0  released, or there was nothing to release
  1  refused by a rule; the message says why
  2  the arguments are not valid, AWS cannot be reached, or it rejected a call";

/// Description in `scalerctl pause --help`.
pub const PAUSE: &str = "\
Suspend scaling: in, out, or both.

This sets DynamicScalingInSuspended and DynamicScalingOutSuspended of the scalable target. Scaling \
policies and the function respect both. Scheduled scaling stays active, because it lowers the \
floor if the function is deleted.";

/// Examples and exit codes in `scalerctl pause --help`.
pub const PAUSE_EXAMPLES: &str = "\
Examples:
  scalerctl pause my-endpoint
  scalerctl pause my-endpoint in --dry-run

Exit codes:
  0  paused, or already paused
  1  the variant is not registered
  2  the arguments are not valid, AWS cannot be reached, or it rejected a call";

/// Description in `scalerctl resume --help`.
pub const RESUME: &str = "\
Resume scaling: in, out, or both. Application Auto Scaling then immediately evaluates alarms that \
are in ALARM, and the next tick of a deployed function wakes an endpoint with a live lease.";

/// Examples and exit codes in `scalerctl resume --help`.
pub const RESUME_EXAMPLES: &str = "\
Examples:
  scalerctl resume my-endpoint
  scalerctl resume my-endpoint out

Exit codes:
  0  resumed, or not paused
  1  the variant is not registered
  2  the arguments are not valid, AWS cannot be reached, or it rejected a call";
