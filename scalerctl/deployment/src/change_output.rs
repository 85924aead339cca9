//! Prints what a command did, and turns it into the exit code.

use scalerctl_console::{
    Failure,
    output::{FormatArgs, print},
};

use crate::{change_json, change_report::Printed, change_text};

/// Prints it.
///
/// # Errors
///
/// [`Failure::NoAccess`] if AWS rejected a change, [`Failure::NotOk`] if a rule refused one.
pub fn finish(printed: &Printed<'_>, format: FormatArgs) -> Result<(), Failure> {
    print(&match format.is_json() {
        true => change_json::of(printed),
        false => change_text::of(printed),
    })?;
    printed.failure().map_or(Ok(()), Err)
}
