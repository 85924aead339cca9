//! The output of commands: text or JSON, to stdout or to a file.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use clap::{Args, ValueEnum};

use crate::failure::Failure;

/// Prints a text. anstream removes the colors if stdout is not a terminal or `NO_COLOR` is set.
///
/// # Errors
///
/// [`Failure::NotOk`] if stdout cannot be written.
pub fn print(text: &str) -> Result<(), Failure> {
    print_to_reader(text).map(|_| ())
}

/// The same. Returns whether somebody still reads stdout.
///
/// # Errors
///
/// [`Failure::NotOk`] if stdout cannot be written.
pub fn print_to_reader(text: &str) -> Result<bool, Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader closed the pipe, for example `head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::NotOk(format!("cannot print: {error}"))),
        Ok(()) => Ok(true),
    }
}

/// Writes a file.
///
/// # Errors
///
/// [`Failure::NotOk`] if it cannot be written.
pub fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(file, bytes)
        .map_err(|error| Failure::NotOk(format!("{} cannot be written: {error}", file.display())))
}

/// Options for the output format.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct FormatArgs {
    /// Print text, or a single JSON document
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub output: Format,

    /// The same as --output json
    #[arg(long, conflicts_with = "output")]
    pub json: bool,
}

impl FormatArgs {
    /// Whether JSON was requested.
    pub fn is_json(self) -> bool {
        self.json || self.output == Format::Json
    }
}

/// An output format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text
    #[default]
    Text,
    /// A JSON document
    Json,
}
