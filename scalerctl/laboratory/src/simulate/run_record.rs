//! What happened under one candidate: the source of figures, charts, and explanations.

use std::time::Duration;

use jiff::Timestamp;
use simulator::{Actor, AlarmState, Event, Job};

use super::policy_finding::PolicyFinding;
use crate::function::Decision;

/// One request for capacity that SageMaker accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// When.
    pub at: Timestamp,
    /// Desired instances before.
    pub from: i32,
    /// Desired instances from then on.
    pub to: i32,
    /// Who requested it.
    pub by: Actor,
    /// The cause that Application Auto Scaling gives, with short names of alarms.
    pub cause: Option<String>,
}

/// An alarm and its states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmTrack {
    /// Its short name.
    pub name: String,
    /// Its states with their start, in order.
    pub changes: Vec<(Timestamp, AlarmState)>,
    /// Its changes to `ALARM` without all of its datapoints: when, and how many it had.
    pub incomplete: Vec<(Timestamp, usize)>,
    /// N of "M out of N".
    pub periods: u32,
    /// Its condition: `3 of 3 datapoints above 0.5`.
    pub rule: String,
    /// Its `ALARM` action is a scaling policy.
    pub triggers_policy: bool,
    /// Its `ALARM` action is a topic.
    pub notifies: bool,
}

/// A datapoint that breached the threshold of an alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedDatapoint {
    /// When the alarm evaluated it.
    pub at: Timestamp,
    /// Short name of the alarm.
    pub alarm: String,
    /// Start of its period.
    pub of: Timestamp,
    /// `Period` of the alarm.
    pub period: Duration,
    /// Its value.
    pub value: f64,
    /// Number of breaching datapoints, with this one: consecutive ones, if the alarm needs all of its datapoints.
    pub run: u32,
    /// Number that puts the alarm in `ALARM`.
    pub needed: u32,
    /// Comparison and threshold, such as `above 0.5`.
    pub breaches: String,
}

impl CountedDatapoint {
    /// Whether the explanation has a line for it. For a long sequence, it has lines for the first and the last one.
    pub fn is_explained(&self) -> bool {
        self.needed <= 5 || self.run == 1 || self.run == self.needed
    }
}

/// The state at the end of a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// Requests that wait or are processed.
    pub backlog: usize,
    /// The newest visible datapoint of `ApproximateBacklogSize`.
    pub shown: Option<f64>,
    /// Desired instances.
    pub desired: i32,
    /// Instances in service.
    pub current: i32,
    /// `MinCapacity` of the scalable target.
    pub floor: i32,
    /// The later end of lease and work record.
    pub leased_until: Option<Timestamp>,
}

/// What happened under one candidate.
#[derive(Debug, Clone)]
pub struct RunRecord {
    /// Start of simulated time.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// The end of what is billed.
    pub billed_until: Timestamp,
    /// Desired instances at the start.
    pub desired_at_first: i32,
    /// The requests of the workload.
    pub jobs: Vec<Job>,
    /// Requests for capacity, in order.
    pub requests: Vec<Request>,
    /// One each minute.
    pub samples: Vec<Sample>,
    /// The alarms.
    pub alarms: Vec<AlarmTrack>,
    /// Datapoints that breached the threshold of an alarm.
    pub counted: Vec<CountedDatapoint>,
    /// What is wrong with the policies, whatever the workload is.
    pub findings: Vec<PolicyFinding>,
    /// What was passed over in the files of the user.
    pub notes: Vec<String>,
    /// Decisions of Application Auto Scaling not to scale.
    pub not_scaled: Vec<(Timestamp, String)>,
    /// Events of the simulated AWS, in order.
    pub events: Vec<(Timestamp, Event)>,
    /// Decisions of the function.
    pub decisions: Vec<(Timestamp, Decision)>,
    /// Messages of its invocations that failed.
    pub failed: Vec<(Timestamp, String)>,
    /// What was used until the end of what is billed.
    pub used: Used,
}

/// What was used until a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Calls to AWS by the function.
    pub api_calls: usize,
    /// Instance time from in service.
    pub paid: Duration,
    /// The part of it with work.
    pub worked: Duration,
}

impl Sample {
    /// Whether a chart would show a difference.
    pub fn differs_visibly_from(&self, other: &Self) -> bool {
        (self.backlog, self.shown, self.desired, self.current)
            != (other.backlog, other.shown, other.desired, other.current)
    }
}

impl RunRecord {
    /// Desired instances just before this time.
    pub fn desired_at(&self, at: Timestamp) -> i32 {
        let before = self.requests.partition_point(|request| request.at < at);
        match before.checked_sub(1).and_then(|last| self.requests.get(last)) {
            Some(last) => last.to,
            None => self.desired_at_first,
        }
    }

    /// When capacity was requested next, at this time or later.
    pub fn next_request(&self, at: Timestamp) -> Option<Timestamp> {
        let first = self.requests.partition_point(|request| request.at < at);
        let later = self.requests.iter().skip(first);
        later.filter(|request| request.to > 0).map(|request| request.at).next()
    }
}
