//! What is recorded of one variant.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use scalerctl_console::timeline::{AlarmBand, BandState, DesiredChange, Moment, Timeline};
use simulator::{Alarm, AlarmState};

/// Older records are forgotten.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The shortest time that the axis shows.
const SHORTEST: SignedDuration = SignedDuration::from_mins(30);

/// The most requests of one endpoint that are recorded.
const MOST_ARRIVALS: usize = 2000;

/// Time between two moments, if nothing changes.
const STEP: SignedDuration = SignedDuration::from_mins(1);

/// The longest name of an alarm that fits.
const NAME: usize = 40;

/// What is recorded of one variant.
#[derive(Debug, Clone)]
pub(super) struct Track {
    since: Timestamp,
    arrivals: VecDeque<Timestamp>,
    moments: VecDeque<Moment>,
    last: Option<Moment>,
    desired_at_first: i32,
    desired: VecDeque<DesiredChange>,
    kept_awake: VecDeque<(Timestamp, Timestamp)>,
    is_kept_awake: bool,
}

impl Track {
    pub(super) fn new(since: Timestamp, desired_at_first: i32) -> Self {
        Self {
            since,
            arrivals: VecDeque::new(),
            moments: VecDeque::new(),
            last: None,
            desired_at_first,
            desired: VecDeque::new(),
            kept_awake: VecDeque::new(),
            is_kept_awake: false,
        }
    }

    /// A request arrived.
    pub(super) fn arrived(&mut self, at: Timestamp) {
        self.arrivals.push_back(at);
        if self.arrivals.len() > MOST_ARRIVALS {
            self.arrivals.pop_front();
        }
    }

    /// Desired instances changed.
    pub(super) fn desired(&mut self, change: DesiredChange) {
        self.desired.push_back(change);
    }

    /// The state now, and whether a lease or a work record is live.
    pub(super) fn moment(&mut self, moment: Moment, is_kept_awake: bool) {
        let now = moment.at;
        self.last = Some(moment);
        let is_new = self.moments.back().is_none_or(|last| {
            let same = Moment { at: last.at, ..moment } == *last;
            !same || now.duration_since(last.at) >= STEP
        });
        if is_new {
            self.moments.push_back(moment);
        }
        match (self.is_kept_awake, self.kept_awake.back_mut()) {
            (true, Some((_, until))) if is_kept_awake => *until = now,
            _ if is_kept_awake => self.kept_awake.push_back((now, now)),
            _ => {}
        }
        self.is_kept_awake = is_kept_awake;
        self.forget(now - KEPT);
    }

    /// Forgets what was before this time.
    fn forget(&mut self, before: Timestamp) {
        self.since = self.since.max(before);
        while self.arrivals.pop_front_if(|at| *at < before).is_some() {}
        while self.moments.pop_front_if(|moment| moment.at < before).is_some() {}
        while self.kept_awake.pop_front_if(|(_, until)| *until < before).is_some() {}
        while let Some(change) = self.desired.pop_front_if(|change| change.at < before) {
            self.desired_at_first = change.to;
        }
    }

    /// The timeline until now. `alarms` are those of the endpoint. Without the function, there is no lease.
    pub(super) fn timeline(
        &self,
        now: Timestamp,
        alarms: &[Alarm],
        has_function: bool,
    ) -> Timeline {
        let origin = now.round(jiff::Unit::Hour).unwrap_or(now);
        Timeline {
            // A whole hour before the first moment, so that labels are round.
            origin: origin - KEPT - SignedDuration::from_hours(1),
            from: self.since,
            until: now.max(self.since + SHORTEST),
            known_until: now,
            arrivals: self.arrivals.iter().copied().collect(),
            moments: self.moments.iter().copied().chain(self.last).collect(),
            desired_at_first: self.desired_at_first,
            desired: self.desired.iter().copied().collect(),
            alarms: alarms.iter().map(band).collect(),
            kept_awake: has_function.then(|| self.kept_awake.iter().copied().collect()),
        }
    }
}

fn band(alarm: &Alarm) -> AlarmBand {
    let state = |state: AlarmState| match state {
        AlarmState::Ok => BandState::Ok,
        AlarmState::Alarm => BandState::Alarm,
        AlarmState::InsufficientData => BandState::InsufficientData,
    };
    let first = alarm.history.first();
    let begins = first.map_or(alarm.configured_at, |first| first.at.min(alarm.configured_at));
    let begin = (begins, state(first.map_or(alarm.state, |first| first.from)));
    let later = alarm.history.iter().map(|change| (change.at, state(change.to)));
    AlarmBand { name: short(&alarm.spec.name), changes: [begin].into_iter().chain(later).collect() }
}

/// A name that fits. Target tracking gives its alarms long names.
fn short(name: &str) -> String {
    let tracking = name.starts_with("TargetTracking-");
    match tracking {
        true if name.contains("-AlarmHigh-") => "target tracking, high".into(),
        true if name.contains("-AlarmLow-") => "target tracking, low".into(),
        _ if name.chars().count() > NAME => {
            name.chars().take(NAME - 3).chain("...".chars()).collect()
        }
        _ => name.into(),
    }
}
