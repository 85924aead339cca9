//! A past in two parts: this world plays the later one and is served, while another world still plays the earlier one.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Alarm, AlarmState, HistoryEvent, HistoryItem};

use super::World;

impl World {
    /// IDs and numbers of this world begin here, so that they differ from those of the world with the earlier part.
    pub fn number_from(&mut self, first: u32) {
        self.ids = first.into();
        self.first_number = first as usize;
    }

    /// Adds what the world with the earlier part has recorded: metrics, log events, the history of alarms, scaling
    /// activities, and when resources were created. This world began at `since` with the same resources, and the other
    /// one has ended there with all endpoints at zero and without work.
    pub fn add_earlier(&mut self, mut earlier: Self, since: Timestamp) {
        for (name, series) in earlier.series {
            let own = self.series.entry(name).or_default();
            own.samples.splice(0..0, series.samples);
        }
        for (metric, values) in earlier.custom {
            self.custom.entry(metric).or_default().splice(0..0, values);
        }
        for (name, group) in earlier.logs {
            self.add_log_group(&name);
            if let Some(own) = self.logs.get_mut(&name) {
                own.add_earlier(group, since);
            }
        }
        self.activities.splice(0..0, earlier.activities);
        self.not_scaled.splice(0..0, earlier.not_scaled);
        self.alarm_history.retain(|item| !is_start(item, &earlier.alarms, since));
        self.alarm_history.splice(0..0, earlier.alarm_history);
        for (name, own) in &mut self.alarms {
            if let Some(alarm) = earlier.alarms.remove(name).filter(|_| own.configured_at == since)
            {
                add_earlier_states(own, alarm);
            }
        }
        for (name, own) in &mut self.buckets {
            if let Some(bucket) = earlier.buckets.get(name).filter(|_| own.created == since) {
                own.created = bucket.created;
            }
        }
        for (name, own) in &mut self.functions {
            if let Some(function) = earlier.functions.get(name).filter(|_| own.modified == since) {
                own.modified = function.modified;
            }
        }
    }
}

/// Whether the entry says that this world began: an alarm of both worlds was created, and got its first state.
fn is_start(item: &HistoryItem, alarms: &BTreeMap<String, Alarm>, since: Timestamp) -> bool {
    alarms.contains_key(&item.alarm)
        && match &item.event {
            HistoryEvent::Created(_) => item.at == since,
            HistoryEvent::State(change) => change.from == AlarmState::InsufficientData,
            HistoryEvent::Updated(_) | HistoryEvent::Deleted(_) | HistoryEvent::Action(_) => false,
        }
}

/// The alarm has been there since the earlier part.
fn add_earlier_states(own: &mut Alarm, earlier: Alarm) {
    own.configured_at = earlier.configured_at;
    own.history.retain(|change| change.from != AlarmState::InsufficientData);
    if own.history.is_empty() {
        (own.state_since, own.reason) = (earlier.state_since, earlier.reason);
        own.reason_data = earlier.reason_data;
    }
    own.history.splice(0..0, earlier.history);
}
