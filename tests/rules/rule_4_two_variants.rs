//! Rule 4 with two variants: SageMaker changes one at a time, and the endpoint is `Updating` for both. The change of one
//! does not keep the other awake.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{LEASE, WATCH},
    port::VariantId,
};
use simulator::{ActionPut, VariantState, World};

use crate::{
    results::setup::completed,
    setup::{ENDPOINT, Setup, id, input},
};

const WITHOUT_RESULTS: &str = r#"[
    {"endpoint":"my-endpoint","variant":"AllTraffic","bucket":"my-inputs"},
    {"endpoint":"my-endpoint","variant":"Second","bucket":"my-inputs"}
]"#;

const WITH_RESULTS: &str = r#"[
    {"endpoint":"my-endpoint","variant":"AllTraffic","bucket":"my-inputs","results":true},
    {"endpoint":"my-endpoint","variant":"Second","bucket":"my-inputs","results":true}
]"#;

fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

fn second() -> VariantId {
    VariantId::new(ENDPOINT, "Second")
}

fn at_zero(routes: &str) -> Setup {
    let setup = Setup::with_routes(routes);
    setup.with(|world| {
        world.endpoint_mut(ENDPOINT).variants.push(VariantState::new("Second", 0));
        world.register_target(&second(), 0, 4);
    });
    setup
}

/// Both variants are in service without work. Their leases, which the ledger cannot end, have ended a minute ago.
fn ready_to_sleep(routes: &str) -> Setup {
    let setup = at_zero(routes);
    setup.with(|world| {
        for id in [id(), second()] {
            world.scale_by_person(&id, 1).unwrap();
            world.advance(minutes(30));
            world.set_bounds(&id, 1, 4);
        }
        for id in [id(), second()] {
            let release = world.now() - SignedDuration::from_mins(1) + WATCH;
            world.plant_action(&id, &ActionPut::once(LEASE, release, Some(0), None));
        }
    });
    setup
}

fn desired(setup: &Setup) -> [i32; 2] {
    setup.with(|world| [world.capacity(&id()).1, world.capacity(&second()).1])
}

/// `MinCapacity`, and R of the lease.
fn floor_and_release(setup: &Setup, id: &VariantId) -> (i32, Option<Timestamp>) {
    setup.with(|world| {
        let lease = world.action(id, LEASE);
        (world.target(id).unwrap().min, lease.and_then(|lease| lease.runs_at))
    })
}

/// A tick scales in one variant, which takes so long, and is refused for the other. Returns that one.
async fn one_on_its_way_down(routes: &str, scale_in: Duration) -> (Setup, VariantId) {
    let setup = ready_to_sleep(routes);
    setup.with(|world| world.endpoint_mut(ENDPOINT).pace.scale_in = scale_in);
    setup.tick().await.unwrap();
    let waits = match desired(&setup) {
        [0, 1] => second(),
        [1, 0] => id(),
        both => panic!("{both:?}"),
    };
    (setup, waits)
}

#[tokio::test]
async fn a_variant_that_waits_for_another_is_scaled_in_right_after_it() {
    for routes in [WITHOUT_RESULTS, WITH_RESULTS] {
        let (setup, waits) = one_on_its_way_down(routes, Duration::from_secs(150)).await;
        let (_, release) = floor_and_release(&setup, &waits);
        for _ in 0..2 {
            setup.minutes(1).await;
            assert_eq!(floor_and_release(&setup, &waits), (0, release), "{routes}");
        }
        setup.minutes(1).await;
        assert_eq!(desired(&setup), [0, 0], "{routes}");
    }
}

#[tokio::test]
async fn its_record_is_kept_however_long_the_other_takes() {
    for routes in [WITHOUT_RESULTS, WITH_RESULTS] {
        let (setup, waits) = one_on_its_way_down(routes, minutes(40)).await;
        for _ in 0..39 {
            setup.minutes(1).await;
            let (_, release) = floor_and_release(&setup, &waits);
            assert!(release > Some(setup.sim.now()), "{routes}: the record is over");
        }
        setup.minutes(2).await;
        assert_eq!(desired(&setup), [0, 0], "{routes}");
    }
}

#[tokio::test]
async fn instances_of_another_variant_that_start_keep_no_variant_awake() {
    for routes in [WITHOUT_RESULTS, WITH_RESULTS] {
        let setup = ready_to_sleep(routes);
        setup.with(|world| {
            world.endpoint_mut(ENDPOINT).pace.provisioning = minutes(20);
            world.scale_by_person(&id(), 2).unwrap();
        });
        setup.minutes(19).await;
        assert_eq!(desired(&setup), [2, 1], "{routes}");
        setup.minutes(2).await;
        assert_eq!(desired(&setup)[1], 0, "{routes}");
    }
}

#[tokio::test]
async fn an_input_beside_the_change_of_another_variant_keeps_both_awake() {
    for routes in [WITHOUT_RESULTS, WITH_RESULTS] {
        let (setup, waits) = one_on_its_way_down(routes, Duration::from_secs(150)).await;
        setup.minutes(1).await;
        let job = setup.with(|world| world.upload(ENDPOINT));
        setup.send(&input(setup.sim.now())).await.unwrap();
        assert_eq!(floor_and_release(&setup, &waits).0, 1, "{routes}");
        setup.minutes(10).await;
        assert_eq!(desired(&setup), [1, 1], "{routes}");
        assert!(setup.with(|world| completed(world, job)), "{routes}");
    }
}

#[tokio::test]
async fn the_ledger_ends_the_wait_of_a_variant_after_the_change_of_another() {
    let setup = at_zero(WITH_RESULTS);
    setup.with(|world| world.endpoint_mut(ENDPOINT).pace.scale_in = Duration::from_secs(150));
    let setup = setup.doing_its_work().await;
    assert!(setup.within(10, |w| w.capacity(&id()).1 == 0 || w.capacity(&second()).1 == 0).await);
    setup.with(World::clear_calls);
    setup.minutes(2).await;
    assert_eq!(setup.writes(), []);
    setup.minutes(1).await;
    assert_eq!(desired(&setup), [0, 0]);
}
