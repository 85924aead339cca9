//! A question that a person answers before a command changes something.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::Failure;

/// Waits for `yes`, unless the user gave `--yes`. `nothing`: what is true otherwise, such as `nothing was started`.
///
/// # Errors
/// [`Failure::Usage`] without confirmation.
pub fn confirmed(yes: bool, nothing: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(format!(
            "{nothing}: there is no terminal for the confirmation (what to do: add --yes)"
        )));
    }
    match answer("Type yes to continue: ").as_deref() {
        Some("yes") => Ok(()),
        _ => Err(Failure::Usage(nothing.to_owned())),
    }
}

/// What a person types after the question. `None`: there is no terminal, or no answer.
pub fn answer(question: &str) -> Option<String> {
    if !io::stdin().is_terminal() {
        return None;
    }
    anstream::eprint!("{question}");
    let mut answer = String::new();
    io::stderr().flush().and_then(|()| io::stdin().lock().read_line(&mut answer)).ok()?;
    Some(answer.trim().to_owned())
}
