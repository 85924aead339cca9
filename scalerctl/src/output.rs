//! Printing to stdout.

use std::io::{self, Write};

use crate::Failure;

/// Prints a whole text. Colours go to terminals only, and not where `NO_COLOR` is set: anstream
/// sees to that.
///
/// # Errors
///
/// [`Failure::Story`] where stdout cannot be written.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::Story(format!("cannot print: {error}"))),
        Ok(()) => Ok(()),
    }
}
