//! The `scalerctl` program: parses the arguments and calls the library.

use std::process::ExitCode;

use clap::Parser;
use scalerctl::cli::Cli;

fn main() -> ExitCode {
    match scalerctl::run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            anstream::eprintln!("scalerctl: {}", failure.text());
            failure.exit_code()
        }
    }
}
