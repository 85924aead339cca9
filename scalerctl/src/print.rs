//! Onto standard output.

use std::io::{self, Write};

use crate::Failure;

/// Prints a text. Colours go to terminals only, and not where `NO_COLOR` is set: anstream sees to
/// that.
///
/// # Errors
///
/// [`Failure::Story`] where it cannot be printed; a reader who has seen enough is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::Story(format!("cannot print: {error}"))),
        Ok(()) => Ok(()),
    }
}
