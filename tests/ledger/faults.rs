//! Calls that fail: with and without an effect on the table.

use reactive_scaler::port::{FailureKind, Ledger};
use simulator::{Fault, Simulator};

use crate::setup::*;

const ENDPOINT: &str = "my-endpoint";

fn failing(operation: &str, fault: Fault) -> Simulator {
    let sim = Simulator::new(start());
    sim.with(|world| world.faults.fail_next(operation, fault, 1));
    sim
}

fn count(sim: &Simulator) -> usize {
    sim.with(|world| world.ledger(ENDPOINT).count())
}

#[tokio::test]
async fn a_failed_write_has_an_effect_or_none_and_can_be_repeated() {
    for (fault, kind, effect) in [
        (Fault::Throttled, FailureKind::Throttled, 0),
        (Fault::ServerError, FailureKind::NoAnswer, 0),
        (Fault::NoAnswer, FailureKind::NoAnswer, 0),
        (Fault::NoAnswerAfterEffect, FailureKind::NoAnswer, 1),
        (Fault::AccessDenied, FailureKind::AccessDenied, 0),
    ] {
        let sim = failing("UpdateItem", fault.clone());
        let failure =
            sim.add_upload(ENDPOINT, &location("a"), &upload("1"), at(0)).await.unwrap_err();
        assert_eq!((failure.kind, failure.operation), (kind, "UpdateItem"), "{fault:?}");
        assert_eq!(count(&sim), effect, "{fault:?}");
        sim.add_upload(ENDPOINT, &location("a"), &upload("1"), at(0)).await.unwrap();
        assert_eq!(count(&sim), 1, "{fault:?}");
        let read = sim.items(ENDPOINT, None).await.unwrap();
        assert_eq!(read.items, [item("a", &[("upload", "1", 0)])], "{fault:?}");
    }
}

#[tokio::test]
async fn a_page_that_cannot_be_read_fails_the_reading() {
    let sim = Simulator::new(start());
    sim.with(|world| world.settings.ledger_page_size = 1);
    for key in ["a", "b", "c"] {
        sim.add_upload(ENDPOINT, &location(key), &upload("1"), at(0)).await.unwrap();
    }
    sim.with(|world| world.faults.fail_nth("Query", 2, Fault::Throttled));
    let failure = sim.reading(ENDPOINT, at(1), at(1)).await.unwrap_err();
    assert_eq!((failure.kind, failure.operation), (FailureKind::Throttled, "Query"));
    assert_eq!(sim.reading(ENDPOINT, at(1), at(1)).await.unwrap().items.len(), 3);
}

#[tokio::test]
async fn a_delete_without_an_answer_can_have_had_its_effect() {
    for (fault, left) in [(Fault::NoAnswer, 1), (Fault::NoAnswerAfterEffect, 0)] {
        let sim = failing("DeleteItem", fault);
        sim.add_result(ENDPOINT, &location("a"), &result("x"), at(0)).await.unwrap();
        let read = sim.items(ENDPOINT, None).await.unwrap().items.remove(0);
        assert!(sim.delete_unchanged(ENDPOINT, &read).await.is_err());
        assert_eq!(count(&sim), left);
        assert!(sim.delete_unchanged(ENDPOINT, &read).await.unwrap());
        assert_eq!(count(&sim), 0);
    }
}
