//! CloudWatch Logs: log events and filter patterns.

use jiff::Timestamp;
use serde_json::Value;

use crate::{Paging, Refusal};

/// One event of a log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// `timestamp`.
    pub at: Timestamp,
    /// `message`.
    pub message: String,
}

/// The parameters of FilterLogEvents. The model has no log streams.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogSearch {
    /// `logGroupName`.
    pub group: String,
    /// `startTime`, inclusive.
    pub from: Option<Timestamp>,
    /// `endTime`, inclusive.
    pub until: Option<Timestamp>,
    /// `filterPattern`: empty, or `{ $.a = "b" && ... }`.
    pub pattern: String,
    /// `limit` and `nextToken`.
    pub paging: Paging,
}

/// The JSON form of a filter pattern: string comparisons that must all be true (CloudWatch Logs
/// User Guide, "Filter pattern syntax"). An empty pattern matches every event.
#[derive(Debug, Default)]
pub(crate) struct Pattern(Vec<(String, String)>);

impl Pattern {
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let invalid = || Refusal::new("InvalidParameterException", "Invalid filter pattern");
        let inner = text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let terms = inner.ok_or_else(invalid)?.split("&&");
        let term = |term: &str| {
            let (name, value) = term.split_once('=')?;
            let name = name.trim().strip_prefix("$.")?;
            let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
            Some((name.to_owned(), value.to_owned()))
        };
        terms.map(|text| term(text).ok_or_else(invalid)).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn fits(&self, message: &str) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let Ok(message) = serde_json::from_str::<Value>(message) else { return false };
        self.0.iter().all(|(name, wanted)| message[name.as_str()].as_str() == Some(wanted))
    }
}
