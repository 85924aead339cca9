//! The result of a command.

use jiff::Timestamp;
use reactive_scaler::{
    port::VariantId,
    scaler::{Done, Status},
};

use scalerctl_console::times::moment::Moment;

use super::{result::CommandResult, wait::Waited};
use crate::local_scaler::{CoveringFunction, SameVariant};

/// The result of a command.
#[derive(Debug)]
pub struct CommandReport {
    /// `wake`, `sleep`, `hold` or `release`.
    pub command: &'static str,
    pub region: String,
    pub id: VariantId,
    /// The commands that can follow.
    pub next: SameVariant,
    /// When it began.
    pub at: Timestamp,
    pub dry_run: bool,
    /// Whether `--wait` is set.
    pub waits: bool,
    /// The deployed function of `--function`.
    pub function: Option<CoveringFunction>,
    /// The end of a hold that the user asked for.
    pub asked: Option<Moment>,
    pub before: Status,
    /// The decision before anything was changed.
    pub planned: Done,
    /// The decision that was carried out; `None` for a dry run.
    pub done: Option<Done>,
    /// The state afterward; `None` for a dry run, or if it could not be read.
    pub after: Option<Status>,
    pub waited: Option<Waited>,
    pub verdict: CommandResult,
}
