//! The earlier part of a long past. It is played while the later part is served already, and added when it is complete.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::config::{Route, Selector};
use simulator::{LambdaFunction, Simulator, World};
use tokio::{runtime::Builder, sync::oneshot};

use super::{
    play::{Past, play},
    workload::Arrival,
};
use crate::objects::Objects;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The days of all endpoints together that are played before the account is served, and up to a day of each more.
const PLAYED_FIRST: i64 = 40;

/// No requests arrive in this time before the later part begins. So all endpoints are at zero then, and nothing but
/// records has to be added later.
pub const QUIET: SignedDuration = SignedDuration::from_hours(4);

/// With longer requests, work could be left at the end of the quiet time.
const LONGEST_PROCESSING: Duration = Duration::from_secs(10 * 60);

/// With a longer idle window, a lease could be left.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(2);

/// IDs and numbers of the later part begin here, above those of the longest earlier part.
pub const FIRST_NUMBER: u32 = 1 << 24;

/// When the later part begins. `None`: the past is short, or work could be left there.
pub fn boundary(
    (from, until): (Timestamp, Timestamp),
    routes: &[Route],
    processing: Duration,
) -> Option<Timestamp> {
    let named = routes.iter().filter(|it| it.selector == Selector::Named);
    let endpoints = i64::try_from(named.count()).ok().filter(|it| *it > 0)?;
    let is_long = |route: &Route| route.window() > LONGEST_WINDOW;
    if processing > LONGEST_PROCESSING || routes.iter().any(is_long) {
        return None;
    }
    let latest = until.as_second() - DAY.as_secs() * (PLAYED_FIRST / endpoints).max(1);
    let midnight = Timestamp::from_second(latest - latest.rem_euclid(DAY.as_secs())).ok()?;
    (midnight.duration_since(from) >= DAY).then_some(midnight)
}

/// What the earlier part needs, in a thread of its own.
#[derive(Debug)]
pub struct EarlierPast {
    /// An account at the start of the past.
    pub sim: Simulator,
    /// Its objects.
    pub objects: Objects,
    /// The function that decided.
    pub function: LambdaFunction,
    /// Its routes.
    pub routes: Vec<Route>,
    /// The requests.
    pub arrivals: Vec<Arrival>,
    /// When the later part begins.
    pub until: Timestamp,
    /// The end of the later part.
    pub now: Timestamp,
}

/// The earlier part, while it is played. Its end stops the thread.
#[derive(Debug)]
pub struct Earlier {
    from: Timestamp,
    until: Timestamp,
    played: oneshot::Receiver<io::Result<(Simulator, Objects)>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Earlier {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has ended, or does so at its next event. After a panic, there is nothing left to do.
            let _ = thread.join();
        }
    }
}

impl Earlier {
    /// Starts to play it.
    pub fn start(past: EarlierPast) -> Self {
        let (from, until) = (past.sim.now(), past.until);
        let (sender, played) = oneshot::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            // Nobody waits for it any more if this fails.
            let _ = sender.send(run(past, &stopped));
        });
        Self { from, until, played, stop, thread: Some(thread) }
    }

    /// When it begins.
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// When the later part begins.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// Waits until it is complete, and adds it to the account that is served.
    ///
    /// # Errors
    ///
    /// It cannot be made.
    pub async fn add_to(&mut self, sim: &Simulator, objects: &Objects) -> io::Result<()> {
        let played = (&mut self.played).await.map_err(io::Error::other)?;
        let (earlier, its_objects) = played?;
        objects.add_earlier(&its_objects);
        let empty = World::new(self.until);
        let earlier = earlier.with(|world| std::mem::replace(world, empty));
        sim.with(|world| world.add_earlier(earlier, self.until));
        Ok(())
    }
}

fn run(past: EarlierPast, stop: &AtomicBool) -> io::Result<(Simulator, Objects)> {
    let EarlierPast { sim, objects, function, routes, arrivals, until, now } = past;
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let (function, routes, arrivals) = (&function, routes.as_slice(), arrivals.as_slice());
    let part = Past { function, routes, arrivals, sent_before: 0, until, now, stop: Some(stop) };
    runtime.block_on(play(&sim, &objects, part, |_| ()))?;
    Ok((sim, objects))
}
