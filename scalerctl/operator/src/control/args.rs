//! Arguments and help of `wake`, `sleep`, `hold`, `release`, `pause` and `resume`.

use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use crate::local_scaler::args::{CommonArgs, PolicyArgs};
use scalerctl_common::times::length;

/// Whether the command waits for the outcome.
#[derive(Debug, Clone, Args)]
pub struct WaitArgs {
    /// Wait until the endpoint is in service, or at zero
    #[arg(long)]
    pub wait: bool,

    /// How long to wait: 30m, 1h
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = length,
          requires = "wait")]
    pub timeout: SignedDuration,
}

/// Arguments of `scalerctl wake`.
#[derive(Debug, Clone, Args)]
pub struct WakeArgs {
    /// What it is about.
    #[command(flatten)]
    pub common: CommonArgs,
    /// How the endpoint is scaled.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Whether it waits.
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// Arguments of `scalerctl sleep`.
#[derive(Debug, Clone, Args)]
pub struct SleepArgs {
    /// Do not wait for lease and hold to end; the backlog is looked at all the same
    #[arg(long)]
    pub force: bool,
    /// What it is about.
    #[command(flatten)]
    pub common: CommonArgs,
    /// How the endpoint is scaled.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Whether it waits.
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// Arguments of `scalerctl hold`.
#[derive(Debug, Clone, Args)]
pub struct HoldArgs {
    /// How long: 90m, 2h, 1h 30m; at most a week
    #[arg(long = "for", value_name = "TIME", value_parser = length,
          required_unless_present = "until", conflicts_with = "until")]
    pub length: Option<SignedDuration>,

    /// Until when: 18:00 (local time, the next one), or 2026-03-02T18:00:00Z
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// What it is about.
    #[command(flatten)]
    pub common: CommonArgs,
    /// How the endpoint is scaled.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Whether it waits.
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// Arguments of `scalerctl release`.
#[derive(Debug, Clone, Args)]
pub struct ReleaseArgs {
    /// What it is about.
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Arguments of `scalerctl pause` and `scalerctl resume`.
#[derive(Debug, Clone, Args)]
pub struct PauseArgs {
    /// What it is about.
    #[command(flatten)]
    pub common: CommonArgs,
    /// Which direction; default: both
    #[arg(value_enum)]
    pub direction: Option<Direction>,
}

/// A direction of scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Direction {
    /// To fewer instances
    In,
    /// To more instances
    Out,
}

/// Description in `scalerctl wake --help`.
pub const WAKE: &str = "\
Bring an endpoint up, now.

The function's own code runs here, with your credentials: it requests capacity, writes the lease \
(the scheduled action reactive-scaler-lease), and raises MinCapacity to 1 while the lease lives. \
An endpoint that is awake keeps its instances: a wake never scales in.";

/// Examples and exit codes in `scalerctl wake --help`.
pub const WAKE_EXAMPLES: &str = "\
Examples:
  scalerctl wake my-endpoint
  scalerctl wake my-endpoint --wait --timeout 20m
  scalerctl wake my-endpoint --function my-scaler --profile prod --region eu-west-1
  scalerctl wake my-endpoint --dry-run -o json

Exit codes:
  0  requested, or awake already; with --wait: in service
  1  refused by a rule, or not in service in time; it says why
  2  the arguments cannot be used, AWS cannot be asked, or it refused a call";

/// Description in `scalerctl sleep --help`.
pub const SLEEP: &str = "\
Put an endpoint to zero, now, if there is no work.

The function's own code runs here, with your credentials, and obeys the same rule: no sleep with a \
live lease or hold, with a backlog, without metrics that prove the idle window empty, unless in \
service, or with scaling in suspended. --force passes over lease and hold, over nothing else.";

/// Examples and exit codes in `scalerctl sleep --help`.
pub const SLEEP_EXAMPLES: &str = "\
Examples:
  scalerctl sleep my-endpoint
  scalerctl sleep my-endpoint --force --wait

Exit codes:
  0  requested, or at zero already; with --wait: at zero
  1  refused by a rule, or not at zero in time; it says why
  2  the arguments cannot be used, AWS cannot be asked, or it refused a call";

/// Description in `scalerctl hold --help`.
pub const HOLD: &str = "\
Keep an endpoint awake until then, whatever uploads and ticks do; at zero it wakes.

The hold is the scheduled action reactive-scaler-hold, beside the lease: the later of the two \
counts. A hold never shortens another: `scalerctl release` ends them.";

/// Examples and exit codes in `scalerctl hold --help`.
pub const HOLD_EXAMPLES: &str = "\
Examples:
  scalerctl hold my-endpoint --for 2h
  scalerctl hold my-endpoint --until 18:00 --wait
  scalerctl hold my-endpoint --until 2026-03-02T18:00:00+01:00

Exit codes:
  0  held, or a longer hold stands; with --wait: in service
  1  refused by a rule, or not in service in time; it says why
  2  the arguments cannot be used, AWS cannot be asked, or it refused a call";

/// Description in `scalerctl release --help`.
pub const RELEASE: &str = "\
Give a hold up and end the lease now: the function's next ticks judge, and put the endpoint to \
sleep when the metrics prove that there is no work.";

/// Examples and exit codes in `scalerctl release --help`.
pub const RELEASE_EXAMPLES: &str = "\
Examples:
  scalerctl release my-endpoint

Exit codes:
  0  released, or there was nothing to release
  1  refused by a rule; it says why
  2  the arguments cannot be used, AWS cannot be asked, or it refused a call";

/// Description in `scalerctl pause --help`.
pub const PAUSE: &str = "\
Suspend scaling: in, out, or both.

That is DynamicScalingInSuspended and DynamicScalingOutSuspended of the scalable target: Application \
Auto Scaling's policies obey it, and so does the function. Scheduled scaling is left alone, since it \
is what drops the floor when the function is gone.";

/// Examples and exit codes in `scalerctl pause --help`.
pub const PAUSE_EXAMPLES: &str = "\
Examples:
  scalerctl pause my-endpoint
  scalerctl pause my-endpoint in --dry-run

Exit codes:
  0  paused, or paused already
  1  the variant is not registered
  2  the arguments cannot be used, AWS cannot be asked, or it refused a call";

/// Description in `scalerctl resume --help`.
pub const RESUME: &str = "\
Resume scaling: in, out, or both. Application Auto Scaling then evaluates alarms in breach at once, and \
the function's next tick wakes what a lease is waiting for.";

/// Examples and exit codes in `scalerctl resume --help`.
pub const RESUME_EXAMPLES: &str = "\
Examples:
  scalerctl resume my-endpoint
  scalerctl resume my-endpoint out

Exit codes:
  0  resumed, or not paused
  1  the variant is not registered
  2  the arguments cannot be used, AWS cannot be asked, or it refused a call";
