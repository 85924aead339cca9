//! The `scalerctl` program: parses the arguments and calls the library.

use std::process::ExitCode;

use clap::{
    Parser,
    error::{ContextKind, ContextValue},
};
use scalerctl::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| without_values_tip(error).exit());
    match scalerctl::run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            anstream::eprintln!("scalerctl: {}", failure.text());
            failure.exit_code()
        }
    }
}

/// Without clap's tip to pass an unknown option as a value after `--`: no value of a command begins with a hyphen.
fn without_values_tip(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::StyledStrs(tips)) = error.remove(ContextKind::Suggested) {
        let others = tips.into_iter().filter(|tip| !tip.to_string().starts_with("to pass "));
        let others: Vec<_> = others.collect();
        if !others.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(others));
        }
    }
    error
}
