//! The world: its state, its clock, and the order of events within one instant.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use jiff::Timestamp;
use reactive_scaler::port::{Datapoint, VariantId};

use crate::{
    Activity, Alarm, Bucket, CustomMetric, Faults, Job, JobId, Journal, LambdaFunction, LogEvent,
    NotScaled, Policy, RateLimit, Settings, actions::Actions, autoscaling::Target,
    endpoints::Endpoints, hooks::Hooks, metrics::Series, queue::Step,
};

const MINUTE: Duration = Duration::from_secs(60);

/// Everything that the model knows. Deterministic: no I/O, no clock but its own.
pub struct World {
    /// How it behaves.
    pub settings: Settings,
    /// Planned failures of calls.
    pub faults: Faults,
    /// How many calls the account may make; `None`: as many as it likes.
    pub rate_limit: Option<RateLimit>,
    /// What happened.
    pub journal: Journal,
    pub(crate) endpoints: Endpoints,
    pub(crate) jobs: Vec<Job>,
    /// Uploads and invocations to come.
    pub(crate) announced: BTreeSet<(Timestamp, Step, JobId)>,
    /// By endpoint name; kept when an endpoint is deleted, as CloudWatch does.
    pub(crate) series: BTreeMap<String, Series>,
    /// Minutes whose datapoints never appear: those that begin in `from..until`.
    pub(crate) lost_metrics: Vec<(Timestamp, Timestamp)>,
    pub(crate) targets: BTreeMap<VariantId, Target>,
    pub(crate) actions: Actions,
    pub(crate) activities: Vec<Activity>,
    pub(crate) not_scaled: Vec<NotScaled>,
    pub(crate) policies: BTreeMap<(VariantId, String), Policy>,
    /// CloudWatch alarms, by name.
    pub(crate) alarms: BTreeMap<String, Alarm>,
    /// Texts in Parameter Store and S3, by where they lie.
    pub(crate) stored: BTreeMap<String, String>,
    /// By log group.
    pub(crate) logs: BTreeMap<String, Vec<LogEvent>>,
    /// Every value of metrics of other namespaces.
    pub(crate) custom: BTreeMap<CustomMetric, Vec<Datapoint>>,
    /// Lambda functions, by name.
    pub(crate) functions: BTreeMap<String, LambdaFunction>,
    /// What buckets tell of uploads, by the bucket's name.
    pub(crate) buckets: BTreeMap<String, Bucket>,
    pub(crate) hooks: Hooks,
    pub(crate) now: Timestamp,
    minute_ends: Timestamp,
}

impl World {
    /// An empty world at this time.
    pub fn new(now: Timestamp) -> Self {
        Self::with_settings(now, Settings::default())
    }

    /// An empty world that behaves otherwise than by default.
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
            logs: BTreeMap::new(),
            custom: BTreeMap::new(),
            functions: BTreeMap::new(),
            buckets: BTreeMap::new(),
            hooks: Hooks::default(),
            now,
            minute_ends: minute_of(now) + MINUTE,
        }
    }

    /// The world's time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets time pass.
    pub fn advance(&mut self, by: Duration) {
        self.advance_to(self.now + by);
    }

    /// Lets time pass until then; a time that is past changes nothing.
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

    /// When something happens next, at the latest at the end of the minute.
    fn next_event(&mut self) -> Timestamp {
        let endpoint = self.endpoints.next_event(|found| match found.has_room() {
            // A caller has made room: it is taken at once.
            true => Some(self.now),
            false => found.next_event(&self.jobs),
        });
        let announced = self.announced.first().map(|(at, ..)| *at);
        let others = [endpoint, self.next_action(), announced];
        others.into_iter().flatten().fold(self.minute_ends, Timestamp::min)
    }

    /// Does all that is due now. A minute is closed first: what happens at its end belongs to the
    /// next one. Policies come last and see everything else.
    fn step(&mut self) {
        let minute_ended = self.now >= self.minute_ends;
        if minute_ended {
            // What a caller changed since the last step stood until now.
            self.note_backlogs();
            self.close_minute(minute_of(self.minute_ends) - MINUTE);
            self.minute_ends = minute_of(self.now) + MINUTE;
        }
        for name in self.endpoints.due(self.now) {
            self.settle_endpoint(&name);
            self.work(&name);
        }
        self.take_announced();
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

/// The begin of the minute that this time lies in.
pub(crate) fn minute_of(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second().div_euclid(60) * 60).unwrap_or(time)
}
