//! What a user can do about a problem.

use std::fmt;

use crate::suggested::Suggested;

/// What a user can do: a sentence, and the command at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The sentence.
    pub what_to_do: String,
    /// The command.
    pub command: Option<Suggested>,
}

impl Advice {
    /// With a command.
    pub fn with(what_to_do: impl Into<String>, command: Suggested) -> Self {
        Self { what_to_do: what_to_do.into(), command: Some(command) }
    }
}

impl From<String> for Advice {
    fn from(what_to_do: String) -> Self {
        Self { what_to_do, command: None }
    }
}

impl From<&str> for Advice {
    fn from(what_to_do: &str) -> Self {
        what_to_do.to_owned().into()
    }
}

/// The command is in backticks. [`crate::advice_apart`] puts it on a line of its own.
impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what_to_do)?;
        match &self.command {
            Some(command) => write!(f, " `{command}`"),
            None => Ok(()),
        }
    }
}
