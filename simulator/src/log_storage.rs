//! The stored form of a log group: its newest events, and the name of each log stream once.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{LogEvent, logs::LogGroup};

/// The newest events that are stored.
const MOST_EVENTS: usize = 20_000;

/// `M` is the text of a message.
#[derive(Serialize, Deserialize)]
struct Stored<M> {
    created: Timestamp,
    retention: Option<u32>,
    streams: Vec<(String, Timestamp)>,
    /// Each with the place of its stream, and the nanosecond of its time.
    events: Vec<(i128, usize, M)>,
}

impl Serialize for LogGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names: Vec<&Arc<str>> = self.streams.keys().collect();
        let first = self.events.len().saturating_sub(MOST_EVENTS);
        let events = self.events.iter().skip(first).filter_map(|event| {
            let place = names.binary_search(&&event.stream).ok()?;
            Some((event.at.as_nanosecond(), place, event.message.as_str()))
        });
        let streams = self.streams.iter().map(|(name, at)| (name.to_string(), *at));
        let (created, retention) = (self.created, self.retention);
        let (streams, events) = (streams.collect(), events.collect());
        Stored { created, retention, streams, events }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for LogGroup {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::<String>::deserialize(deserializer)?;
        let streams: Vec<(Arc<str>, Timestamp)> =
            stored.streams.into_iter().map(|(name, at)| (name.into(), at)).collect();
        let event = |(at, place, message): (i128, usize, String)| {
            let (stream, _) = streams.get(place)?;
            let at = Timestamp::from_nanosecond(at).ok()?;
            Some(LogEvent { at, stream: Arc::clone(stream), message })
        };
        let events = stored.events.into_iter().filter_map(event).collect();
        let (created, retention) = (stored.created, stored.retention);
        Ok(Self { created, retention, streams: streams.into_iter().collect(), events, own: 0 })
    }
}
