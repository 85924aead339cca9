//! A ledger that cannot be read leaves the metric.

use std::time::Duration;

use jiff::SignedDuration;
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler,
    lease::{LEASE, WATCH, WORK},
    ledger::{Location, MAX_PAGES, RequestResult},
    port::VariantId,
    scaler::Scaler,
};
use simulator::{ActionPut, Fault, Operation, World};
use tokio::time::Instant;

use super::setup::{MINUTE, ROUTES, WINDOW};
use crate::{
    setup::{ENDPOINT, Setup, tick},
    unanswered::unanswered,
};

fn make_unreadable(world: &mut World) {
    world.faults.fail_next("Query", Fault::AccessDenied, 10_000);
}

#[tokio::test]
async fn an_unreadable_ledger_leaves_the_metric() {
    let setup = Setup::after_its_work().await;
    setup.with(make_unreadable);
    setup.sim.advance(MINUTE);
    let error = setup.tick().await.expect_err("each tick fails");
    assert!(error.message.contains("Query"), "{error:?}");
    let minutes = setup.minutes_until_zero(60).await.unwrap();
    assert!((8..=2 * WINDOW).contains(&minutes), "{minutes}");
}

#[tokio::test]
async fn each_tick_fails_while_the_ledger_cannot_be_read_whatever_it_decides() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.with(make_unreadable);
    for minute in 0..40 {
        setup.sim.advance(MINUTE);
        let is_watched = setup.has_record(WORK);
        let answer = setup.tick().await;
        assert!(answer.is_err() || !is_watched, "{minute}: {answer:?}");
    }
    assert_eq!(setup.desired(), 0);
}

/// One item more than the pages that are read, each with a result that came so long ago.
fn make_too_large(setup: &Setup, ago: SignedDuration) {
    setup.with(|world| {
        world.settings.ledger_page_size = 1;
        let at = world.now() - ago;
        for number in 0..=MAX_PAGES {
            let location = Location::of_object("my-inputs", &format!("{number}.json")).unwrap();
            let result = RequestResult { inference_id: number.to_string(), received_at: Some(at) };
            world.ledger_add_result(ENDPOINT, &location, &result, at).unwrap();
        }
    });
}

/// A ledger that is not read to its end can hide work, so the metric decides, and each tick says why.
#[tokio::test]
async fn each_tick_fails_once_while_the_ledger_has_too_many_pages_and_does_the_rest() {
    let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true},
                     {"endpoint":"other","bucket":"other-inputs","idle_minutes":5,"job_minutes":3}]"#;
    let other = VariantId::new("other", "AllTraffic");
    let setup = Setup::with_routes(routes).doing_its_work().await;
    setup.with(|world| {
        world.add_async_endpoint("other", "AllTraffic", 1);
        world.register_target(&other, 0, 4);
        world.advance(8 * MINUTE);
        let release = world.now() + WATCH - SignedDuration::from_mins(1);
        world.plant_action(&other, &ActionPut::once(LEASE, release, Some(0), None));
    });
    make_too_large(&setup, SignedDuration::ZERO);
    for minute in 1..=2 * WINDOW {
        setup.sim.advance(MINUTE);
        let error = setup.tick().await.expect_err("the tick fails");
        assert_eq!(error.message.matches("more than 20 pages").count(), 1, "{error:?}");
        assert_eq!(setup.with(|world| world.capacity(&other).1), 0);
        if setup.desired() == 0 {
            assert!(minute > 5, "{minute}");
            return;
        }
    }
    panic!("it is still awake");
}

#[tokio::test]
async fn old_items_of_a_ledger_with_too_many_pages_are_deleted_so_that_it_can_be_read_again() {
    let setup = Setup::after_its_work().await;
    make_too_large(&setup, SignedDuration::from_mins(61));
    setup.sim.advance(MINUTE);
    setup.tick().await.expect_err("the tick fails");
    assert_eq!(setup.desired(), 1);
    assert!(setup.standings().len() <= 3, "{:?}", setup.standings());
    setup.sim.advance(MINUTE);
    setup.tick().await.unwrap();
    assert_eq!(setup.desired(), 0, "all work is done");
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_at_the_last_look_prevents_the_end() {
    let setup = Setup::after_its_work().await;
    setup.with(|world| world.faults.fail_nth("Query", 2, Fault::AccessDenied));
    setup.sim.advance(MINUTE);
    setup.tick().await.expect_err("the tick fails");
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn at_zero_an_unreadable_ledger_keeps_the_record_for_an_hour() {
    let setup = Setup::asleep_after_its_work().await;
    // The metric does not show the finished work any more.
    setup.minutes(5).await;
    setup.with(make_unreadable);
    setup.minutes(30).await;
    assert!(setup.has_record(WORK), "it is kept while the ledger cannot be read");
    setup.minutes(60).await;
    assert!(!setup.has_record(WORK));
    assert_eq!(setup.desired(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_does_not_answer_leaves_the_metric() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    let config = Config { routes: routes_from_json(ROUTES).unwrap(), mode: Mode::Act };
    let silent = unanswered(&setup.sim, Operation::Query);
    let scaler = Scaler::new(silent, setup.sim.clone(), config);
    for _ in 0..60 {
        setup.sim.advance(MINUTE);
        let deadline = Instant::now() + Duration::from_secs(50);
        let answer = handler::serve(&scaler, &setup.sim, &tick(), None, deadline, |_| {}).await;
        if setup.desired() == 0 {
            answer.expect_err("the tick fails");
            return;
        }
    }
    panic!("it is still awake");
}
