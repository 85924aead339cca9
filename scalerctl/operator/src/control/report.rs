//! What a command was asked, what it did, and what it saw.

use jiff::Timestamp;
use reactive_scaler::{
    port::VariantId,
    scaler::{Done, Status},
};

use super::{result::CommandResult, wait::Waited};

/// A deed from beginning to end.
#[derive(Debug)]
pub struct Account {
    /// `wake`, `sleep`, `hold` or `release`.
    pub command: &'static str,
    pub region: String,
    pub id: VariantId,
    /// When it began.
    pub at: Timestamp,
    pub dry_run: bool,
    pub before: Status,
    /// What would be done, by what was seen before.
    pub planned: Done,
    /// What was done; `None` for a dry run.
    pub done: Option<Done>,
    /// How it stood afterwards; `None` for a dry run, or where it could not be read.
    pub after: Option<Status>,
    pub waited: Option<Waited>,
    pub verdict: CommandResult,
}
