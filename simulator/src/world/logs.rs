//! Log groups: written, described and searched.

use std::{ops::Range, sync::Arc};

use jiff::Timestamp;

use crate::{
    CallResult, LogEvent, LogSearch, Operation, Page, Paging, Refusal,
    logs::{LogGroup, Pattern, STREAM},
    page::offset_token,
};

use super::World;

/// The most bytes of a page of FilterLogEvents (API: `FilterLogEvents`).
const PAGE_BYTES: usize = 1024 * 1024;

impl World {
    /// Creates a log group, unless it exists.
    pub fn add_log_group(&mut self, group: &str) {
        self.log_group(group);
    }

    /// Logs a message now. Creates the log group if it does not exist.
    pub fn log(&mut self, group: &str, message: impl Into<String>) {
        self.log_at(group, self.now(), message);
    }

    /// Logs a message at a given time.
    pub fn log_at(&mut self, group: &str, at: Timestamp, message: impl Into<String>) {
        self.log_event(group, LogEvent { at, stream: STREAM.into(), message: message.into() });
    }

    /// Logs an event. Creates the log group and the log stream if they do not exist.
    pub fn log_event(&mut self, group: &str, event: LogEvent) {
        let now = self.now();
        let group = self.log_group(group);
        if !group.streams.contains_key(&event.stream) {
            group.streams.insert(Arc::clone(&event.stream), now);
        }
        group.events.push(event);
    }

    /// The events of a log group in the order in which they arrived, without those of [`World::add_earlier`]. This is not
    /// an API call.
    pub fn logged(&self, group: &str) -> &[LogEvent] {
        let group = self.logs.get(group);
        group.and_then(|group| group.events.get(group.own..)).unwrap_or_default()
    }

    fn log_group(&mut self, group: &str) -> &mut LogGroup {
        let now = self.now();
        self.logs.entry(group.to_owned()).or_insert_with(|| LogGroup::new(now))
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
            let pattern = Pattern::read(&search.pattern)?;
            let (from, until) = world.range_of_search(search.from, search.until);
            let group = world.existing_log_group(&search.group)?;
            let mut ordered = Vec::new();
            let all = match group.events.is_sorted_by_key(|event| event.at) {
                true => InOrder::All(&group.events),
                false => {
                    ordered.extend(&group.events);
                    ordered.sort_by_key(|event| event.at);
                    InOrder::Sorted(&ordered)
                }
            };
            let fits = |event: &LogEvent| {
                (search.streams.is_empty() || search.streams.iter().any(|it| **it == *event.stream))
                    && event.stream.starts_with(&search.stream_prefix)
                    && pattern.fits(&event.message)
            };
            let range = all.range(from, until);
            // AWS can return pages of any length below the limit. Small pages show whether a caller
            // reads all of them.
            all.page(range, &search.paging, world.settings.log_page_size, fits)
        })
    }

    /// The range in the world's time. A range without an end is taken as it is: it reaches to the present of both clocks.
    pub(crate) fn range_of_search(
        &self,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> (Option<Timestamp>, Option<Timestamp>) {
        let Some(until) = until else { return (from, None) };
        let (moved, until) = self.range_of_client(from.unwrap_or(until), until);
        (from.map(|_| moved), Some(until))
    }

    pub(crate) fn existing_log_group(&self, group: &str) -> Result<&LogGroup, Refusal> {
        self.logs.get(group).ok_or_else(missing)
    }

    /// CreateLogGroup.
    pub(crate) fn create_log_group(&mut self, group: &str) -> CallResult<()> {
        self.call(Operation::CreateLogGroup, group, String::new(), |world| {
            if world.logs.contains_key(group) {
                let message = "The specified log group already exists";
                return Err(Refusal::new("ResourceAlreadyExistsException", message));
            }
            world.add_log_group(group);
            Ok(())
        })
    }

    /// DeleteLogGroup.
    pub(crate) fn delete_log_group(&mut self, group: &str) -> CallResult<()> {
        self.call(Operation::DeleteLogGroup, group, String::new(), |world| {
            world.logs.remove(group).map(|_| ()).ok_or_else(missing)
        })
    }

    /// PutRetentionPolicy, and without days DeleteRetentionPolicy. The model deletes no events.
    pub(crate) fn set_retention(&mut self, group: &str, days: Option<u32>) -> CallResult<()> {
        let (operation, shown) = match days {
            Some(days) => (Operation::PutRetentionPolicy, days.to_string()),
            None => (Operation::DeleteRetentionPolicy, String::new()),
        };
        self.call(operation, group, shown, |world| {
            world.logs.get_mut(group).ok_or_else(missing)?.retention = days;
            Ok(())
        })
    }

    /// DescribeLogGroups: the names that start with a prefix.
    pub(crate) fn describe_log_groups(
        &mut self,
        prefix: &str,
        paging: &Paging,
    ) -> CallResult<Page<(String, LogGroup)>> {
        self.call(Operation::DescribeLogGroups, "*", prefix.to_owned(), |world| {
            let all = world.logs.iter().filter(|(name, _)| name.starts_with(prefix));
            let page = paging.cut(all, world.settings.page_size)?;
            Ok(page.map(|(name, group)| (name.clone(), group.clone())))
        })
    }
}

/// The events of a log group in the order of their times.
enum InOrder<'a> {
    /// They arrived in this order.
    All(&'a [LogEvent]),
    /// They did not.
    Sorted(&'a [&'a LogEvent]),
}

impl InOrder<'_> {
    fn get(&self, place: usize) -> Option<&LogEvent> {
        match self {
            Self::All(events) => events.get(place),
            Self::Sorted(events) => events.get(place).copied(),
        }
    }

    /// The places of the events in `from..=until`.
    fn range(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> Range<usize> {
        let (begin, end) = (
            |event: &LogEvent| from.is_some_and(|from| event.at < from),
            |event: &LogEvent| until.is_none_or(|until| event.at <= until),
        );
        match self {
            Self::All(all) => all.partition_point(begin)..all.partition_point(end),
            Self::Sorted(all) => {
                all.partition_point(|it| begin(it))..all.partition_point(|it| end(it))
            }
        }
    }

    /// One page of the events in the range that fit. Its token is the place of the next event, so that a long log is
    /// read once for all pages and not once for each.
    fn page(
        &self,
        range: Range<usize>,
        paging: &Paging,
        page_size: usize,
        fits: impl Fn(&LogEvent) -> bool,
    ) -> Result<Page<LogEvent>, Refusal> {
        let (size, start) = (paging.size(page_size)?, paging.offset()?);
        let mut bytes = 0;
        let mut items = Vec::new();
        for place in range.start.max(start)..range.end {
            let Some(event) = self.get(place).filter(|it| fits(it)) else { continue };
            bytes += event.message.len();
            if items.len() == size || bytes > PAGE_BYTES && !items.is_empty() {
                return Ok(Page { items, next_token: Some(offset_token(place)) });
            }
            items.push(event.clone());
        }
        Ok(Page { items, next_token: None })
    }
}

fn missing() -> Refusal {
    Refusal::new("ResourceNotFoundException", "The specified log group does not exist.")
}
