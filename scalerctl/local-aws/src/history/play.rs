//! What happens when in the past, from the first minute to the last.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::config::{Route, Selector};
use scalerctl_console::progress::Progress;
use simulator::{LambdaFunction, Simulator, World};

use super::{invocations::Invocations, requests::Clients, workload::Arrival};
use crate::objects::Objects;

/// An execution environment of the function lasts this long. AWS documents no time.
const ENVIRONMENT: SignedDuration = SignedDuration::from_hours(24);

/// The journal of a past has the calls of this time before its end.
const CALLS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The interval in which the last day is watched.
const WATCHED_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// After this time, by the machine's clock, the progress is shown.
const SILENT: Duration = Duration::from_secs(2);

/// A past that ends at a time.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The function that decided.
    pub function: &'a LambdaFunction,
    /// Its routes. Those with the name of an endpoint have requests.
    pub routes: &'a [Route],
    /// The requests.
    pub arrivals: &'a [Arrival],
    /// The number of requests before.
    pub sent_before: usize,
    /// Its end. It begins at the time of the world.
    pub until: Timestamp,
    /// What is no longer kept at this time is removed.
    pub now: Timestamp,
    /// Whether to stop before the end, if it is played while the account is served. `None`: somebody waits for it, and sees
    /// the progress.
    pub stop: Option<&'a AtomicBool>,
}

/// Plays a part of the past, to its end. In its last day, `watch` sees the world at intervals.
///
/// # Errors
///
/// The file of the objects cannot be written.
pub async fn play(
    sim: &Simulator,
    objects: &Objects,
    past: Past<'_>,
    mut watch: impl FnMut(&World),
) -> io::Result<()> {
    let (begin, from) = (Instant::now(), sim.now());
    let routes: Vec<&Route> =
        past.routes.iter().filter(|it| it.selector == Selector::Named).collect();
    let mut arrivals = past.arrivals.iter().peekable();
    let mut clients = Clients::new(sim, objects, &routes, past.sent_before).await?;
    let mut function = Invocations::new(sim, past.function.clone()).await;
    let (mut progress, mut environment_ends) = (None, from + ENVIRONMENT);
    let last_day = past.until - CALLS_KEPT;
    let mut watched = last_day;
    loop {
        let next = sim.with(World::next_event);
        let others = [function.next(), arrivals.peek().map(|it| it.at)];
        let next = others.into_iter().flatten().fold(next, Timestamp::min);
        if next > past.until || past.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            break;
        }
        sim.advance_to(next);
        while let Some(arrival) = arrivals.next_if(|it| it.at <= next) {
            clients.send(arrival);
        }
        clients.receive();
        function.run().await;
        if next >= watched {
            watched = next + WATCHED_EVERY;
            sim.with(|world| watch(world));
        }
        if next >= environment_ends {
            environment_ends += ENVIRONMENT;
            function.start_again().await;
            // Later, those who watch have read a part of the journal.
            if next < last_day {
                sim.with(|world| world.forget_calls_before(last_day));
            }
            if past.stop.is_none() && begin.elapsed() >= SILENT {
                let done = next.duration_since(from).as_secs_f64();
                let part = done / past.until.duration_since(from).as_secs_f64();
                let progress = progress.get_or_insert_with(Progress::start);
                progress.step(format!("making the past, {:.0} %", part * 100.0));
            }
        }
    }
    sim.advance_to(past.until);
    sim.with(|world| {
        watch(world);
        world.forget_calls_before(last_day);
        world.end_retention(past.now);
    });
    Ok(())
}
