//! Log groups: written and searched.

use jiff::Timestamp;

use crate::{CallResult, LogEvent, LogSearch, Operation, Page, Refusal, logs::Pattern};

use super::World;

impl World {
    /// Creates a log group, unless it exists.
    pub fn add_log_group(&mut self, group: &str) {
        self.logs.entry(group.to_owned()).or_default();
    }

    /// Logs a message now. Creates the log group if it does not exist.
    pub fn log(&mut self, group: &str, message: impl Into<String>) {
        self.log_at(group, self.now(), message);
    }

    /// Logs a message at a given time.
    pub fn log_at(&mut self, group: &str, at: Timestamp, message: impl Into<String>) {
        let message = message.into();
        self.logs.entry(group.to_owned()).or_default().push(LogEvent { at, message });
    }

    /// FilterLogEvents: the events of the group that match, oldest first.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException` if the group does not exist, `InvalidParameterException` if the
    /// model cannot read the pattern or the page request is invalid.
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
            // AWS can return pages of any length below the limit. Small pages show whether a caller
            // reads all of them.
            Ok(search.paging.cut(found.into_iter(), world.settings.page_size)?.map(LogEvent::clone))
        })
    }
}
