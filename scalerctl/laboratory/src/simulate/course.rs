//! What happened under one policy: all that the figures and the pictures are made of.

use std::time::Duration;

use jiff::Timestamp;
use simulator::{Actor, AlarmState, Event, Job};

use super::function::Decided;

/// One request for capacity that SageMaker accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// When.
    pub at: Timestamp,
    /// Desired instances before.
    pub from: i32,
    /// Desired instances from then on.
    pub to: i32,
    /// Who asked.
    pub by: Actor,
    /// Why Application Auto Scaling asked, in its words, with the alarms' names in short.
    pub cause: Option<String>,
}

/// An alarm and the states that it went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmTrack {
    /// Its name, in short.
    pub name: String,
    /// Since when it was in which state, in order.
    pub changes: Vec<(Timestamp, AlarmState)>,
    /// What puts it into `ALARM`: `3 of 3 datapoints above 0.5`.
    pub rule: String,
    /// In `ALARM` it triggers a policy.
    pub triggers_policy: bool,
    /// In `ALARM` it tells a topic.
    pub notifies: bool,
}

/// A datapoint that counts for an alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// When the alarm saw it.
    pub at: Timestamp,
    /// The alarm's name, in short.
    pub alarm: String,
    /// Begin of the datapoint's minute.
    pub of: Timestamp,
    /// Its value.
    pub value: f64,
    /// How many in a row have breached by now.
    pub run: u32,
    /// How many the alarm wants.
    pub needed: u32,
    /// `above 0.5` and the like.
    pub breaches: String,
}

impl Counted {
    /// Of many, the first and the last one tell enough.
    pub fn is_worth_telling(&self) -> bool {
        self.needed <= 5 || self.run == 1 || self.run == self.needed
    }
}

/// How things stood at the end of a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// Requests that wait or run.
    pub backlog: usize,
    /// The newest `ApproximateBacklogSize` that CloudWatch shows then.
    pub shown: Option<f64>,
    /// Desired instances.
    pub desired: i32,
    /// Instances that serve.
    pub current: i32,
    /// `MinCapacity` of the scalable target.
    pub floor: i32,
    /// Until when a lease keeps the endpoint awake.
    pub leased_until: Option<Timestamp>,
}

/// What happened under one policy.
#[derive(Debug, Clone)]
pub struct Course {
    /// Begin of simulated time.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// Desired instances at the begin.
    pub desired_at_first: i32,
    /// The requests of the workload.
    pub jobs: Vec<Job>,
    /// Requests for capacity, in order.
    pub requests: Vec<Request>,
    /// One each minute.
    pub samples: Vec<Sample>,
    /// The alarms.
    pub alarms: Vec<AlarmTrack>,
    /// Datapoints that brought an alarm nearer to `ALARM`.
    pub counted: Vec<Counted>,
    /// Decisions of Application Auto Scaling not to scale.
    pub not_scaled: Vec<(Timestamp, String)>,
    /// What else happened, in order.
    pub events: Vec<(Timestamp, Event)>,
    /// What the function decided.
    pub decided: Vec<Decided>,
    /// Its invocations that failed.
    pub failed: Vec<(Timestamp, String)>,
    /// Calls to AWS by the function.
    pub api_calls: usize,
    /// Instance time from in service.
    pub paid: Duration,
    /// The part of it in which jobs ran.
    pub worked: Duration,
}

impl Sample {
    /// Whether a picture of it would look otherwise.
    pub fn looks_other_than(&self, other: &Self) -> bool {
        (self.backlog, self.shown, self.desired, self.current)
            != (other.backlog, other.shown, other.desired, other.current)
    }
}

impl Course {
    /// Desired instances at that time, before anything that happens then.
    pub fn desired_at(&self, at: Timestamp) -> i32 {
        let before = self.requests.partition_point(|request| request.at < at);
        match before.checked_sub(1).and_then(|last| self.requests.get(last)) {
            Some(last) => last.to,
            None => self.desired_at_first,
        }
    }

    /// When capacity was requested next, at that time or later.
    pub fn next_request(&self, at: Timestamp) -> Option<Timestamp> {
        let first = self.requests.partition_point(|request| request.at < at);
        let later = self.requests.iter().skip(first);
        later.filter(|request| request.to > 0).map(|request| request.at).next()
    }
}
