//! Metrics of endpoints: one sample per minute, visible to readers after the metric lag.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use reactive_scaler::port::Datapoint;

use crate::{
    CallResult, EndpointState, Job, JobId, MetricName, MetricQuery, Operation, PerInstanceAtZero,
    Publishing, Refusal, Settings,
    metrics::{Sample, Series},
    minute::minute_of,
};

use super::World;

impl World {
    /// Replaces the datapoints of the endpoint's backlog that readers see, without a lag. `None`:
    /// readers see what the model publishes.
    pub fn set_backlog_override(
        &mut self,
        endpoint: &str,
        datapoints: Option<Vec<(Timestamp, f64)>>,
    ) {
        let to_datapoint = |(at, value)| Datapoint { at, value };
        let shown = datapoints.map(|all| all.into_iter().map(to_datapoint).collect());
        self.series.entry(endpoint.to_owned()).or_default().shown = shown;
    }

    /// From now on, each minute publishes this value as the endpoint's backlog. `None`: the real
    /// value.
    pub fn stick_backlog(&mut self, endpoint: &str, value: Option<f64>) {
        self.series.entry(endpoint.to_owned()).or_default().stuck = value;
    }

    /// The datapoints of the minutes that start in `from..until` are never published.
    pub fn lose_metrics(&mut self, from: Timestamp, until: Timestamp) {
        self.lost_metrics.push((from, until));
    }

    /// The datapoints of a metric in `from..until` that are visible now, oldest first. This is not
    /// an API call.
    pub fn visible(
        &self,
        metric: MetricName,
        endpoint: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<Datapoint> {
        let mut visible = Vec::new();
        self.each_visible(metric, endpoint, (from, until), |at, value| {
            visible.push(Datapoint { at, value });
        });
        visible
    }

    /// Gives `take` the datapoints of [`World::visible`].
    pub(crate) fn each_visible(
        &self,
        metric: MetricName,
        endpoint: &str,
        (from, until): (Timestamp, Timestamp),
        mut take: impl FnMut(Timestamp, f64),
    ) {
        let Some(series) = self.series.get(endpoint) else { return };
        let within = |at: Timestamp| from <= at && at < until;
        if let (Some(shown), MetricName::BacklogSize) = (&series.shown, metric) {
            let mut shown = shown.clone();
            shown.retain(|datapoint| within(datapoint.at));
            shown.sort_by_key(|datapoint| datapoint.at);
            return shown.iter().for_each(|point| take(point.at, point.value));
        }
        let first = series.samples.partition_point(|sample| sample.at < from);
        let samples = series.samples.iter().skip(first).take_while(|sample| sample.at < until);
        for sample in samples.filter(|sample| sample.seen_from <= self.now()) {
            if let Some(value) = sample.value(metric) {
                take(sample.at, value);
            }
        }
    }

    /// The start of the newest minute that has a visible datapoint.
    pub(crate) fn newest_visible(&self, metric: MetricName, endpoint: &str) -> Option<Timestamp> {
        let series = self.series.get(endpoint)?;
        if let (Some(shown), MetricName::BacklogSize) = (&series.shown, metric) {
            return shown.iter().map(|datapoint| datapoint.at).max();
        }
        let mut newest = series.samples.iter().rev();
        newest.find(|sample| sample.seen_from <= self.now()).map(|sample| sample.at)
    }

    /// The start of the newest minute in which this metric has a visible value.
    pub(crate) fn newest_value(&self, metric: MetricName, endpoint: &str) -> Option<Timestamp> {
        let series = self.series.get(endpoint)?;
        if let (Some(_), MetricName::BacklogSize) = (&series.shown, metric) {
            return self.newest_visible(metric, endpoint);
        }
        let seen = series.samples.iter().rev().filter(|sample| sample.seen_from <= self.now());
        seen.filter(|sample| sample.value(metric).is_some()).map(|sample| sample.at).next()
    }

    /// GetMetricData: the datapoints of each query in `from..until`, oldest first. `from` is
    /// rounded down to the whole minute, as the API reference says of `StartTime`.
    ///
    /// # Errors
    ///
    /// If the range is empty.
    pub fn get_metric_data(
        &mut self,
        queries: &[MetricQuery],
        from: Timestamp,
        until: Timestamp,
    ) -> CallResult<Vec<Vec<Datapoint>>> {
        let mut endpoints = queries.iter().map(|query| query.endpoint.clone()).collect::<Vec<_>>();
        endpoints.dedup();
        let arguments = format!("{from}..{until}");
        self.call(Operation::GetMetricData, &endpoints.join(","), arguments, |world| {
            if from >= until {
                return Err(Refusal::new(
                    "ValidationError",
                    "The parameter StartTime must be less than the parameter EndTime.",
                ));
            }
            let read = |query: &MetricQuery| match query.metric {
                Some(metric) => world.visible(metric, &query.endpoint, minute_of(from), until),
                None => Vec::new(),
            };
            Ok(queries.iter().map(read).collect())
        })
    }

    /// Updates the largest backlog of the current minute for all endpoints. Call it at the end and
    /// at the start of a minute.
    pub(crate) fn note_backlogs(&mut self) {
        for (name, endpoint) in self.endpoints.iter() {
            note(&mut self.series, &self.settings, &self.jobs, name, endpoint, self.now);
        }
    }

    /// Updates the largest backlog of the current minute for the endpoints that were changed since
    /// the last step.
    pub(crate) fn note_changed_backlogs(&mut self) {
        for (name, endpoint) in self.endpoints.changed() {
            note(&mut self.series, &self.settings, &self.jobs, name, endpoint, self.now);
        }
    }

    /// Updates the largest backlog of the current minute for one endpoint.
    pub(crate) fn note_backlog(&mut self, name: &str) {
        if let Some(endpoint) = self.endpoints.get(name) {
            note(&mut self.series, &self.settings, &self.jobs, name, endpoint, self.now);
        }
    }

    /// Records how long an item waited before it left the queue.
    pub(crate) fn note_age(&mut self, endpoint: &str, id: JobId) {
        let age = age(&self.jobs, id, self.now);
        let series = self.series.entry(endpoint.to_owned()).or_default();
        series.oldest = series.oldest.max(age);
    }

    /// Publishes the minute that started at `at` and has just ended.
    pub(crate) fn close_minute(&mut self, at: Timestamp) {
        let seen_from = minute_of(self.now()) + self.settings.metric_lag;
        let lost = self.lost_metrics.iter().any(|(from, until)| *from <= at && at < *until);
        for (name, endpoint) in self.endpoints.iter() {
            let series = match self.series.get_mut(name) {
                Some(series) => series,
                None => self.series.entry(name.clone()).or_default(),
            };
            let highest = std::mem::take(&mut series.highest);
            let oldest = std::mem::take(&mut series.oldest).as_secs_f64();
            let without_capacity = std::mem::take(&mut series.without_capacity);
            let instances = endpoint.serving();
            let published = match self.settings.publishing {
                Publishing::Always => true,
                Publishing::WithBacklogOrInstance => highest > 0 || instances > 0,
            };
            if !endpoint.asynchronous || !published || lost {
                continue;
            }
            let backlog = series.stuck.unwrap_or(highest as f64);
            let per_instance = match self.settings.backlog_per_instance_at_zero {
                _ if instances > 0 => Some(backlog / f64::from(instances)),
                PerInstanceAtZero::Absent => None,
                PerInstanceAtZero::Backlog => Some(backlog),
            };
            series.samples.push(Sample {
                at,
                seen_from,
                backlog,
                per_instance,
                oldest,
                without_capacity,
            });
        }
    }
}

fn note(
    all: &mut BTreeMap<String, Series>,
    settings: &Settings,
    jobs: &[Job],
    name: &str,
    endpoint: &EndpointState,
    now: Timestamp,
) {
    let backlog = match settings.backlog_counts_running {
        true => endpoint.queue.backlog(),
        false => endpoint.queue.waiting.len(),
    };
    if backlog == 0 {
        return;
    }
    let oldest = endpoint.queue.waiting.front().map(|id| age(jobs, *id, now));
    let series = all.entry(name.to_owned()).or_default();
    series.highest = series.highest.max(backlog);
    series.oldest = series.oldest.max(oldest.unwrap_or_default());
    series.without_capacity |= oldest.is_some() && endpoint.serving() == 0;
}

/// How long a job has waited.
fn age(jobs: &[Job], id: JobId, now: Timestamp) -> Duration {
    jobs.get(id.0).map_or(Duration::ZERO, |job| now.duration_since(job.invoked_at).unsigned_abs())
}
