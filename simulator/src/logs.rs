//! CloudWatch Logs: what a function logged, and a search through it.

use jiff::Timestamp;
use serde_json::Value;

use crate::{CallResult, Operation, Page, Paging, Refusal, World};

/// One event of a log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// `timestamp`.
    pub at: Timestamp,
    /// `message`.
    pub message: String,
}

/// FilterLogEvents, as far as the model knows it: no streams.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogSearch {
    /// `logGroupName`.
    pub group: String,
    /// `startTime`, inclusive.
    pub from: Option<Timestamp>,
    /// `endTime`; later events are left out.
    pub until: Option<Timestamp>,
    /// `filterPattern`: empty, or `{ $.a = "b" && ... }`.
    pub pattern: String,
    /// `limit` and `nextToken`.
    pub paging: Paging,
}

impl World {
    /// Makes a log group; one that stands already stays as it is.
    pub fn add_log_group(&mut self, group: &str) {
        self.logs.entry(group.to_owned()).or_default();
    }

    /// Logs a message now; the group is made where there is none.
    pub fn log(&mut self, group: &str, message: impl Into<String>) {
        self.log_at(group, self.now(), message);
    }

    /// Logs a message with a time of its own.
    pub fn log_at(&mut self, group: &str, at: Timestamp, message: impl Into<String>) {
        let message = message.into();
        self.logs.entry(group.to_owned()).or_default().push(LogEvent { at, message });
    }

    /// FilterLogEvents: events of the group that fit, oldest first.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` without the group, `InvalidParameterException` for a pattern
    /// that the model cannot read and for a bad page.
    pub fn filter_log_events(&mut self, search: &LogSearch) -> CallResult<Page<LogEvent>> {
        let arguments = search.pattern.clone();
        self.call(Operation::FilterLogEvents, &search.group, arguments, |world| {
            let events = world.logs.get(&search.group).ok_or_else(|| {
                Refusal::new("ResourceNotFoundException", "The specified log group does not exist.")
            })?;
            let pattern = Pattern::read(&search.pattern)?;
            let fits = |event: &&LogEvent| {
                search.from.is_none_or(|from| from <= event.at)
                    && search.until.is_none_or(|until| event.at <= until)
                    && pattern.fits(&event.message)
            };
            let mut found = events.iter().filter(fits).collect::<Vec<_>>();
            found.sort_by_key(|event| event.at);
            // Pages of any length are allowed, whatever the limit: small ones show who asks on.
            Ok(search.paging.cut(found.into_iter(), world.settings.page_size)?.map(LogEvent::clone))
        })
    }
}

/// The JSON form of a filter pattern, of string comparisons that all must hold (CloudWatch Logs
/// User Guide, "Filter pattern syntax"). Empty, it fits every event.
#[derive(Debug, Default)]
struct Pattern(Vec<(String, String)>);

impl Pattern {
    fn read(text: &str) -> Result<Self, Refusal> {
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

    fn fits(&self, message: &str) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let Ok(message) = serde_json::from_str::<Value>(message) else { return false };
        self.0.iter().all(|(name, wanted)| message[name.as_str()].as_str() == Some(wanted))
    }
}
