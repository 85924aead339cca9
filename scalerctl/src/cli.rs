//! The commands of `scalerctl`. The arguments of each command are in its own module.

use clap::{Parser, Subcommand};

use crate::shell;
use scalerctl_deployment::{connect_bucket, dashboard, deploy, preflight, registration, undeploy};
use scalerctl_laboratory::{demo, simulate};
use scalerctl_local_aws::command as local_aws;
use scalerctl_operator::{control, doctor, logs, plot, report, smoke, status, verify};

/// Shows, checks and controls the reactive scaler: the Lambda function that wakes a SageMaker async
/// endpoint from zero when an input is uploaded, and scales it to zero when the work is done.
#[derive(Debug, Parser)]
#[command(name = "scalerctl", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the real function on a simulated AWS: no account, no cost, a few seconds
    #[command(long_about = demo::args::DEMO, after_help = demo::args::DEMO_EXAMPLES)]
    Demo(demo::args::DemoArgs),
    /// Serve a simulated AWS with the function on a loopback port, for the AWS CLI, SDKs, and scalerctl
    #[command(long_about = local_aws::AWS, after_help = local_aws::AWS_EXAMPLES)]
    Aws(local_aws::AwsArgs),
    /// Compare scaling policies on a workload, in simulated time: delays, instance hours, price
    #[command(long_about = simulate::args::SIMULATE, after_help = simulate::args::SIMULATE_EXAMPLES)]
    Simulate(simulate::args::SimulateArgs),
    /// Explain what a scaling policy does with a workload, minute by minute, and why
    #[command(long_about = simulate::args::EXPLAIN, after_help = simulate::args::EXPLAIN_EXAMPLES)]
    Explain(simulate::args::ExplainArgs),
    /// Find out why an endpoint does not scale, and how to fix it. Changes nothing
    #[command(long_about = doctor::args::DOCTOR, after_help = doctor::args::DOCTOR_EXAMPLES)]
    Doctor(doctor::args::DoctorArgs),
    /// Check before a deployment whether the function can scale an endpoint. Changes nothing
    #[command(long_about = preflight::args::PREFLIGHT, after_help = preflight::args::PREFLIGHT_EXAMPLES)]
    Preflight(preflight::args::PreflightArgs),
    /// Deploy the function, connect its bucket, and register an endpoint
    #[command(long_about = deploy::args::DEPLOY, after_help = deploy::args::DEPLOY_EXAMPLES)]
    Deploy(deploy::args::DeployArgs),
    /// Delete the stack, and what belongs to it
    #[command(long_about = undeploy::args::UNDEPLOY, after_help = undeploy::args::UNDEPLOY_EXAMPLES)]
    Undeploy(undeploy::args::UndeployArgs),
    /// Turn EventBridge on for buckets
    #[command(long_about = connect_bucket::args::CONNECT_BUCKET, after_help = connect_bucket::args::CONNECT_BUCKET_EXAMPLES)]
    ConnectBucket(connect_bucket::args::ConnectBucketArgs),
    /// Register endpoints, so that the function scales them to zero
    #[command(long_about = registration::args::REGISTER, after_help = registration::args::REGISTER_EXAMPLES)]
    Register(registration::args::RegisterArgs),
    /// Take back what register did
    #[command(long_about = registration::args::UNREGISTER, after_help = registration::args::UNREGISTER_EXAMPLES)]
    Unregister(registration::args::UnregisterArgs),
    /// Check after a deployment that an upload reaches the function. Starts no instance
    #[command(long_about = smoke::args::SMOKE, after_help = smoke::args::SMOKE_EXAMPLES)]
    Smoke(smoke::args::SmokeArgs),
    /// Wake an endpoint now
    #[command(long_about = control::args::WAKE, after_help = control::args::WAKE_EXAMPLES)]
    Wake(control::args::WakeArgs),
    /// Scale an endpoint to zero now, if there is no work
    #[command(long_about = control::args::SLEEP, after_help = control::args::SLEEP_EXAMPLES)]
    Sleep(control::args::SleepArgs),
    /// Keep an endpoint awake for a time
    #[command(long_about = control::args::HOLD, after_help = control::args::HOLD_EXAMPLES)]
    Hold(control::args::HoldArgs),
    /// Delete a hold and end the lease now
    #[command(long_about = control::args::RELEASE, after_help = control::args::RELEASE_EXAMPLES)]
    Release(control::args::ReleaseArgs),
    /// Suspend scaling: in, out, or both
    #[command(long_about = control::args::PAUSE, after_help = control::args::PAUSE_EXAMPLES)]
    Pause(control::args::PauseArgs),
    /// Resume scaling: in, out, or both
    #[command(long_about = control::args::RESUME, after_help = control::args::RESUME_EXAMPLES)]
    Resume(control::args::PauseArgs),
    /// Measure on your endpoint what AWS does not document, for some instance minutes
    #[command(long_about = verify::args::VERIFY, after_help = verify::args::VERIFY_EXAMPLES)]
    Verify(verify::args::VerifyArgs),
    /// Print a completion script for a shell
    #[command(after_help = shell::COMPLETIONS_EXAMPLES)]
    Completions(shell::CompletionsArgs),
    /// Print the manual page, or write one for each command
    #[command(after_help = shell::MAN_EXAMPLES)]
    Man(shell::ManArgs),
    /// Show the state of endpoints: instances, lease, backlog, last decision
    #[command(long_about = status::args::STATUS, after_help = status::args::STATUS_EXAMPLES)]
    Status(status::args::StatusArgs),
    /// Show the function's decisions, and follow them as they are made
    #[command(long_about = logs::args::LOGS, after_help = logs::args::LOGS_EXAMPLES)]
    Logs(logs::args::LogsArgs),
    /// Print the link of the dashboard, and open it in a browser
    #[command(long_about = dashboard::args::OPEN, after_help = dashboard::args::OPEN_EXAMPLES)]
    Open(dashboard::args::OpenArgs),
    /// Draw an endpoint's last hours: backlog, instances, alarms, decisions, lease
    #[command(long_about = plot::args::PLOT, after_help = plot::args::PLOT_EXAMPLES)]
    Plot(plot::args::PlotArgs),
    /// Show totals of the last weeks: wakes, delays, hours at zero, savings
    #[command(long_about = report::args::REPORT, after_help = report::args::REPORT_EXAMPLES)]
    Report(report::args::ReportArgs),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it ran, and found a problem
  2  the arguments are not valid, or AWS cannot be reached
  3  doctor found an error";
