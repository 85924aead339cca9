//! The program `scalerctl`: its commands, their help, and which package runs each.
//!
//! | package | contents |
//! |---|---|
//! | `scalerctl-operator` | the commands that work with an AWS account |
//! | `scalerctl-deployment` | the commands that deploy the function and register endpoints |
//! | `scalerctl-laboratory` | the commands that use the simulated AWS |
//! | `scalerctl-console` | what a user sees of a command: output, progress, pages, errors |

pub mod cli;
mod shell;

pub use scalerctl_console::Failure;

use clap::CommandFactory;
use scalerctl_deployment::{connect_bucket, dashboard, deploy, preflight, registration, undeploy};
use scalerctl_laboratory::{demo, simulate};
use scalerctl_local_aws::command as local_aws;
use scalerctl_operator::{control, doctor, logs, plot, report, smoke, status, verify};

/// Runs a command.
///
/// # Errors
/// The message for the user and the exit code.
pub fn run(cli: &cli::Cli) -> Result<(), Failure> {
    match &cli.command {
        cli::Command::Demo(arguments) => demo::run(arguments),
        cli::Command::Aws(arguments) => local_aws::run(arguments),
        cli::Command::Simulate(arguments) => simulate::run(arguments),
        cli::Command::Explain(arguments) => simulate::explain(arguments),
        cli::Command::Doctor(arguments) => doctor::run(arguments),
        cli::Command::Preflight(arguments) => preflight::run(arguments),
        cli::Command::Deploy(arguments) => deploy::run(arguments),
        cli::Command::Undeploy(arguments) => undeploy::run(arguments),
        cli::Command::ConnectBucket(arguments) => connect_bucket::run(arguments),
        cli::Command::Register(arguments) => registration::register(arguments),
        cli::Command::Unregister(arguments) => registration::unregister(arguments),
        cli::Command::Smoke(arguments) => smoke::run(arguments),
        cli::Command::Wake(arguments) => control::wake(arguments),
        cli::Command::Sleep(arguments) => control::sleep(arguments),
        cli::Command::Hold(arguments) => control::hold(arguments),
        cli::Command::Release(arguments) => control::release(arguments),
        cli::Command::Pause(arguments) => control::pause(arguments),
        cli::Command::Resume(arguments) => control::resume(arguments),
        cli::Command::Verify(arguments) => verify::run(arguments),
        cli::Command::Completions(arguments) => shell::completions(arguments, &cli::Cli::command()),
        cli::Command::Man(arguments) => shell::man(arguments, cli::Cli::command()),
        cli::Command::Status(arguments) => status::run(arguments),
        cli::Command::Logs(arguments) => logs::run(arguments),
        cli::Command::Open(arguments) => dashboard::open(arguments),
        cli::Command::Plot(arguments) => plot::run(arguments),
        cli::Command::Report(arguments) => report::run(arguments),
    }
}
