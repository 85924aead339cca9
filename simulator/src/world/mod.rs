//! The world: its state, its clock, and the order of events at the same time. Each other file of
//! this folder adds the methods for one resource.

mod activity;
mod alarm;
mod alarm_history;
mod alarm_low;
mod alarm_notice;
mod alarm_watch;
mod api_call;
mod arn;
mod autoscaling;
mod bucket;
mod capacity;
mod clients_clock;
mod cooldown;
mod cost;
mod custom_metrics;
mod definition;
mod delivery;
mod earlier;
mod endpoint;
mod endpoint_calls;
mod event_bus;
mod function;
mod hooks;
mod invocation_schedule;
mod ledger;
mod logs;
mod message_queue;
mod metric_reading;
mod metrics;
mod not_scaled;
mod object_event;
mod policy;
mod queue;
mod recurring;
mod request;
mod retention;
mod scaling_decision;
mod scaling_tags;
mod schedule;
mod scheduler;
pub(crate) mod service_quotas;
mod stored;
mod tags;
mod topic;

pub use endpoint_calls::Retained;
pub use function::FunctionBatch;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::VariantId;
use serde::{Deserialize, Serialize};

use crate::{
    Activity, Alarm, Bucket, CustomMetric, Definition, Delivery, Faults, FinishedRequest,
    HistoryItem, Job, JobId, Journal, LambdaFunction, NotScaled, Policy, RateLimit, Settings,
    actions::Actions, autoscaling::Target, custom_metrics::PutValues, endpoints::Endpoints,
    event_rule::EventRule, hooks::Hooks, inference::OpenRequest, logs::LogGroup,
    message_queue::MessageQueue, metrics::Series, minute::minute_of, queue::Step,
    scheduler::Schedule, topic::Topic,
};

use recurring::Recurring;

const MINUTE: Duration = Duration::from_secs(60);

/// The state of the model. It is deterministic: no I/O and no clock other than its own.
///
/// It can be serialized, without settings, planned failures, the rate limit of the account, hooks, and the journal. A
/// log group keeps its newest events only. See [`World::restored`].
#[derive(Serialize, Deserialize)]
pub struct World {
    /// The behavior of the model.
    #[serde(skip)]
    pub settings: Settings,
    /// Planned failures of calls.
    #[serde(skip)]
    pub faults: Faults,
    /// The rate limit of the account. `None`: no limit.
    #[serde(skip)]
    pub rate_limit: Option<RateLimit>,
    /// The calls and events so far.
    #[serde(skip)]
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
    /// The history of all alarms, oldest first. It remains after an alarm is deleted.
    alarm_history: Vec<HistoryItem>,
    /// Contents of Parameter Store and S3, by location.
    stored: BTreeMap<String, String>,
    /// The versions of parameters of Parameter Store that were put by calls, by name.
    parameter_versions: BTreeMap<String, u64>,
    /// The requests of InvokeEndpointAsync that have not ended.
    requests: BTreeMap<JobId, OpenRequest>,
    /// The locations of results. Empty if somebody takes the finished requests.
    results: BTreeSet<String>,
    /// The finished requests, if somebody takes them.
    finished: Option<Vec<FinishedRequest>>,
    /// The ledger, by endpoint name.
    ledgers: BTreeMap<String, ledger::Partition>,
    /// The limits of writes to the ledger, by endpoint name.
    ledger_writes: BTreeMap<String, RateLimit>,
    /// By log group.
    logs: BTreeMap<String, LogGroup>,
    /// All values of metrics that were put, in the order of their times.
    custom: BTreeMap<CustomMetric, Vec<PutValues>>,
    /// Lambda functions, by name.
    functions: BTreeMap<String, LambdaFunction>,
    /// Rules of the default event bus, by name.
    rules: BTreeMap<String, EventRule>,
    /// Schedules of EventBridge Scheduler, by group and name.
    schedules: BTreeMap<(String, String), Schedule>,
    /// The rules and schedules that run, by the time of their next run.
    recurring: BTreeSet<(Timestamp, Recurring)>,
    /// The number of events of S3 so far.
    object_events: u64,
    /// S3 buckets, by name.
    buckets: BTreeMap<String, Bucket>,
    /// SNS topics, by ARN.
    topics: BTreeMap<String, Topic>,
    /// SQS queues, by name.
    queues: BTreeMap<String, MessageQueue>,
    /// SageMaker models, by name.
    models: BTreeMap<String, Definition>,
    /// Endpoint configurations, by name.
    configs: BTreeMap<String, Definition>,
    /// How many messages and events have an ID of this world.
    ids: u64,
    /// The number of the first scaling activity.
    #[serde(default)]
    first_number: usize,
    /// By time of arrival.
    deliveries: VecDeque<Delivery>,
    /// The asynchronous invocations that have arrived.
    invocations: Vec<Delivery>,
    #[serde(skip)]
    hooks: Hooks<World>,
    /// The address at which clients call, in the URLs of queues.
    url: String,
    now: Timestamp,
    minute_ends: Timestamp,
    /// How far the world's clock is ahead of the clocks of the clients.
    #[serde(skip)]
    lead: SignedDuration,
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
            alarm_history: Vec::new(),
            stored: BTreeMap::new(),
            parameter_versions: BTreeMap::new(),
            requests: BTreeMap::new(),
            results: BTreeSet::new(),
            finished: None,
            ledgers: BTreeMap::new(),
            ledger_writes: BTreeMap::new(),
            logs: BTreeMap::new(),
            custom: BTreeMap::new(),
            functions: BTreeMap::new(),
            rules: BTreeMap::new(),
            schedules: BTreeMap::new(),
            recurring: BTreeSet::new(),
            buckets: BTreeMap::new(),
            object_events: 0,
            topics: BTreeMap::new(),
            queues: BTreeMap::new(),
            models: BTreeMap::new(),
            ids: 0,
            first_number: 0,
            configs: BTreeMap::new(),
            deliveries: VecDeque::new(),
            invocations: Vec::new(),
            hooks: Hooks::default(),
            url: "http://127.0.0.1".into(),
            now,
            minute_ends: minute_of(now) + MINUTE,
            lead: SignedDuration::ZERO,
        }
    }

    /// A world that was deserialized, with these settings. The endpoints keep their pace.
    #[must_use]
    pub fn restored(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// The world's time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The address at which clients call.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A client called at this host and port.
    pub(crate) fn called_at(&mut self, host: &str) {
        if self.url.strip_prefix("http://") != Some(host) {
            self.url = format!("http://{host}");
        }
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
        let recurring = self.recurring.first().map(|(at, _)| *at);
        let others = [endpoint, self.next_action(), announced, delivery, recurring];
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
        self.run_recurring();
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
