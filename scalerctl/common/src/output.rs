//! The output of commands: text or JSON, to stdout or to a file.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use clap::{Args, ValueEnum};

use crate::failure::Failure;

/// Prints a whole text. Colours go to terminals only, and not where `NO_COLOR` is set: anstream
/// sees to that.
///
/// # Errors
///
/// [`Failure::NotOk`] where stdout cannot be written.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::NotOk(format!("cannot print: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Writes a file.
///
/// # Errors
///
/// [`Failure::NotOk`] where it cannot be written.
pub fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(file, bytes)
        .map_err(|error| Failure::NotOk(format!("{} cannot be written: {error}", file.display())))
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
