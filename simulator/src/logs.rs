//! CloudWatch Logs: log groups, log events, and filter patterns.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde_json::Value;

use crate::{Paging, Refusal};

/// The log stream of messages that have none of their own.
pub(crate) const STREAM: &str = "2030/01/01/[$LATEST]00000000000000000000000000000000";

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogGroup {
    /// `creationTime`.
    pub(crate) created: Timestamp,
    /// `retentionInDays`.
    pub(crate) retention: Option<u32>,
    /// When each log stream was created, by name.
    pub(crate) streams: BTreeMap<Arc<str>, Timestamp>,
    /// In the order in which they arrived.
    pub(crate) events: Vec<LogEvent>,
    /// The place of the first event that this world has logged. Those before come from the earlier part of its past.
    pub(crate) own: usize,
}

impl LogGroup {
    pub(crate) fn new(created: Timestamp) -> Self {
        Self { created, retention: None, streams: BTreeMap::new(), events: Vec::new(), own: 0 }
    }

    /// Adds the events of the earlier part of a past. This group is as old as that one if it was created at `since`.
    pub(crate) fn add_earlier(&mut self, earlier: Self, since: Timestamp) {
        if self.created <= since {
            self.created = earlier.created;
        }
        self.streams.extend(earlier.streams);
        self.own += earlier.events.len();
        self.events.splice(0..0, earlier.events);
    }
}

/// One event of a log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// `timestamp`.
    pub at: Timestamp,
    /// `logStreamName`. The events of a stream share it.
    pub stream: Arc<str>,
    /// `message`.
    pub message: String,
}

/// The parameters of FilterLogEvents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogSearch {
    /// `logGroupName`.
    pub group: String,
    /// `logStreamNames`. Empty: all.
    pub streams: Vec<String>,
    /// `logStreamNamePrefix`.
    pub stream_prefix: String,
    /// `startTime`, inclusive.
    pub from: Option<Timestamp>,
    /// `endTime`, inclusive.
    pub until: Option<Timestamp>,
    /// `filterPattern`: empty, `{ $.a = "b" && ... }`, or words.
    pub pattern: String,
    /// `limit` and `nextToken`.
    pub paging: Paging,
}

/// A filter pattern (CloudWatch Logs User Guide, "Filter pattern syntax"): string comparisons in JSON that must all be
/// true, or words that must all be in the message. An empty pattern matches every event.
#[derive(Debug)]
pub(crate) enum Pattern {
    Json(Vec<(String, String)>),
    Words(Vec<String>),
}

impl Pattern {
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        let invalid = || Refusal::new("InvalidParameterException", "Invalid filter pattern");
        let text = text.trim();
        let Some(inner) = text.strip_prefix('{') else {
            let is_plain = |word: &&str| !word.starts_with(['?', '-', '%', '[', '"', '{']);
            let words = text.split_whitespace();
            let words = match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(phrase) if !phrase.contains('"') => vec![phrase.to_owned()],
                _ if words.clone().all(|word| is_plain(&word)) => {
                    words.map(str::to_owned).collect()
                }
                _ => return Err(invalid()),
            };
            return Ok(Self::Words(words));
        };
        let terms = inner.strip_suffix('}').ok_or_else(invalid)?.split("&&");
        let term = |term: &str| {
            let (name, value) = term.split_once('=')?;
            let name = name.trim().strip_prefix("$.")?;
            let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
            Some((name.to_owned(), value.to_owned()))
        };
        terms.map(|text| term(text).ok_or_else(invalid)).collect::<Result<_, _>>().map(Self::Json)
    }

    pub(crate) fn fits(&self, message: &str) -> bool {
        match self {
            Self::Words(words) => words.iter().all(|word| message.contains(word)),
            Self::Json(terms) => {
                let Ok(message) = serde_json::from_str::<Value>(message) else { return false };
                terms.iter().all(|(name, wanted)| message[name.as_str()].as_str() == Some(wanted))
            }
        }
    }
}
