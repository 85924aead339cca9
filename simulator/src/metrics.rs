//! The backlog's metrics: sampled per minute, seen later.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use reactive_scaler::port::Datapoint;

use crate::{
    CallResult, EndpointState, Job, JobId, Operation, PerInstanceAtZero, Publishing, Refusal,
    World, world::minute_of,
};

/// A metric of the namespace `AWS/SageMaker` that the model publishes, by endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetricName {
    /// `ApproximateBacklogSize`: items being processed or yet to be processed.
    BacklogSize,
    /// `ApproximateBacklogSizePerInstance`; without an instance as
    /// [`Settings::backlog_per_instance_at_zero`](crate::Settings::backlog_per_instance_at_zero)
    /// says.
    BacklogSizePerInstance,
    /// `ApproximateAgeOfOldestRequest`: seconds that the oldest item waited; 0 without one.
    AgeOfOldestRequest,
    /// `HasBacklogWithoutCapacity`: 1 where items waited and no instance was there.
    HasBacklogWithoutCapacity,
}

impl MetricName {
    /// Reads the API's spelling.
    pub fn from_api(name: &str) -> Option<Self> {
        match name {
            "ApproximateBacklogSize" => Some(Self::BacklogSize),
            "ApproximateBacklogSizePerInstance" => Some(Self::BacklogSizePerInstance),
            "ApproximateAgeOfOldestRequest" => Some(Self::AgeOfOldestRequest),
            "HasBacklogWithoutCapacity" => Some(Self::HasBacklogWithoutCapacity),
            _ => None,
        }
    }

    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BacklogSize => "ApproximateBacklogSize",
            Self::BacklogSizePerInstance => "ApproximateBacklogSizePerInstance",
            Self::AgeOfOldestRequest => "ApproximateAgeOfOldestRequest",
            Self::HasBacklogWithoutCapacity => "HasBacklogWithoutCapacity",
        }
    }
}

/// A metric that an alarm watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metric {
    /// One that the model publishes.
    Published(MetricName),
    /// One without datapoints: the model does not publish it, and neither may AWS.
    Unpublished {
        /// `Namespace`.
        namespace: String,
        /// `MetricName`.
        name: String,
        /// `Dimensions` beside `EndpointName`, each with its value.
        further: Vec<(String, String)>,
    },
}

impl Metric {
    /// The namespace of the metrics that the model publishes.
    pub const NAMESPACE: &str = "AWS/SageMaker";

    /// The metric of that name; the model publishes some that have the dimension `EndpointName`
    /// alone.
    pub fn named(namespace: &str, name: &str, by_endpoint_alone: bool) -> Self {
        let known = MetricName::from_api(name);
        match known.filter(|_| namespace == Self::NAMESPACE && by_endpoint_alone) {
            Some(known) => Self::Published(known),
            None => Self::Unpublished {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                further: Vec::new(),
            },
        }
    }

    /// `Namespace`.
    pub fn namespace(&self) -> &str {
        match self {
            Self::Published(_) => Self::NAMESPACE,
            Self::Unpublished { namespace, .. } => namespace,
        }
    }

    /// `MetricName`.
    pub fn name(&self) -> &str {
        match self {
            Self::Published(metric) => metric.as_str(),
            Self::Unpublished { name, .. } => name,
        }
    }

    /// What of the model's it is.
    pub fn published(&self) -> Option<MetricName> {
        match self {
            Self::Published(metric) => Some(*metric),
            Self::Unpublished { .. } => None,
        }
    }
}

impl From<MetricName> for Metric {
    fn from(metric: MetricName) -> Self {
        Self::Published(metric)
    }
}

/// One query of GetMetricData.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricQuery {
    /// The metric; `None` for one that the model does not publish, which has no datapoints.
    pub metric: Option<MetricName>,
    /// The dimension `EndpointName`.
    pub endpoint: String,
}

/// One minute of an endpoint.
#[derive(Debug, Clone, PartialEq)]
struct Sample {
    /// Begin of the minute.
    at: Timestamp,
    seen_from: Timestamp,
    backlog: f64,
    per_instance: Option<f64>,
    oldest: f64,
    without_capacity: bool,
}

impl Sample {
    fn value(&self, metric: MetricName) -> Option<f64> {
        match metric {
            MetricName::BacklogSize => Some(self.backlog),
            MetricName::BacklogSizePerInstance => self.per_instance,
            MetricName::AgeOfOldestRequest => Some(self.oldest),
            MetricName::HasBacklogWithoutCapacity => Some(f64::from(self.without_capacity)),
        }
    }
}

/// The metrics of one endpoint name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series {
    samples: Vec<Sample>,
    /// The largest backlog so far in the minute that runs.
    highest: usize,
    /// How long the oldest item has waited at most, in the minute that runs.
    oldest: Duration,
    without_capacity: bool,
    /// A value that is published whatever the backlog is.
    stuck: Option<f64>,
    /// What readers see instead of the samples of the backlog.
    shown: Option<Vec<Datapoint>>,
}

impl World {
    /// Makes readers see exactly these datapoints of the endpoint's backlog, lag or not; `None`:
    /// what the model publishes.
    pub fn set_backlog_override(
        &mut self,
        endpoint: &str,
        datapoints: Option<Vec<(Timestamp, f64)>>,
    ) {
        let to_datapoint = |(at, value)| Datapoint { at, value };
        let shown = datapoints.map(|all| all.into_iter().map(to_datapoint).collect());
        self.series.entry(endpoint.to_owned()).or_default().shown = shown;
    }

    /// From now on, each minute publishes this value as the endpoint's backlog; `None`: the truth.
    pub fn stick_backlog(&mut self, endpoint: &str, value: Option<f64>) {
        self.series.entry(endpoint.to_owned()).or_default().stuck = value;
    }

    /// The datapoints of the minutes that begin in `from..until` never appear.
    pub fn lose_metrics(&mut self, from: Timestamp, until: Timestamp) {
        self.lost_metrics.push((from, until));
    }

    /// What a reader sees now of a metric, stamped in `from..until`, oldest first. Not a call.
    pub fn visible(
        &self,
        metric: MetricName,
        endpoint: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<Datapoint> {
        let Some(series) = self.series.get(endpoint) else { return Vec::new() };
        let within = |at: Timestamp| from <= at && at < until;
        if let (Some(shown), MetricName::BacklogSize) = (&series.shown, metric) {
            let mut shown = shown.clone();
            shown.retain(|datapoint| within(datapoint.at));
            shown.sort_by_key(|datapoint| datapoint.at);
            return shown;
        }
        let first = series.samples.partition_point(|sample| sample.at < from);
        let samples = series.samples.iter().skip(first).take_while(|sample| sample.at < until);
        samples
            .filter(|sample| sample.seen_from <= self.now())
            .filter_map(|sample| Some(Datapoint { at: sample.at, value: sample.value(metric)? }))
            .collect()
    }

    /// Begin of the newest minute of which a reader sees a datapoint now.
    pub(crate) fn newest_visible(&self, metric: MetricName, endpoint: &str) -> Option<Timestamp> {
        let series = self.series.get(endpoint)?;
        if let (Some(shown), MetricName::BacklogSize) = (&series.shown, metric) {
            return shown.iter().map(|datapoint| datapoint.at).max();
        }
        let mut newest = series.samples.iter().rev();
        newest.find(|sample| sample.seen_from <= self.now()).map(|sample| sample.at)
    }

    /// GetMetricData: for each query the datapoints stamped in `from..until`, oldest first. As its
    /// API reference says of `StartTime`, `from` is rounded down to the whole minute.
    ///
    /// # Errors
    ///
    /// When the range is empty.
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

    /// Keeps the minute's largest backlog of all endpoints. To be called where a minute ends and
    /// where one begins.
    pub(crate) fn note_backlogs(&mut self) {
        for (name, endpoint) in self.endpoints.iter() {
            note(&mut self.series, &self.jobs, name, endpoint, self.now);
        }
    }

    /// The same of those that were changed since the last step.
    pub(crate) fn note_changed_backlogs(&mut self) {
        for (name, endpoint) in self.endpoints.changed() {
            note(&mut self.series, &self.jobs, name, endpoint, self.now);
        }
    }

    /// The same of one, whose backlog may have grown.
    pub(crate) fn note_backlog(&mut self, name: &str) {
        if let Some(endpoint) = self.endpoints.get(name) {
            note(&mut self.series, &self.jobs, name, endpoint, self.now);
        }
    }

    /// Keeps how long an item waited that leaves the queue now.
    pub(crate) fn note_age(&mut self, endpoint: &str, id: JobId) {
        let age = age(&self.jobs, id, self.now);
        let series = self.series.entry(endpoint.to_owned()).or_default();
        series.oldest = series.oldest.max(age);
    }

    /// Publishes the minute that began at `at` and has just ended.
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
    jobs: &[Job],
    name: &str,
    endpoint: &EndpointState,
    now: Timestamp,
) {
    let backlog = endpoint.queue.backlog();
    if backlog == 0 {
        return;
    }
    let oldest = endpoint.queue.waiting.front().map(|id| age(jobs, *id, now));
    let series = all.entry(name.to_owned()).or_default();
    series.highest = series.highest.max(backlog);
    series.oldest = series.oldest.max(oldest.unwrap_or_default());
    series.without_capacity |= oldest.is_some() && endpoint.serving() == 0;
}

/// How long a job has been waiting.
fn age(jobs: &[Job], id: JobId, now: Timestamp) -> Duration {
    jobs.get(id.0).map_or(Duration::ZERO, |job| now.duration_since(job.invoked_at).unsigned_abs())
}
