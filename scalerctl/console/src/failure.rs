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
    /// The exit code that `--help` documents.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotOk(_) => ExitCode::from(1),
            Self::ErrorFound(_) => ExitCode::from(3),
            Self::Usage(_) | Self::NoAccess(_) => ExitCode::from(2),
        }
    }
}
