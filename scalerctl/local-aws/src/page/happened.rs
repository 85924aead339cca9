//! Decisions and calls, in the form of the page.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::output::{Happened, json_of};

/// The list that shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// The function's decisions, errors, and warnings.
    Decisions,
    /// Calls to AWS, and requests that were refused.
    Calls,
}

/// The list of something that happened.
pub(super) fn list_of(happened: &Happened) -> List {
    match happened {
        Happened::Logged(_) => List::Decisions,
        Happened::Call(_) | Happened::Refused { .. } => List::Calls,
    }
}

/// As JSON. A call says whether it can change something.
pub(super) fn shown(at: Timestamp, happened: &Happened) -> Value {
    let mut shown = json_of(at, happened);
    if let Happened::Call(call) = happened {
        shown["write"] = json!(call.operation.is_write());
    }
    shown
}
