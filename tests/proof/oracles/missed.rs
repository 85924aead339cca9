//! A record of ours that AWS missed, because scheduled scaling was suspended when it was due, and that no
//! tick could do anything about: it is gone, and its floor cannot be told from a user's (Limits).

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    decide::tick::EXTENSION,
    lease::{HOLD, LEASE, scheduled_time},
    port::VariantId,
};
use simulator::Event;

use crate::{
    call::{Ask, Shown},
    history::{History, Invocation, Signal},
    past::{Moment, Stand},
};

/// Whether such a record was missed in this history.
pub fn helplessly(history: &History, id: &VariantId) -> bool {
    let Some(place) = history.ids.iter().position(|known| known == id) else { return false };
    history.events.iter().any(|(due, event)| {
        let Event::ActionMissed(of, name) = event else { return false };
        if of != id || ![LEASE, HOLD].contains(&name.as_str()) {
            return false;
        }
        let before = || history.moments.iter().rev().filter(|moment| moment.at <= *due);
        let stand = |moment: &Moment| moment.stands.get(place).cloned();
        let suspended = |moment: &&Moment| {
            let target = stand(moment).and_then(|stand| stand.target);
            target.is_some_and(|target| target.suspended.scheduled)
        };
        // In the very instant it may have been resumed.
        let resumed = |moment: &&Moment| moment.at == *due && !suspended(moment);
        let since = before().skip_while(resumed).take_while(suspended).last();
        let since = since.map(|moment| moment.at);
        let release = before().find_map(|moment| {
            let actions = stand(moment)?.actions;
            actions.iter().find(|action| action.name == *name).and_then(scheduled_time)
        });
        let (Some(since), Some(release)) = (since, release) else { return false };
        let missed = Missed { id, place, since, release, due: *due };
        !history.invocations.iter().any(|tick| missed.could_be_prevented_by(tick, history))
    })
}

struct Missed<'a> {
    id: &'a VariantId,
    place: usize,
    /// Since when scheduled scaling was suspended.
    since: Timestamp,
    /// R.
    release: Timestamp,
    /// When AWS came to it.
    due: Timestamp,
}

impl Missed<'_> {
    /// Of an endpoint that is deleted there is nothing to judge. Until shortly before R a tick puts the floor
    /// back, where that scales nothing in, which it must have seen. From then on it keeps the record, whatever
    /// becomes of the floor. After R it does both, if it knows of the suspension.
    fn could_be_prevented_by(&self, tick: &Invocation, history: &History) -> bool {
        let Some(ended) = tick.ended.filter(|ended| ended.at < self.due) else { return false };
        let endpoint = Ask::Endpoint(self.id.endpoint.clone());
        let answered = |wanted: fn(&Shown) -> bool| {
            let answers = tick.answers();
            answers.iter().any(|(call, effect, _)| call.ask == endpoint && wanted(&effect.shown))
        };
        let gone = answered(|shown| *shown == Shown::Endpoint(None));
        let unseen = answered(|shown| matches!(shown, Shown::Failed(_)));
        if tick.signal != Signal::Tick || tick.began.at <= self.since || gone {
            return false;
        }
        let by_its_clock = |at: Timestamp| at + SignedDuration::from_secs(tick.ahead);
        let (began, ended) = (by_its_clock(tick.began.at), by_its_clock(ended.at));
        let targets = read(tick, |shown| matches!(shown, Shown::Targets(_)));
        let actions = read(tick, |shown| matches!(shown, Shown::Actions(_)));
        let put = |ask: &Ask| matches!(ask, Ask::Put(of, ..) if of == self.id);
        if began >= self.release {
            targets && actions && !refused(tick, put)
        } else if ended >= self.release {
            false
        } else if began >= self.release - EXTENSION {
            actions && !refused(tick, put)
        } else {
            let lower = Ask::SetMin(self.id.clone(), 0);
            targets
                && actions
                && !unseen
                && !self.above_max(tick, history)
                && !refused(tick, |ask| *ask == lower)
        }
    }

    /// AWS would scale in to the maximum by it: rule 2.
    fn above_max(&self, tick: &Invocation, history: &History) -> bool {
        let until = tick.ended.unwrap_or(tick.began);
        let above =
            |stand: &Stand| stand.target.as_ref().is_some_and(|target| stand.desired > target.max);
        history.stands(tick.began, until, self.place).any(above)
    }
}

fn read(tick: &Invocation, wanted: fn(&Shown) -> bool) -> bool {
    tick.answers().iter().any(|(call, effect, _)| {
        call.ask.endpoint().is_none() && wanted(&effect.shown) && !effect.stale
    })
}

fn refused(tick: &Invocation, asked: impl Fn(&Ask) -> bool) -> bool {
    let mut calls = tick.calls.iter().filter(|call| asked(&call.ask));
    calls.any(|call| call.effect.as_ref().is_none_or(|effect| !effect.accepted))
}
