//! Records that AWS missed, because scheduled scaling was suspended when they were due, and that no
//! tick could save. Such a record is gone. The function cannot distinguish its floor from a user's
//! minimum (Limits).

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    decide::tick::EXTENSION,
    lease::{HOLD, LEASE, WORK, scheduled_time},
    port::VariantId,
};
use simulator::Event;

use crate::{
    call::{Request, Response},
    event_log::{EventLog, Invocation, InvocationEnd, Signal},
    state_history::{EndpointState, Snapshot},
};

/// Whether AWS missed such a record in this world.
pub fn helplessly(log: &EventLog, id: &VariantId) -> bool {
    let Some(place) = log.ids.iter().position(|known| known == id) else { return false };
    log.events.iter().any(|(due, event)| {
        let Event::ActionMissed(of, name) = event else { return false };
        if of != id || ![LEASE, WORK, HOLD].contains(&name.as_str()) {
            return false;
        }
        let before = || log.snapshots.iter().rev().filter(|snapshot| snapshot.at <= *due);
        let state = |snapshot: &Snapshot| snapshot.states.get(place).cloned();
        let suspended = |snapshot: &&Snapshot| {
            let target = state(snapshot).and_then(|state| state.target);
            target.is_some_and(|target| target.suspended.scheduled)
        };
        // Scheduled scaling might have been resumed at the same time.
        let resumed = |snapshot: &&Snapshot| snapshot.at == *due && !suspended(snapshot);
        let since = before().skip_while(resumed).take_while(suspended).last();
        let since = since.map(|snapshot| snapshot.at);
        let release = before().find_map(|snapshot| {
            let actions = state(snapshot)?.actions;
            actions.iter().find(|action| action.name == *name).and_then(scheduled_time)
        });
        let (Some(since), Some(release)) = (since, release) else { return false };
        let missed = Missed { id, place, since, release, due: *due };
        !log.invocations.iter().any(|tick| missed.could_be_prevented_by(tick, log))
    })
}

struct Missed<'a> {
    id: &'a VariantId,
    place: usize,
    /// The start of the suspension.
    since: Timestamp,
    /// R.
    release: Timestamp,
    /// The time at which AWS missed the record.
    due: Timestamp,
}

impl Missed<'_> {
    /// Whether this tick could have saved the record. It cannot if the endpoint is deleted. Until
    /// shortly before R, a tick lowers the floor, unless that would scale in. After that, it keeps
    /// the record. After R it does both, if it knows of the suspension.
    fn could_be_prevented_by(&self, tick: &Invocation, log: &EventLog) -> bool {
        let Some(ended) = tick.ended.filter(|ended| ended.at < self.due) else { return false };
        let endpoint = Request::Endpoint(self.id.endpoint.clone());
        let answered = |wanted: fn(&Response) -> bool| {
            let answers = tick.answers();
            answers
                .iter()
                .any(|(call, effect, _)| call.request == endpoint && wanted(&effect.response))
        };
        let gone = answered(|shown| *shown == Response::Endpoint(None));
        // An answer that came too late was not used.
        let gave_up = format!("DescribeEndpoint on {} failed", self.id.endpoint);
        let unseen = answered(|shown| matches!(shown, Response::Failed(_)))
            || matches!(&tick.end, InvocationEnd::Failed(text) if text.contains(&gave_up));
        if tick.signal != Signal::Tick || tick.began.at <= self.since || gone {
            return false;
        }
        let by_its_clock = |at: Timestamp| at + SignedDuration::from_secs(tick.ahead);
        let (began, ended) = (by_its_clock(tick.began.at), by_its_clock(ended.at));
        let targets = read(tick, |shown| matches!(shown, Response::Targets(_)));
        let actions = read(tick, |shown| matches!(shown, Response::Actions(_)));
        let put = |request: &Request| matches!(request, Request::Put(of, ..) if of == self.id);
        if began >= self.release {
            targets && actions && !refused(tick, put)
        } else if ended >= self.release {
            false
        } else if began >= self.release - EXTENSION {
            actions && !refused(tick, put)
        } else {
            let lower = Request::SetMin(self.id.clone(), 0);
            targets
                && actions
                && !unseen
                && !self.above_max(tick, log)
                && !refused(tick, |request| *request == lower)
        }
    }

    /// Whether the desired capacity is above the maximum: lowering the floor would scale in, which
    /// rule 2 forbids.
    fn above_max(&self, tick: &Invocation, log: &EventLog) -> bool {
        let until = tick.ended.unwrap_or(tick.began);
        let above = |state: &EndpointState| {
            state.target.as_ref().is_some_and(|target| state.desired > target.max)
        };
        log.states(tick.began, until, self.place).any(above)
    }
}

fn read(tick: &Invocation, wanted: fn(&Response) -> bool) -> bool {
    tick.answers().iter().any(|(call, effect, _)| {
        call.request.endpoint().is_none() && wanted(&effect.response) && !effect.stale
    })
}

fn refused(tick: &Invocation, asked: impl Fn(&Request) -> bool) -> bool {
    let mut calls = tick.calls.iter().filter(|call| asked(&call.request));
    calls.any(|call| call.effect.as_ref().is_none_or(|effect| !effect.accepted))
}
