//! Rule 5: duplicated, reordered, delayed and foreign events change nothing more.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::Operation;

use crate::setup::{Setup, decision, input};

fn event(name: &str) -> Value {
    let path = format!("{}/events/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The state at the end: desired capacity, floor, and lease.
async fn left_by(
    events: &[Value],
    cold_each_time: bool,
) -> (i32, i32, bool, Vec<(Operation, String)>) {
    let mut setup = Setup::at_zero();
    for event in events {
        if cold_each_time {
            setup.restart();
        }
        let _ = setup.send(event).await;
    }
    (setup.desired(), setup.min(), setup.lease_ends().is_some(), setup.writes())
}

#[tokio::test]
async fn a_duplicate_event_changes_nothing() {
    let once = input("2030-01-07T14:10:30Z".parse().unwrap());
    for cold in [false, true] {
        let single = left_by(std::slice::from_ref(&once), cold).await;
        let thrice = left_by(&[once.clone(), once.clone(), once.clone()], cold).await;
        assert_eq!(single, thrice, "cold: {cold}");
    }
}

#[tokio::test]
async fn the_order_of_events_does_not_matter() {
    let start: jiff::Timestamp = "2030-01-07T14:10:30Z".parse().unwrap();
    let events = [
        input(start),
        input(start - jiff::SignedDuration::from_mins(9)),
        event("alarm-in-sns.json"),
        event("alarm-ok-in-sns.json"),
        event("async-result-completed-in-sns.json"),
        event("endpoint-state-change.json"),
    ];
    let expected = left_by(&events, true).await;
    for rotation in 1..events.len() {
        let mut turned = events.to_vec();
        turned.rotate_left(rotation);
        let left = left_by(&turned, true).await;
        assert_eq!((left.0, left.1, left.2), (expected.0, expected.1, expected.2), "{rotation}");
        assert_eq!(left.3.len(), expected.3.len(), "{rotation}: {:?}", left.3);
    }
}

#[tokio::test]
async fn foreign_events_make_no_call_at_all() {
    let foreign = [
        json!({ "Records": [{ "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
            "s3": { "bucket": { "name": "someone-elses" }, "object": { "key": "x" } } }] }),
        json!({ "source": "aws.s3", "detail-type": "Object Created",
            "detail": { "bucket": { "name": "someone-elses" }, "object": { "key": "x" } } }),
        json!({ "source": "aws.sagemaker", "detail-type": "SageMaker Endpoint State Change",
            "detail": { "EndpointName": "another", "EndpointStatus": "IN_SERVICE" } }),
        event("s3-test-event.json"),
    ];
    for payload in foreign {
        let setup = Setup::at_zero();
        let answer = setup.send(&payload).await.unwrap();
        assert_eq!(answer, json!({ "decisions": [] }), "{payload}");
        assert_eq!(setup.with(|world| world.calls_total()), 0);
    }
}

#[tokio::test]
async fn an_input_that_is_delivered_hours_later_wakes_for_one_window() {
    let setup = Setup::at_zero();
    let uploaded = setup.sim.now();
    setup.sim.advance(Duration::from_secs(3 * 3600));
    let answer = setup.send(&input(uploaded)).await;
    assert_eq!(decision(&answer), ("wake".into(), "work_arrived".into()));
    setup.minutes(40).await;
    assert_eq!((setup.desired(), setup.min()), (0, 0));
}

#[tokio::test]
async fn two_simultaneous_ticks_have_the_effect_of_one() {
    let setup = Setup::ready_to_sleep();
    let other = setup.cold();
    let (tick, now) = (crate::setup::tick(), &setup.sim);
    let (one, two) = tokio::join!(setup.send(&tick), crate::setup::serve(&other, now, &tick));
    one.unwrap();
    two.unwrap();
    assert_eq!((setup.desired(), setup.min()), (0, 0));
    setup.minutes(15).await;
    assert_eq!((setup.desired(), setup.min()), (0, 0));
}
