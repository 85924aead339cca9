//! GetParameter and GetObject.

use reactive_scaler::{
    port::FailureKind,
    stored_routes::{Place, Store},
};
use simulator::{Fault, Refusal, Simulator};

use crate::adapters_agree::*;

contracts! {
    over crate::adapters_agree::stores_over_loopback:
    a_text_is_read_as_it_was_put,
    the_latest_text_is_read,
    a_missing_object_is_a_failure_with_its_location,
    each_fault_has_its_kind_in_each_store,
}

const PLACES: [(&str, &str); 2] =
    [("ssm:/team/routes", "GetParameter"), ("s3://my-config/a b+\u{fc}/%25.json", "GetObject")];

fn place(text: &str) -> Place {
    Place::of(text).unwrap().unwrap()
}

async fn a_text_is_read_as_it_was_put(store: &impl Store, sim: &Simulator) {
    for text in ["", "[]", "[{\"endpoint\":\"my-endpoint\"}]\r\n", "\u{fc}\u{1f600} \\ \"<&>\""] {
        for (at, _) in PLACES {
            sim.with(|world| world.store(at, text));
            assert_eq!(store.read(&place(at)).await.as_deref(), Ok(text), "{at}");
        }
    }
}

async fn the_latest_text_is_read(store: &impl Store, sim: &Simulator) {
    for (at, _) in PLACES {
        for text in ["first", "second"] {
            sim.with(|world| world.store(at, text));
            assert_eq!(store.read(&place(at)).await.as_deref(), Ok(text), "{at}");
        }
        sim.with(|world| world.unstore(at));
        assert!(store.read(&place(at)).await.is_err(), "{at}");
    }
}

async fn a_missing_object_is_a_failure_with_its_location(store: &impl Store, _: &Simulator) {
    for ((at, operation), code) in PLACES.into_iter().zip(["ParameterNotFound", "NoSuchKey"]) {
        let failure = store.read(&place(at)).await.unwrap_err();
        assert_eq!((failure.operation, failure.resource.as_str()), (operation, at));
        assert_eq!(failure.kind, FailureKind::StoredMissing);
        assert!(failure.answer.contains(code), "{failure}");
    }
}

async fn each_fault_has_its_kind_in_each_store(store: &impl Store, sim: &Simulator) {
    let other = Refusal::new("InvalidKeyId", "in its own words");
    let rows = [
        (Fault::Throttled, FailureKind::Throttled, "Throttling"),
        (Fault::AccessDenied, FailureKind::AccessDenied, "AccessDenied"),
        (Fault::NoAnswer, FailureKind::NoAnswer, "no answer"),
        (Fault::ServerError, FailureKind::NoAnswer, "Internal"),
        (Fault::Refused(other), FailureKind::Other, "InvalidKeyId: in its own words"),
    ];
    for (at, operation) in PLACES {
        sim.with(|world| world.store(at, "[]"));
        for (fault, kind, words) in &rows {
            sim.with(|world| {
                world.faults.fail_between(
                    "*",
                    fault.clone(),
                    world.now(),
                    super::adapters_agree::at(3600),
                );
            });
            let failure = store.read(&place(at)).await.unwrap_err();
            assert_eq!(failure.kind, *kind, "{at}, {fault:?}: {failure}");
            assert_eq!((failure.operation, failure.resource.as_str()), (operation, at));
            assert!(failure.answer.contains(words), "{at}, {fault:?}: {failure}");
            sim.with(|world| world.faults.clear());
        }
        assert_eq!(store.read(&place(at)).await.as_deref(), Ok("[]"), "{at}");
    }
}
