//! Whom a tick looks at, and in which order: from the lists alone, and from when each was looked at last.
//!
//! A tick may have time for a part of them only. What needs action comes first, and of the rest whoever has
//! waited longest, so that nobody is left out by every tick.

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

/// Endpoints without a record that a tick looks at, at least.
const SHARE: usize = 5;

/// Within so many ticks each of them has its turn.
const TURNS: usize = 10;

/// How much an endpoint needs a look, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Its record is live and the floor that is due does not stand: a wake that did not get through.
    Unfinished,
    /// Its record has ended: to be judged, or watched at zero, before R.
    Ended,
    /// Its record is live, and there is nothing to do that the lists show.
    Awake,
    /// It has no record.
    WithoutRecord,
}

/// What the lists say of an endpoint's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    pub(super) class: Class,
    /// R; of a record that AWS has missed, now.
    pub(super) release: Timestamp,
}

/// An endpoint, and why it is looked at when it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Turn {
    pub(super) route: Route,
    standing: Option<Standing>,
    looked_at: Option<Timestamp>,
}

/// An endpoint, and the variant if its route names one.
pub(super) type Key = (String, Option<String>);

impl Turn {
    /// By what its looks are remembered.
    pub(super) fn key(&self) -> Key {
        (self.route.endpoint.clone(), self.route.variant.clone())
    }

    fn class(&self) -> Class {
        self.standing.map_or(Class::WithoutRecord, |standing| standing.class)
    }

    /// R of an ended record that nobody has looked at since its end, or since its last minutes began, in which
    /// it is to be kept if it cannot be judged.
    fn unseen_release(&self, now: Timestamp) -> Option<Timestamp> {
        let Standing { class: Class::Ended, release } = self.standing? else { return None };
        let since =
            if runs_out(Some(release), now) { release - EXTENSION } else { release - WATCH };
        self.looked_at.is_none_or(|at| at < since).then_some(release)
    }
}

/// When each endpoint was looked at last, as far as this container knows.
pub(in crate::scaler) type LookedAt = HashMap<Key, Timestamp>;

/// Whose turn is next.
pub(super) struct Queue {
    turns: VecDeque<Turn>,
    /// Who had a turn before the targets were listed; `None` once they are.
    had: Option<HashSet<Key>>,
}

impl Queue {
    /// While the targets are being listed it is not known who else needs action: those whose record has ended do.
    pub(super) fn before_targets(order: Vec<Turn>) -> Self {
        let ended = order.into_iter().filter(|turn| turn.class() == Class::Ended);
        Self { turns: ended.collect(), had: Some(HashSet::new()) }
    }

    /// The targets are listed: from now on the order is that of both lists.
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

/// Those with a record, and of the others as many as get round within ten ticks. `a_tick` is how many looks a
/// tick has time for. Where the memory does not tell who has waited longest, as after a cold start, the minute
/// says who is first.
pub(super) fn in_order(
    all: Vec<(Route, Option<Standing>)>,
    looked_at: &LookedAt,
    a_tick: usize,
    now: Timestamp,
) -> Vec<Turn> {
    let turns = all.into_iter().map(|(route, standing)| {
        let mut turn = Turn { route, standing, looked_at: None };
        turn.looked_at = looked_at.get(&turn.key()).copied();
        turn
    });
    let (chosen, others): (Vec<Turn>, Vec<Turn>) = turns.partition(|turn| turn.standing.is_some());
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

/// Of those that this tick left out, the endpoints whose record no tick will reach before the last 3 minutes of its R,
/// at `a_tick` looks a tick. The most urgent first.
pub(super) fn out_of_reach<'a>(
    left_out: &[&'a Turn],
    a_tick: usize,
    now: Timestamp,
) -> Vec<&'a Turn> {
    let mut waiting: Vec<(Timestamp, &Turn)> = left_out
        .iter()
        .filter_map(|turn| {
            let release = match turn.standing?.class {
                Class::Ended => turn.unseen_release(now)?,
                Class::Unfinished | Class::Awake | Class::WithoutRecord => turn.standing?.release,
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
