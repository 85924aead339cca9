//! Why a command fails, and with which exit code.

use std::process::ExitCode;

/// Why a command fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It ran, and what it shows is not as it must be. Exit code 1.
    #[error("{0}")]
    NotOk(String),
    /// It ran, and what it found is grave. Exit code 3.
    #[error("{0}")]
    ErrorFound(String),
    /// What it was given cannot be used. Exit code 2, as for an unknown argument.
    #[error("{0}")]
    Usage(String),
    /// AWS cannot be asked: no credentials, no connection, or no permission to begin with. Exit
    /// code 2.
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
