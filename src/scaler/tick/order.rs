//! The endpoints that a tick looks at, and their order. It depends only on the lists and on the time of the last look.
//!
//! A tick may not have time for all endpoints. Endpoints that need action come first, then those that have waited
//! longest, so that no endpoint is left out by every tick.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet, VecDeque},
};

use jiff::Timestamp;

use crate::{
    config::Route,
    decide::{TICK, tick::EXTENSION, tick::runs_out},
    lease::WATCH,
};

/// Minimum number of endpoints without a record that a tick looks at.
const SHARE: usize = 5;

/// Number of ticks within which each of them is looked at.
const TURNS: usize = 10;

/// How much an endpoint needs a look, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Its record is live and the floor must change: a wake that was not completed.
    Unfinished,
    /// Its record has ended. It is decided, or watched at zero, before R.
    Ended,
    /// Its record is live, and the lists show nothing to do.
    Awake,
    /// It has no record.
    WithoutRecord,
}

/// The state of an endpoint's record in the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordState {
    pub(super) class: Class,
    /// R. For a record that AWS has missed, now.
    pub(super) release: Timestamp,
}

/// An endpoint to look at, with the values that determine its position.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Turn {
    pub(super) route: Route,
    record: Option<RecordState>,
    looked_at: Option<Timestamp>,
}

/// An endpoint, and the variant if its route names one.
pub(super) type Key = (String, Option<String>);

impl Turn {
    /// The key under which the time of its look is remembered.
    pub(super) fn key(&self) -> Key {
        (self.route.endpoint.clone(), self.route.variant.clone())
    }

    fn class(&self) -> Class {
        self.record.map_or(Class::WithoutRecord, |record| record.class)
    }

    /// R of an ended record that was not looked at since its end, or since the start of its last minutes. In its
    /// last minutes the record is extended if no decision is possible.
    fn unseen_release(&self, now: Timestamp) -> Option<Timestamp> {
        let RecordState { class: Class::Ended, release } = self.record? else { return None };
        let since =
            if runs_out(Some(release), now) { release - EXTENSION } else { release - WATCH };
        self.looked_at.is_none_or(|at| at < since).then_some(release)
    }
}

/// When this container last looked at each endpoint.
pub(in crate::scaler) type LookedAt = HashMap<Key, Timestamp>;

/// The endpoints to look at next.
pub(super) struct Queue {
    turns: VecDeque<Turn>,
    /// The endpoints that had a turn before the targets were listed. `None` after that.
    had: Option<HashSet<Key>>,
}

impl Queue {
    /// While the targets are being listed, only the endpoints with an ended record are known to need action.
    pub(super) fn before_targets(order: Vec<Turn>) -> Self {
        let ended = order.into_iter().filter(|turn| turn.class() == Class::Ended);
        Self { turns: ended.collect(), had: Some(HashSet::new()) }
    }

    /// The targets are listed: from now on the order depends on both lists.
    pub(super) fn with_targets(&mut self, order: impl FnOnce() -> Vec<Turn>) {
        if let Some(had) = self.had.take() {
            self.turns = order().into_iter().filter(|turn| !had.contains(&turn.key())).collect();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    pub(super) fn next(&mut self) -> Option<Turn> {
        let turn = self.turns.pop_front()?;
        if let Some(had) = &mut self.had {
            had.insert(turn.key());
        }
        Some(turn)
    }
}

/// The endpoints with a record, and a share of the others, so that all are looked at within ten ticks. `a_tick` is
/// the number of looks that a tick has time for. If it is not known which endpoint has waited longest, for example
/// after a cold start, the current minute determines the first one.
pub(super) fn in_order(
    all: Vec<(Route, Option<RecordState>)>,
    looked_at: &LookedAt,
    a_tick: usize,
    now: Timestamp,
) -> Vec<Turn> {
    let turns = all.into_iter().map(|(route, record)| {
        let mut turn = Turn { route, record, looked_at: None };
        turn.looked_at = looked_at.get(&turn.key()).copied();
        turn
    });
    let (chosen, others): (Vec<Turn>, Vec<Turn>) = turns.partition(|turn| turn.record.is_some());
    let share = SHARE.max(others.len().div_ceil(TURNS));
    let mut others = rotated(others, share, now);
    others.sort_by_key(|turn| turn.looked_at);
    others.truncate(share);
    let mut turns = rotated(chosen, a_tick, now);
    turns.sort_by_key(|turn| {
        let unseen = turn.unseen_release(now);
        let waited = if unseen.is_some() { None } else { turn.looked_at };
        (turn.class(), Reverse(unseen.is_some()), unseen, waited)
    });
    turns.extend(others);
    turns
}

/// Begins the list `step` places later each minute.
fn rotated(mut turns: Vec<Turn>, step: usize, now: Timestamp) -> Vec<Turn> {
    let minute = usize::try_from(now.as_second() / 60).unwrap_or_default();
    if let Some(by) = minute.wrapping_mul(step).checked_rem(turns.len()) {
        turns.rotate_left(by);
    }
    turns
}

/// The endpoints that this tick left out and that no tick will reach before the last 3 minutes of the R of their record,
/// at `a_tick` looks a tick. The most urgent first.
pub(super) fn out_of_reach<'a>(
    left_out: &[&'a Turn],
    a_tick: usize,
    now: Timestamp,
) -> Vec<&'a Turn> {
    let mut waiting: Vec<(Timestamp, &Turn)> = left_out
        .iter()
        .filter_map(|turn| {
            let release = match turn.record?.class {
                Class::Ended => turn.unseen_release(now)?,
                Class::Unfinished | Class::Awake | Class::WithoutRecord => turn.record?.release,
            };
            Some((release, *turn))
        })
        .collect();
    waiting.sort_by_key(|(release, _)| *release);
    let ticks_until = |release: Timestamp| {
        let left = (release - EXTENSION).duration_since(now).as_secs() / TICK.as_secs();
        usize::try_from(left).unwrap_or(0)
    };
    let in_reach =
        |place: usize, release| (place + 1).div_ceil(a_tick.max(1)) <= ticks_until(release);
    let late = waiting.into_iter().enumerate();
    late.filter(|(place, (release, _))| !in_reach(*place, *release))
        .map(|(_, (_, turn))| turn)
        .collect()
}
