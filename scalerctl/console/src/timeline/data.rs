//! What a timeline shows.

use jiff::Timestamp;

/// What happened to one endpoint in a time range.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    /// The labels of the time axis are whole minutes or hours after this time.
    pub origin: Timestamp,
    /// Left end of the time axis.
    pub from: Timestamp,
    /// Its right end.
    pub until: Timestamp,
    /// What happens later is not known.
    pub known_until: Timestamp,
    /// When requests arrived.
    pub arrivals: Vec<Timestamp>,
    /// The state at certain times, in order. It is constant between two of them.
    pub moments: Vec<Moment>,
    /// Desired instances before the first change.
    pub desired_at_first: i32,
    /// The changes of desired instances, in order.
    pub desired: Vec<DesiredChange>,
    /// The alarms.
    pub alarms: Vec<AlarmBand>,
    /// When a lease or a work record kept the endpoint awake. `None`: nothing writes leases, so there is no band.
    pub kept_awake: Option<Vec<(Timestamp, Timestamp)>>,
}

/// The state at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Requests that wait or are processed.
    pub backlog: usize,
    /// The newest visible datapoint of `ApproximateBacklogSize`.
    pub shown: Option<f64>,
    /// Instances in service.
    pub in_service: i32,
}

/// A change of desired instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DesiredChange {
    /// When.
    pub at: Timestamp,
    /// Desired instances before.
    pub from: i32,
    /// Desired instances from then on.
    pub to: i32,
}

/// An alarm and its states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmBand {
    /// Its name.
    pub name: String,
    /// Its states with their start, in order.
    pub changes: Vec<(Timestamp, BandState)>,
}

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandState {
    /// `OK`.
    Ok,
    /// `ALARM`.
    Alarm,
    /// `INSUFFICIENT_DATA`.
    InsufficientData,
}

impl Timeline {
    /// Desired instances just before this time.
    pub(super) fn desired_at(&self, at: Timestamp) -> i32 {
        let before = self.desired.partition_point(|change| change.at < at);
        match before.checked_sub(1).and_then(|last| self.desired.get(last)) {
            Some(last) => last.to,
            None => self.desired_at_first,
        }
    }
}
