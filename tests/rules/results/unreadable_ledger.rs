//! A ledger that cannot be read leaves the metric.

use std::time::Duration;

use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler,
    lease::WORK,
    ledger::{Location, MAX_PAGES, RequestResult},
    scaler::Scaler,
};
use simulator::{Fault, Operation, World};
use tokio::time::Instant;

use super::setup::{MINUTE, ROUTES, WINDOW};
use crate::{
    setup::{ENDPOINT, Setup, tick},
    unanswered::Unanswered,
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

/// A ledger that is not read to its end can hide work, so the metric decides, and each tick says why.
#[tokio::test]
async fn each_tick_fails_while_the_ledger_has_too_many_pages() {
    let setup = Setup::after_its_work().await;
    setup.with(|world| {
        world.settings.ledger_page_size = 1;
        let now = world.now();
        for number in 0..=MAX_PAGES {
            let location = Location::of_object("my-inputs", &format!("{number}.json")).unwrap();
            let result = RequestResult { inference_id: number.to_string(), received_at: Some(now) };
            world.ledger_add_result(ENDPOINT, &location, &result, now).unwrap();
        }
    });
    setup.sim.advance(MINUTE);
    let error = setup.tick().await.expect_err("the tick fails");
    assert!(error.message.contains("more than 20 pages"), "{error:?}");
    assert_eq!(setup.desired(), 1);
    setup.with(|world| world.settings.ledger_page_size = usize::MAX);
    setup.sim.advance(MINUTE);
    setup.tick().await.unwrap();
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
    let silent = Unanswered { sim: setup.sim.clone(), never: Operation::Query };
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
