//! Reads the simulated AWS at intervals: for the timelines always, for browsers while one is connected.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{
    Shared,
    happened::{list_of, shown},
    snapshot::Snapshot,
};
use crate::output::Printed;

/// Interval in which new decisions and calls are sent.
const LOOK: Duration = Duration::from_millis(100);

/// Interval in which a changed state is sent.
const STATE: Duration = Duration::from_secs(1);

/// Interval in which the time is sent, if the state does not change.
const CLOCK: Duration = Duration::from_secs(10);

/// The calls and log lines before the start that are shown.
const SHOWN: usize = 300;

/// Watches until the process ends.
pub(super) async fn watch(shared: Arc<Shared>) {
    let log_group = shared.function.as_ref().map(|name| format!("/aws/lambda/{name}"));
    // A past has more than a browser shows.
    let mut printed = shared.sim.with(|world| Printed::newest(world, log_group.as_deref(), SHOWN));
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sent: Option<(Instant, Snapshot)> = None;
    let mut compared = Instant::now();
    loop {
        looks.tick().await;
        let new = shared.sim.with(|world| {
            shared.recorder.lock().unwrap_or_else(PoisonError::into_inner).look(world);
            printed.new_in(world, log_group.as_deref())
        });
        let new = new.iter().map(|(at, it)| (list_of(it), shown(*at, it))).collect();
        shared.feed.happened(new);
        if !shared.feed.is_read() {
            sent = None;
            continue;
        }
        if sent.is_some() && compared.elapsed() < STATE {
            continue;
        }
        compared = Instant::now();
        let (now, snapshot) = state(&shared);
        let unchanged =
            |(at, before): &(Instant, Snapshot)| *before == snapshot && at.elapsed() < CLOCK;
        if !sent.as_ref().is_some_and(unchanged) {
            shared.feed.state(as_json(now, &snapshot));
            sent = Some((Instant::now(), snapshot));
        }
    }
}

/// The state now, for a browser that connects.
pub(super) fn refresh(shared: &Shared) {
    let (now, snapshot) = state(shared);
    shared.feed.state(as_json(now, &snapshot));
}

fn state(shared: &Shared) -> (jiff::Timestamp, Snapshot) {
    let speed = shared.sim.speed().unwrap_or(1);
    shared.sim.with(|world| (world.now(), Snapshot::of(world, &shared.routes, speed)))
}

fn as_json(now: jiff::Timestamp, snapshot: &Snapshot) -> Value {
    let mut state = json!(snapshot);
    state["now"] = json!(now);
    state
}
