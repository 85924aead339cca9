//! Rule 1 in any order: an input arrives while another invocation scales the endpoint in to zero. The tests switch
//! between the two at every pair of calls.

use reactive_scaler::lease::LEASE;
use serde_json::{Value, json};
use simulator::{Call, World};

use crate::{
    setup::{CAPACITY, ENDPOINT, Setup, id, input, serve, tick},
    two_at_once::{in_the_middle, interleaved},
};

/// No invocation of these tests makes more calls.
const MOST_CALLS: u32 = 16;

struct Played {
    setup: Setup,
    at: (u32, u32),
}

/// Who runs first, and to its end first.
#[derive(Clone, Copy)]
enum First {
    Sleep,
    Input,
}

/// The first runs for some calls, the other for some, then the first to its end, then the other.
async fn all_meetings(sleep: &Value, first: First) -> Vec<Played> {
    let mut played = Vec::new();
    for (before, between) in (0..MOST_CALLS).flat_map(|n| (1..MOST_CALLS).map(move |m| (n, m))) {
        let setup = Setup::ready_to_sleep();
        let other = setup.cold();
        setup.with(|world| world.upload(ENDPOINT));
        let event = input(setup.sim.now());
        let sleeping = setup.send(sleep);
        let served = serve(&other, &setup.sim, &event);
        let met = match first {
            First::Sleep => {
                interleaved(&setup.sim, (before, sleeping), (between, served)).await.is_some()
            }
            First::Input => {
                interleaved(&setup.sim, (before, served), (between, sleeping)).await.is_some()
            }
        };
        setup.with(World::clear_hooks);
        if met {
            played.push(Played { setup, at: (before, between) });
        }
    }
    played
}

/// Whether the input's lease stood before the sleep's last look read the records. A look reads the endpoint as well, which
/// the input does not when it checks the record of a floor that it has raised.
fn lease_preceded_last_look(calls: &[Call]) -> bool {
    let lease = calls.iter().position(|call| {
        call.operation.as_str() == "PutScheduledAction" && call.arguments.starts_with(LEASE)
    });
    let zero = calls
        .iter()
        .position(|call| call.operation.as_str() == CAPACITY && call.arguments.ends_with("=0"));
    let look = zero.and_then(|zero| {
        let is = |place: usize, operation| calls[place].operation.as_str() == operation;
        (2..zero).rfind(|look| {
            is(*look, "DescribeScheduledActions") && is(*look - 2, "DescribeEndpoint")
        })
    });
    matches!((lease, look), (Some(lease), Some(look)) if lease < look)
}

#[tokio::test]
async fn an_input_during_a_sleep_of_a_tick_is_served_at_any_point() {
    let mut played = all_meetings(&tick(), First::Sleep).await;
    played.extend(all_meetings(&tick(), First::Input).await);
    assert!(played.len() > 30, "{}", played.len());
    let mut slept = 0;
    for Played { setup, at } in played {
        let calls = setup.calls();
        assert!(
            !lease_preceded_last_look(&calls),
            "{at:?}: scaled in despite a lease that the last look could read"
        );
        slept += usize::from(calls.iter().any(|call| call.arguments.ends_with("=0")));
        // A minute until the endpoint is updatable again, and two ticks.
        let awake = |world: &mut World| world.capacity(&id()).1 >= 1;
        assert!(setup.within(3, awake).await, "{at:?}: the wake is lost");
        setup.minutes(1).await;
        assert_eq!(setup.min(), 1, "{at:?}: the floor is missing under a live lease");
        setup.minutes(90).await;
        assert_eq!((setup.desired(), setup.min()), (0, 0), "{at:?}: a floor or capacity leaked");
    }
    assert!(slept > 0, "the races in question were never met");
}

#[tokio::test]
async fn a_forced_sleep_that_meets_an_input_is_undone_at_the_latest_by_the_backlog() {
    let force = json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true });
    let mut played = all_meetings(&force, First::Sleep).await;
    played.extend(all_meetings(&force, First::Input).await);
    assert!(played.len() > 30, "{}", played.len());
    for Played { setup, at } in played {
        let served =
            |world: &mut World| world.capacity(&id()).1 >= 1 || world.backlog(ENDPOINT) == 0;
        assert!(setup.within(6, served).await, "{at:?}: the wake is lost");
        setup.minutes(90).await;
        assert_eq!((setup.desired(), setup.min()), (0, 0), "{at:?}: a floor or capacity leaked");
    }
}

#[tokio::test]
async fn two_simultaneous_inputs_cause_one_wake() {
    for first in 0..MOST_CALLS {
        for second in 1..MOST_CALLS {
            let setup = Setup::at_zero();
            let other = setup.cold();
            setup.with(|world| world.upload(ENDPOINT));
            let event = input(setup.sim.now());
            let ended = interleaved(
                &setup.sim,
                (first, setup.send(&event)),
                (second, serve(&other, &setup.sim, &event)),
            )
            .await;
            setup.with(World::clear_hooks);
            let Some((one, two)) = ended else { continue };
            one.unwrap();
            two.unwrap();
            assert_eq!((setup.desired(), setup.min()), (1, 1), "{first} {second}");
            assert!(setup.lease_ends().is_some());
        }
    }
}

/// A busy tick extends by 3 minutes from a listing that it began with: whatever an input wrote in
/// between is later, and stays.
#[tokio::test]
async fn an_extension_by_a_tick_does_not_shorten_a_renewed_lease() {
    // Two listings, DescribeEndpoint and the backlog come before the tick's look at the lease.
    for calls_before in 1..=4 {
        let setup = Setup::ready_to_sleep();
        let other = setup.cold();
        setup.with(|world| {
            let busy = (2..9).map(|n| (world.now() - jiff::SignedDuration::from_mins(n), 2.0));
            let busy = busy.collect();
            world.set_backlog_override(ENDPOINT, Some(busy));
        });
        let uploaded = setup.sim.now();
        let event = input(uploaded);
        let round = tick();
        let ticking = setup.send(&round);
        let served = serve(&other, &setup.sim, &event);
        let met = in_the_middle(&setup.sim, (calls_before, ticking), served).await.is_some();
        assert!(met, "{calls_before}: they did not meet");
        let ends = setup.lease_ends().unwrap();
        let idle = jiff::SignedDuration::from_mins(17);
        assert!(ends >= uploaded + idle, "{calls_before}: the lease ends at {ends}");
    }
}

/// The same when a change of status makes it look.
#[tokio::test]
async fn an_extension_after_a_change_of_status_does_not_shorten_a_renewed_lease() {
    let text = include_str!("../../events/endpoint-state-change.json");
    let changed: Value = serde_json::from_str(text).unwrap();
    // DescribeEndpoint, target, lease and the backlog come before the extension's look at the lease.
    for calls_before in 3..=4 {
        let setup = Setup::ready_to_sleep();
        let other = setup.cold();
        setup.with(|world| {
            let busy = (2..9).map(|n| (world.now() - jiff::SignedDuration::from_mins(n), 2.0));
            let busy = busy.collect();
            world.set_backlog_override(ENDPOINT, Some(busy));
        });
        let uploaded = setup.sim.now();
        let event = input(uploaded);
        let looking = setup.send(&changed);
        let served = serve(&other, &setup.sim, &event);
        let met = in_the_middle(&setup.sim, (calls_before, looking), served).await.is_some();
        assert!(met, "{calls_before}: they did not meet");
        let ends = setup.lease_ends().unwrap();
        let idle = jiff::SignedDuration::from_mins(17);
        assert!(ends >= uploaded + idle, "{calls_before}: the lease ends at {ends}");
    }
}
