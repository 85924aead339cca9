//! Runs two invocations at the same time and switches between them at a given call, or kills an invocation.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
};

use simulator::Simulator;
use tokio::sync::Notify;

/// Runs an invocation until `calls` calls have been answered, then drops it: the container is
/// gone. Tells whether it was cut short.
pub async fn killed_after<F: Future>(sim: &Simulator, calls: u32, invocation: F) -> bool {
    runs_for(sim, calls, pin!(invocation)).await
}

/// Runs `first` for so many calls, then `second` for so many, then `first` to its end, then
/// `second` to its end. `None` where one of them ends before it is switched away from.
pub async fn interleaved<A: Future, B: Future>(
    sim: &Simulator,
    (first_calls, first): (u32, A),
    (second_calls, second): (u32, B),
) -> Option<(A::Output, B::Output)> {
    let mut first = pin!(first);
    let mut second = pin!(second);
    if first_calls > 0 {
        let reached = notified_after(sim, first_calls);
        tokio::select! {
            biased;
            () = reached.notified() => {}
            _ = &mut first => return None,
        }
    }
    let reached = notified_after(sim, second_calls);
    tokio::select! {
        biased;
        () = reached.notified() => {}
        _ = &mut second => return None,
    }
    let one = first.await;
    let two = second.await;
    Some((one, two))
}

/// Runs `first` for so many calls, then `second` to its end, then `first` to its end. `None` where
/// the first ends before it is switched away from.
pub async fn in_the_middle<A: Future, B: Future>(
    sim: &Simulator,
    (calls, first): (u32, A),
    second: B,
) -> Option<(A::Output, B::Output)> {
    let mut first = pin!(first);
    if !runs_for(sim, calls, first.as_mut()).await {
        return None;
    }
    let two = second.await;
    Some((first.await, two))
}

/// Runs `first` for so many calls, then `second` to its end, then `first` for `more` calls, and drops it: its time is up.
/// `None` where the first ends before it is switched away from.
pub async fn in_the_middle_of_killed<A: Future, B: Future>(
    sim: &Simulator,
    (calls, more, first): (u32, u32, A),
    second: B,
) -> Option<B::Output> {
    let mut first = pin!(first);
    if !runs_for(sim, calls, first.as_mut()).await {
        return None;
    }
    let two = second.await;
    runs_for(sim, more, first).await;
    Some(two)
}

/// Runs an invocation until `calls` calls have been answered. Tells whether it made so many.
async fn runs_for<F: Future>(sim: &Simulator, calls: u32, invocation: Pin<&mut F>) -> bool {
    let reached = notified_after(sim, calls);
    let made = tokio::select! {
        biased;
        () = reached.notified() => true,
        _ = invocation => false,
    };
    forget(sim);
    made
}

fn notified_after(sim: &Simulator, calls: u32) -> Arc<Notify> {
    let reached = Arc::new(Notify::new());
    let tell = Arc::clone(&reached);
    sim.with(|world| world.after_call("*", calls, move |_, _| tell.notify_one()));
    reached
}

/// A hook that was never reached must not meet a later invocation.
fn forget(sim: &Simulator) {
    sim.with(simulator::World::clear_hooks);
}
