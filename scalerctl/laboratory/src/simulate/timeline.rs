//! The timeline of a record.

use jiff::{SignedDuration, Timestamp};
use scalerctl_console::timeline::{AlarmBand, BandState, DesiredChange, Moment, Timeline};
use simulator::AlarmState;

use super::{
    results::arrival,
    run_record::{AlarmTrack, Request, RunRecord, Sample},
};

/// Time that is shown before the first arrival and after the last change.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// The time from one sample to the next.
const STEP: SignedDuration = SignedDuration::from_mins(1);

/// From the first arrival until the last change.
pub fn of(record: &RunRecord) -> Timeline {
    let (from, until) = shown(record);
    let moment = |sample: &Sample| Moment {
        at: sample.at,
        backlog: sample.backlog,
        shown: sample.shown,
        in_service: sample.current,
    };
    let change =
        |request: &Request| DesiredChange { at: request.at, from: request.from, to: request.to };
    Timeline {
        origin: record.from,
        from,
        until,
        known_until: record.until,
        arrivals: record.jobs.iter().map(arrival).collect(),
        moments: record.samples.iter().map(moment).collect(),
        desired_at_first: record.desired_at_first,
        desired: record.requests.iter().map(change).collect(),
        alarms: record.alarms.iter().map(band).collect(),
        kept_awake: kept_awake(record),
    }
}

fn shown(record: &RunRecord) -> (Timestamp, Timestamp) {
    let first = record.jobs.iter().map(arrival).min().unwrap_or(record.from);
    let changes = record.samples.windows(2).filter_map(|pair| match pair {
        [before, after] if before.differs_visibly_from(after) => Some(after.at),
        _ => None,
    });
    let last = changes.max().unwrap_or(record.until).max(first + SignedDuration::from_mins(60));
    ((first - MARGIN).max(record.from), (last + MARGIN).min(record.until))
}

fn band(alarm: &AlarmTrack) -> AlarmBand {
    let state = |state: AlarmState| match state {
        AlarmState::Ok => BandState::Ok,
        AlarmState::Alarm => BandState::Alarm,
        AlarmState::InsufficientData => BandState::InsufficientData,
    };
    let changes = alarm.changes.iter().map(|(at, it)| (*at, state(*it)));
    AlarmBand { name: alarm.name.clone(), changes: changes.collect() }
}

/// A record without the function has no lease.
fn kept_awake(record: &RunRecord) -> Option<Vec<(Timestamp, Timestamp)>> {
    let is_live = |sample: &Sample| sample.leased_until.is_some();
    let runs = record.samples.chunk_by(|one, next| is_live(one) == is_live(next));
    let live = runs.filter_map(|run| match (run.first(), run.last()) {
        (Some(first), Some(last)) if is_live(first) => Some((first.at - STEP, last.at)),
        _ => None,
    });
    let live: Vec<_> = live.collect();
    (!live.is_empty()).then_some(live)
}
