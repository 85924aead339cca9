//! The world: its state, its clock, and the order of events at the same time. Each other file of
//! this folder adds the methods for one resource.

mod activity;
mod alarm;
mod alarm_history;
mod alarm_low;
mod alarm_watch;
mod api_call;
mod arn;
mod autoscaling;
mod bucket;
mod capacity;
mod cooldown;
mod cost;
mod custom_metrics;
mod delivery;
mod endpoint;
mod endpoint_names;
mod function;
mod hooks;
mod invocation_schedule;
mod ledger;
mod logs;
mod metrics;
mod model;
mod not_scaled;
mod object_event;
mod policy;
mod queue;
mod request;
mod scaling_decision;
mod schedule;
mod stored;
mod tags;
mod topic;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    time::Duration,
};

use jiff::Timestamp;
use reactive_scaler::port::{Datapoint, VariantId};

use crate::{
    Activity, Alarm, Bucket, CustomMetric, Delivery, Faults, InvocationSchedule, Job, JobId,
    Journal, LambdaFunction, LogEvent, NotScaled, Policy, RateLimit, Settings, Subscription,
    actions::Actions, autoscaling::Target, endpoints::Endpoints, hooks::Hooks, metrics::Series,
    minute::minute_of, queue::Step,
};

const MINUTE: Duration = Duration::from_secs(60);

/// The state of the model. It is deterministic: no I/O and no clock other than its own.
pub struct World {
    /// The behavior of the model.
    pub settings: Settings,
    /// Planned failures of calls.
    pub faults: Faults,
    /// The rate limit of the account. `None`: no limit.
    pub rate_limit: Option<RateLimit>,
    /// The calls and events so far.
    pub journal: Journal,
    endpoints: Endpoints,
    jobs: Vec<Job>,
    /// Future uploads and invocations.
    announced: BTreeSet<(Timestamp, Step, JobId)>,
    /// By endpoint name. They remain after the endpoint is deleted, as in CloudWatch.
    series: BTreeMap<String, Series>,
    /// Minutes without datapoints: those that start in `from..until`.
    lost_metrics: Vec<(Timestamp, Timestamp)>,
    targets: BTreeMap<VariantId, Target>,
    actions: Actions,
    activities: Vec<Activity>,
    not_scaled: Vec<NotScaled>,
    policies: BTreeMap<(VariantId, String), Policy>,
    /// CloudWatch alarms, by name.
    alarms: BTreeMap<String, Alarm>,
    /// Contents of Parameter Store and S3, by location.
    stored: BTreeMap<String, String>,
    /// The jobs of InvokeEndpointAsync, by the location of their result.
    results: BTreeMap<String, JobId>,
    /// The ledger, by endpoint name.
    ledgers: BTreeMap<String, ledger::Partition>,
    /// The limits of writes to the ledger, by endpoint name.
    ledger_writes: BTreeMap<String, RateLimit>,
    /// By log group.
    logs: BTreeMap<String, Vec<LogEvent>>,
    /// All values of metrics of other namespaces.
    custom: BTreeMap<CustomMetric, Vec<Datapoint>>,
    /// Lambda functions, by name.
    functions: BTreeMap<String, LambdaFunction>,
    /// Schedules that invoke functions, by name.
    invocation_schedules: BTreeMap<String, InvocationSchedule>,
    /// S3 buckets, by name.
    buckets: BTreeMap<String, Bucket>,
    /// The number of events of objects so far.
    object_events: u64,
    /// The subscriptions of SNS topics, by the topic's ARN.
    topics: BTreeMap<String, Vec<Subscription>>,
    /// The environment of models' containers, by the model's name.
    models: BTreeMap<String, BTreeMap<String, String>>,
    /// By time of arrival.
    deliveries: VecDeque<Delivery>,
    /// The asynchronous invocations that have arrived.
    invocations: Vec<Delivery>,
    hooks: Hooks<World>,
    now: Timestamp,
    minute_ends: Timestamp,
}

impl World {
    /// An empty world at this time.
    pub fn new(now: Timestamp) -> Self {
        Self::with_settings(now, Settings::default())
    }

    /// An empty world with these settings.
    pub fn with_settings(now: Timestamp, settings: Settings) -> Self {
        Self {
            settings,
            faults: Faults::default(),
            rate_limit: None,
            journal: Journal::default(),
            endpoints: Endpoints::default(),
            jobs: Vec::new(),
            announced: BTreeSet::new(),
            series: BTreeMap::new(),
            lost_metrics: Vec::new(),
            targets: BTreeMap::new(),
            actions: Actions::default(),
            activities: Vec::new(),
            not_scaled: Vec::new(),
            policies: BTreeMap::new(),
            alarms: BTreeMap::new(),
            stored: BTreeMap::new(),
            results: BTreeMap::new(),
            ledgers: BTreeMap::new(),
            ledger_writes: BTreeMap::new(),
            logs: BTreeMap::new(),
            custom: BTreeMap::new(),
            functions: BTreeMap::new(),
            invocation_schedules: BTreeMap::new(),
            buckets: BTreeMap::new(),
            object_events: 0,
            topics: BTreeMap::new(),
            models: BTreeMap::new(),
            deliveries: VecDeque::new(),
            invocations: Vec::new(),
            hooks: Hooks::default(),
            now,
            minute_ends: minute_of(now) + MINUTE,
        }
    }

    /// The world's time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Advances the time by this duration.
    pub fn advance(&mut self, by: Duration) {
        self.advance_to(self.now + by);
    }

    /// Advances the time to this time. A time in the past has no effect.
    pub fn advance_to(&mut self, until: Timestamp) {
        loop {
            let next = self.next_event();
            if next > until {
                break;
            }
            self.now = self.now.max(next);
            self.step();
        }
        self.now = self.now.max(until);
    }

    /// The time of the next event, at the latest the end of the minute.
    pub fn next_event(&mut self) -> Timestamp {
        let endpoint = self.endpoints.next_event(|found| match found.has_room() {
            // A caller has added capacity: waiting jobs start immediately.
            true => Some(self.now),
            false => found.next_event(&self.jobs),
        });
        let announced = self.announced.first().map(|(at, ..)| *at);
        let delivery = self.deliveries.front().map(|it| it.at);
        let others = [endpoint, self.next_action(), announced, delivery];
        others.into_iter().flatten().fold(self.minute_ends, Timestamp::min)
    }

    /// Handles everything that is due now. A minute is closed first, because an event at its end
    /// belongs to the next minute. Policies run last and see all other changes.
    fn step(&mut self) {
        let minute_ended = self.now >= self.minute_ends;
        if minute_ended {
            // A change by the caller since the last step took effect until now.
            self.note_backlogs();
            self.close_minute(minute_of(self.minute_ends) - MINUTE);
            self.minute_ends = minute_of(self.now) + MINUTE;
        }
        for name in self.endpoints.due(self.now) {
            self.settle_endpoint(&name);
            self.work(&name);
        }
        self.take_announced();
        self.deliver();
        self.run_due_actions();
        if minute_ended {
            self.watch_alarms();
            self.run_alarm_low();
            self.note_backlogs();
        }
        self.note_changed_backlogs();
        self.endpoints.end_step();
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now)
            .field("endpoints", &self.endpoints)
            .field("targets", &self.targets)
            .field("actions", &self.actions)
            .field("policies", &self.policies)
            .field("alarms", &self.alarms)
            .finish_non_exhaustive()
    }
}
