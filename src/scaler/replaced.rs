//! A record that this invocation has changed. A read can still return it as it was before.

use crate::lease::Record;

/// A record before and after it was replaced or deleted by this invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Replaced {
    pub(super) before: Option<Record>,
    pub(super) after: Option<Record>,
}
