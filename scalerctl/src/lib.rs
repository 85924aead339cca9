//! What people run: `scalerctl`.
//!
//! | file | idea |
//! |---|---|
//! | `account` | the person's AWS account: how it is reached, and what is read there |
//! | `clock` | the time that the commands go by |
//! | `cli` | the commands; their arguments are beside them |
//! | `deeds` | wake, sleep, hold, release, pause, resume: the function's own code, run by a person |
//! | `verify` | what AWS documents nowhere, tried on the person's own endpoint |
//! | `shell` | completions and manual pages |
//! | `failure` | why a command fails, and with which exit code |
//! | `demo` | the real function on a simulated AWS, without an account |
//! | `doctor` | why an endpoint does not scale as it should |
//! | `local_aws` | the simulated AWS alone, on a port |
//! | `simulate` | scaling policies side by side on a workload, as figures and as a story |
//! | `status`, `plot`, `report` | how endpoints stand, the last hours as a picture, the last weeks as figures |
//! | `view` | what these three share: which function, which span of time, how wide the terminal is |
//! | `page`, `font` | what pages and pictures have in common |
//! | `smoke` | whether an upload reaches a deployed function, and whether the function may act |
//! | `output`, `style` | printing, and the few colours |
//! | `loopback` | the simulated AWS on this machine |
//! | `progress`, `runtime`, `times` | spinner, runtime, lengths of time |

mod account;
pub mod cli;
mod clock;
mod deeds;
pub mod demo;
mod doctor;
mod failure;
mod font;
mod local_aws;
mod loopback;
mod output;
mod page;
mod plot;
mod progress;
mod report;
mod runtime;
mod shell;
pub mod simulate;
mod smoke;
mod status;
mod style;
mod times;
mod verify;
mod view;

pub use failure::Failure;

use clap::CommandFactory;

/// Carries a command out.
///
/// # Errors
///
/// The message for the person and the exit code.
pub fn run(cli: &cli::Cli) -> Result<(), Failure> {
    match &cli.command {
        cli::Command::Demo(arguments) => demo::run(arguments),
        cli::Command::Aws(arguments) => local_aws::run(arguments),
        cli::Command::Simulate(arguments) => simulate::run(arguments),
        cli::Command::Explain(arguments) => simulate::explain(arguments),
        cli::Command::Doctor(arguments) => doctor::run(arguments),
        cli::Command::Smoke(arguments) => smoke::run(arguments),
        cli::Command::Wake(arguments) => deeds::wake(arguments),
        cli::Command::Sleep(arguments) => deeds::sleep(arguments),
        cli::Command::Hold(arguments) => deeds::hold(arguments),
        cli::Command::Release(arguments) => deeds::release(arguments),
        cli::Command::Pause(arguments) => deeds::pause(arguments),
        cli::Command::Resume(arguments) => deeds::resume(arguments),
        cli::Command::Verify(arguments) => verify::run(arguments),
        cli::Command::Completions(arguments) => shell::completions(arguments, cli::Cli::command()),
        cli::Command::Man(arguments) => shell::man(arguments, cli::Cli::command()),
        cli::Command::Status(arguments) => status::run(arguments),
        cli::Command::Plot(arguments) => plot::run(arguments),
        cli::Command::Report(arguments) => report::run(arguments),
    }
}
