//! The error of a command, and its exit code.

use std::process::ExitCode;

/// The error of a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The command ran and found a problem. Exit code 1.
    #[error("{0}")]
    NotOk(String),
    /// The command ran and found an error. Exit code 3.
    #[error("{0}")]
    ErrorFound(String),
    /// The arguments are not valid. Exit code 2, as for an unknown argument.
    #[error("{0}")]
    Usage(String),
    /// AWS cannot be reached or rejects the calls: no credentials, no connection, or no permission.
    /// Exit code 2.
    #[error("{0}")]
    NoAccess(String),
}

impl Failure {
    /// The error as text for a terminal.
    pub fn text(&self) -> String {
        advice_apart(&self.to_string())
    }

    /// The exit code that `--help` documents.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotOk(_) => ExitCode::from(1),
            Self::ErrorFound(_) => ExitCode::from(3),
            Self::Usage(_) | Self::NoAccess(_) => ExitCode::from(2),
        }
    }
}

/// The message as text for a terminal: advice is on a line of its own, and so is its command.
pub fn advice_apart(message: &str) -> String {
    message.lines().map(with_advice_apart).collect::<Vec<_>>().join("\n")
}

/// `MESSAGE (what to do: ADVICE)`, and ADVICE may end with a command in backticks.
fn with_advice_apart(line: &str) -> String {
    let parts = line
        .split_once(" (what to do: ")
        .and_then(|(message, advice)| Some((message, advice.strip_suffix(')')?)));
    let Some((message, advice)) = parts else { return line.to_owned() };
    let command = advice.strip_suffix('`').and_then(|rest| rest.rsplit_once(" `"));
    match command {
        Some((advice, command)) => format!("{message}\nwhat to do: {advice}\n  {command}"),
        None => format!("{message}\nwhat to do: {advice}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn advice_and_its_command_are_on_lines_of_their_own() {
        for (message, text) in [
            ("no advice (at all)", "no advice (at all)"),
            ("a: failed (what to do: wait (a while))", "a: failed\nwhat to do: wait (a while)"),
            (
                "a: refused (what to do: wait, or end it with `scalerctl sleep a --force`)",
                "a: refused\nwhat to do: wait, or end it with\n  scalerctl sleep a --force",
            ),
            (
                "no AWS (what to do: start `scalerctl aws` in another terminal)",
                "no AWS\nwhat to do: start `scalerctl aws` in another terminal",
            ),
            ("two:\none (what to do: this)\nanother", "two:\none\nwhat to do: this\nanother"),
        ] {
            assert_eq!(Failure::NotOk(message.to_owned()).text(), text);
        }
    }
}
