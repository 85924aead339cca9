//! What is no longer kept after some time. The model removes nothing by itself: a long past is made with calls of these
//! methods.

use std::mem::take;

use jiff::{SignedDuration, Timestamp};

use crate::{CustomMetric, custom_metrics::PutValues, statistic::Statistic};

use super::World;

/// Datapoints of a minute are kept for 15 days, and after that for 5 minutes each (CloudWatch User Guide, "Metrics
/// retention").
const MINUTES_KEPT: SignedDuration = SignedDuration::from_hours(15 * 24);

/// The period of older datapoints, in seconds.
const LONGER: i64 = 5 * 60;

impl World {
    /// Sets the retention of a log group, in days. Creates the group if it does not exist. This is no call.
    pub fn keep_log(&mut self, group: &str, days: u32) {
        self.add_log_group(group);
        if let Some(group) = self.logs.get_mut(group) {
            group.retention = Some(days);
        }
    }

    /// Removes the log events whose retention has ended at this time, and makes one datapoint of those minutes of put
    /// metrics that CloudWatch keeps no longer.
    pub fn end_retention(&mut self, at: Timestamp) {
        for group in self.logs.values_mut() {
            let Some(days) = group.retention else { continue };
            let oldest = at - SignedDuration::from_hours(24 * i64::from(days));
            group.events.retain(|event| event.at >= oldest);
        }
        let custom: Vec<CustomMetric> = self.custom.keys().cloned().collect();
        for metric in custom {
            if let Some(values) = self.custom.get_mut(&metric) {
                *values = with_longer_periods(take(values), at - MINUTES_KEPT);
            }
        }
    }

    /// Removes the calls before this time from the journal. Its events and counters remain.
    pub fn forget_calls_before(&mut self, at: Timestamp) {
        self.journal.forget_calls_before(at);
    }
}

/// The values before `until` in longer periods, and the others as they are.
fn with_longer_periods(values: Vec<PutValues>, until: Timestamp) -> Vec<PutValues> {
    let mut kept: Vec<PutValues> = Vec::with_capacity(values.len());
    for mut one in values {
        if one.at < until {
            let second = one.at.as_second();
            let begin = Timestamp::from_second(second - second.rem_euclid(LONGER));
            one.at = begin.unwrap_or(one.at);
            if let Some(last) = kept.last_mut().filter(|it| it.at == one.at && it.unit == one.unit)
            {
                // Percentiles are not kept.
                last.values.merge(&one.values, Statistic::Average);
                continue;
            }
        }
        kept.push(one);
    }
    kept.shrink_to_fit();
    kept
}
