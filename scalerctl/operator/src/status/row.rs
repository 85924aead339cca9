//! The status of one variant of an endpoint, and of all endpoints.

use jiff::Timestamp;
use reactive_scaler::{
    decide::MinOwner,
    lease::{HOLD, Record, Records, WATCH, WORK},
    port::{Datapoint, ScalableTarget, Suspended},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::uploads::Uploads;
use crate::account::decision_log::LoggedDecision;
use scalerctl_console::suggested::Suggested;

/// The status of one variant. Values that are unknown or do not apply are `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The endpoint.
    pub endpoint: String,
    /// The variant.
    pub variant: Option<String>,
    /// `EndpointStatus`, or `missing` for a scalable target whose endpoint was deleted.
    pub state: Option<String>,
    /// `CurrentInstanceCount`.
    pub current: Option<i32>,
    /// `DesiredInstanceCount`.
    pub desired: Option<i32>,
    /// The scalable target; `None`: not registered.
    pub target: Option<Bounds>,
    /// The command that registers it, if it is not registered and can be.
    pub register_with: Option<Suggested>,
    /// What keeps it awake.
    pub kept_awake: Option<LeaseOrHold>,
    /// The newest backlog in CloudWatch.
    pub backlog: Option<Backlog>,
    /// What the function's ledger says; `None`: the results are not connected, or it is not known.
    pub uploads: Option<Uploads>,
    /// The function's last decision of the last 24 hours.
    pub last_decision: Option<LoggedDecision>,
    /// What could not be read, and what to do about it.
    pub problems: Vec<String>,
}

/// A scalable target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// `MinCapacity`.
    pub min_capacity: i32,
    /// `MaxCapacity`.
    pub max_capacity: i32,
    /// `MinCapacity` is the function's floor, which is lowered when the lease ends.
    pub floor_raised: bool,
    /// The suspended types of scaling: `in`, `out`, `scheduled`.
    pub suspended: Vec<&'static str>,
}

/// A lease, a work record, or a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeaseOrHold {
    /// `lease`, `work`, or `hold`.
    pub by: &'static str,
    /// Until when it keeps the endpoint awake. If this is in the past, it has ended and the function reads the backlog.
    pub until: Timestamp,
    /// When Application Auto Scaling lowers the floor.
    pub released_at: Timestamp,
    /// Seconds until it ends. 0 if it has ended.
    pub seconds_left: i64,
}

/// The metrics of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Backlog {
    /// `ApproximateBacklogSize`: items that are processed or wait.
    pub items: f64,
    /// The start of its minute.
    pub at: Timestamp,
    /// `ApproximateAgeOfOldestRequest` of the same minute.
    pub oldest_seconds: Option<f64>,
}

impl Bounds {
    /// The floor is the function's if one of its records lowers it.
    pub fn of(target: &ScalableTarget, records: &Records) -> Self {
        let Suspended { scaling_in, scaling_out, scheduled } = target.suspended;
        let named = [(scaling_in, "in"), (scaling_out, "out"), (scheduled, "scheduled")];
        Self {
            min_capacity: target.min,
            max_capacity: target.max,
            floor_raised: MinOwner::of(target, records) == MinOwner::Ours,
            suspended: named.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect(),
        }
    }
}

impl LeaseOrHold {
    /// The latest of lease, work record, and hold.
    pub fn of(records: &Records, now: Timestamp) -> Option<Self> {
        let (name, Record { release: released_at, .. }) =
            records.keeping_awake().max_by_key(|(_, record)| record.release)?;
        let until = released_at - WATCH;
        Some(Self {
            by: match name {
                HOLD => "hold",
                WORK => "work",
                _ => "lease",
            },
            until,
            released_at,
            seconds_left: until.duration_since(now).as_secs().max(0),
        })
    }
}

impl Backlog {
    /// The newest datapoint, with the age of the oldest request in the same minute.
    pub fn of(items: &[Datapoint], ages: &[Datapoint]) -> Option<Self> {
        let newest = items.last()?;
        let age = ages.iter().rev().find(|age| age.at == newest.at);
        Some(Self { items: newest.value, at: newest.at, oldest_seconds: age.map(|age| age.value) })
    }
}

/// The status of the endpoints at one time.
#[derive(Debug)]
pub struct StatusReport {
    pub at: Timestamp,
    pub rows: Vec<Row>,
    /// Notes on all rows.
    pub notes: Vec<String>,
}

impl StatusReport {
    /// The schedule's next tick: there is one each minute.
    pub fn next_tick(&self) -> Timestamp {
        let minute = self.at.as_second().div_euclid(60) + 1;
        Timestamp::from_second(minute * 60).unwrap_or(self.at)
    }

    fn value(&self) -> Value {
        json!({
            "scalerctl": env!("CARGO_PKG_VERSION"),
            "at": self.at,
            "next_tick": self.next_tick(),
            "endpoints": self.rows,
            "notes": self.notes,
        })
    }

    /// As a JSON document.
    pub fn json(&self) -> String {
        format!("{:#}\n", self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(lease: i64, work: i64, hold: i64) -> Records {
        let at = |second| Timestamp::from_second(second).ok().map(Record::floor);
        Records { lease: at(lease), work: at(work), hold: at(hold), ..Records::default() }
    }

    #[test]
    fn the_later_record_counts_and_has_0_seconds_left_at_its_end() {
        let now = Timestamp::UNIX_EPOCH;
        let kept = |lease, work, hold| {
            let records = records(lease, work, hold);
            LeaseOrHold::of(&records, now).map(|kept| (kept.by, kept.seconds_left))
        };
        assert_eq!(kept(700, 601, 601), Some(("lease", 100)));
        assert_eq!(kept(601, 601, 700), Some(("hold", 100)));
        assert_eq!(kept(601, 700, 602), Some(("work", 100)));
        assert_eq!(kept(601, 600, 600), Some(("lease", 1)));
        assert_eq!(kept(600, 599, 599), Some(("lease", 0)));
        assert_eq!(kept(300, 0, 0), Some(("lease", 0)));
    }
}
