//! An input that the ledger does not take has a lease, and the invocation fails.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler,
    lease::{LEASE, WORK},
    scaler::Scaler,
};
use simulator::{Fault, Operation, World};
use tokio::time::Instant;

use super::setup::{MINUTE, ROUTES, result_event, upload_event};
use crate::{setup::Setup, unanswered::wait_for_ever};

#[tokio::test]
async fn a_failed_write_leads_to_a_lease_and_the_metric_decides() {
    for fault in
        [Fault::Throttled, Fault::AccessDenied, Fault::NoAnswer, Fault::NoAnswerAfterEffect]
    {
        let setup = Setup::with_results();
        setup.with(|world| world.faults.fail_next("UpdateItem", fault.clone(), 1));
        let (job, answer) = setup.upload_of("a.json", 1).await;
        let error = answer.expect_err("the failure is reported");
        assert!(error.message.contains("UpdateItem"), "{error:?}");
        assert_eq!(setup.desired(), 1, "the capacity request does not depend on the ledger");
        assert!(setup.has_record(LEASE), "{fault:?}");
        setup.until_completed(job).await;
        setup.result_of("a.json").await.unwrap();
        let minutes = setup.minutes_until_zero(60).await.unwrap();
        assert!(minutes > 5, "{fault:?}: {minutes}");
    }
}

#[tokio::test]
async fn a_failed_write_leads_to_a_lease_although_the_container_remembers_a_work_record() {
    let setup = Setup::with_results();
    setup.upload_of("a.json", 1).await.1.unwrap();
    setup.with(|world| world.faults.fail_next("UpdateItem", Fault::Throttled, 1));
    setup.upload_of("b.json", 1).await.1.expect_err("the failure is reported");
    assert!(setup.has_record(WORK) && setup.has_record(LEASE));
}

#[tokio::test]
async fn calls_do_not_grow_with_uploads_while_the_ledger_cannot_be_written() {
    let setup = Setup::with_results();
    setup.with(|world| world.faults.fail_next("UpdateItem", Fault::AccessDenied, 1_000));
    for number in 1..=3 {
        setup.upload_of("a.json", number).await.1.expect_err("the failure is reported");
    }
    setup.with(World::clear_calls);
    for number in 4..=50 {
        let error = setup.upload_of("a.json", number).await.1.expect_err("it is reported");
        assert_eq!(
            error.message.matches("UpdateItem on my-endpoint failed").count(),
            2,
            "the last look's and its own"
        );
    }
    let others = setup.calls();
    let others = others.iter().filter(|call| call.operation != Operation::UpdateItem);
    assert_eq!(others.count(), 0);
    setup.with(|world| world.faults.clear());
    setup.sim.advance(MINUTE);
    setup.upload_of("b.json", 1).await.1.unwrap();
    setup.upload_of("c.json", 1).await.1.unwrap();
}

/// Of the failures of a batch, the one that a repetition cannot repair is reported, whichever comes first.
#[tokio::test]
async fn a_refusal_is_reported_beside_a_throttled_write() {
    for refused in [1, 2] {
        let setup = Setup::with_results();
        let uploads = [upload_event(&setup, "a.json", 1), upload_event(&setup, "b.json", 1)];
        let results =
            [result_event(&setup, "a.json", "one"), result_event(&setup, "b.json", "two")];
        for [mut event, mut other] in [uploads, results] {
            event["Records"].as_array_mut().unwrap().push(other["Records"][0].take());
            setup.with(|world| {
                world.faults.fail_nth("UpdateItem", refused, Fault::AccessDenied);
                world.faults.fail_nth("UpdateItem", 3 - refused, Fault::Throttled);
            });
            let error = setup.send(&event).await.expect_err("the failure is reported");
            assert!(error.message.contains("AccessDenied"), "{refused}: {error:?}");
            setup.with(|world| world.faults.clear());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_reported_beside_a_write_without_an_answer() {
    let setup = Setup::with_results();
    setup.with(|world| world.faults.fail_next("UpdateItem", Fault::AccessDenied, 1));
    let mut event = upload_event(&setup, "a.json", 1);
    let other = upload_event(&setup, "b.json", 1)["Records"][0].take();
    event["Records"].as_array_mut().unwrap().push(other);
    let config = Config { routes: routes_from_json(ROUTES).unwrap(), mode: Mode::Act };
    let (world, writes) = (setup.sim.clone(), AtomicUsize::new(0));
    let silent = setup.sim.behind(move |operation, _| {
        let is_second =
            operation == Operation::UpdateItem && writes.fetch_add(1, Ordering::Relaxed) > 0;
        let sim = world.clone();
        Box::pin(async move {
            if is_second {
                wait_for_ever(sim).await;
            }
            Ok(())
        })
    });
    let scaler = Scaler::new(silent, setup.sim.clone(), config);
    let deadline = Instant::now() + Duration::from_secs(50);
    let answer = handler::serve(&scaler, &setup.sim, &event, None, deadline, |_| {}).await;
    let error = answer.expect_err("the failure is reported");
    assert!(error.message.contains("AccessDenied"), "{error:?}");
    assert!(setup.has_record(LEASE));
}
