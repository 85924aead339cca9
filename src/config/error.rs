//! Why a setting is refused.

/// A valid route. Each error message shows it.
const EXAMPLE: &str =
    r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/","job_minutes":15}]"#;

/// A setting that cannot be used. The function does not start with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `SCALER_ROUTES` is not set.
    #[error("SCALER_ROUTES is not set. Set it to a JSON array, for example {EXAMPLE}")]
    RoutesMissing,
    /// `SCALER_ROUTES` is not a valid list of routes.
    #[error("SCALER_ROUTES: at {field}: {problem}; for example {EXAMPLE}")]
    Form {
        /// Where in the array, for example `[0].idle_minutes`.
        field: String,
        /// The problem.
        problem: String,
    },
    /// `SCALER_LEDGER` is not the name of a table.
    #[error(
        "SCALER_LEDGER is {0:?}, must be the name of a DynamoDB table: 3 to 255 letters, digits and . _ -; for example \
         \"reactive-scaler-ledger\""
    )]
    Ledger(String),
    /// `SCALER_MODE` is neither of its two values.
    #[error("SCALER_MODE is {0:?}; for example \"act\" or \"observe\"")]
    Mode(String),
}
