//! The API budget: calls grow with containers and time, never with uploads.

use std::time::Instant;

use serde_json::json;

use crate::harness::{Function, TestWorld, ahead, calls, uploads};

/// W of a route with an idle window of 10 minutes, in seconds.
const W: u64 = 60;

/// What one renewal of the lease costs at most: three reads, lease, floor.
const RENEWAL: usize = 5;

#[tokio::test]
async fn a_second_upload_in_the_same_container_makes_no_call_at_all() {
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    function.invoke(&uploads(1)).await.answer();
    assert_eq!(calls(&test_world.sim).len(), 6);
    test_world.sim.with(|world| world.clear_calls());

    let invoked = function.invoke(&uploads(1)).await;
    assert_eq!(invoked.decided(), ["input none lease_fresh ?->?"]);
    assert_eq!(calls(&test_world.sim), [""; 0]);
}

#[tokio::test]
async fn another_container_only_looks() {
    let test_world = TestWorld::at_zero().await;
    test_world.function().await.invoke(&uploads(1)).await.answer();
    test_world.sim.with(|world| world.clear_calls());

    let mut other = test_world.function().await;
    let invoked = other.invoke(&uploads(1)).await;
    assert_eq!(invoked.decided(), ["input none lease_fresh 1->1"]);
    let mut seen = calls(&test_world.sim);
    seen.sort();
    assert_eq!(seen, ["DescribeEndpoint", "DescribeScalableTargets", "DescribeScheduledActions"]);
}

/// Invokes a function with each payload, and asserts that the calls do not follow their number.
async fn storm(payloads: impl Iterator<Item = serde_json::Value>) {
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    let begun = Instant::now();
    function.invoke(&uploads(1)).await.answer();
    function.invoke(&uploads(1)).await.answer();
    let by_two = test_world.sim.with(|world| world.calls_total());
    for payload in payloads {
        let invoked = function.invoke(&payload).await;
        assert_eq!(invoked.decided().len(), 1);
    }
    // Within W, no further call. On a slow machine, one renewal in each further W is allowed.
    let windows = usize::try_from(begun.elapsed().as_secs() / W).unwrap();
    let by_all = test_world.sim.with(|world| world.calls_total());
    assert!(by_all <= by_two + windows * RENEWAL, "{:#?}", calls(&test_world.sim));
}

#[tokio::test]
async fn a_thousand_uploads_one_by_one_make_no_more_calls_than_two() {
    storm((0..1_000).map(|_| uploads(1))).await;
}

#[tokio::test]
async fn a_thousand_uploads_in_batches_make_no_more_calls_than_two() {
    storm((0..10).map(|_| uploads(100))).await;
}

#[tokio::test]
async fn ten_thousand_records_in_one_event_are_one_wake() {
    let test_world = TestWorld::at_zero().await;
    let invoked = test_world.function().await.invoke(&uploads(10_000)).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
    assert_eq!(invoked.decision_lines().len(), 1);
    assert_eq!(calls(&test_world.sim).len(), 6);
}

#[tokio::test]
async fn a_lease_that_gains_no_more_than_w_is_not_written() {
    // An upload would set the end 11 minutes ahead; W is 1 minute.
    for (minutes, decided, puts) in
        [(8, "input extend lease_renewed 1->1", 1), (13, "input none lease_fresh 1->1", 0)]
    {
        let test_world = TestWorld::awake_until(ahead(minutes)).await;
        let invoked = test_world.function().await.invoke(&uploads(1)).await;
        assert_eq!(invoked.decided(), [decided], "{minutes} minutes left");
        assert_eq!(test_world.sim.with(|world| world.calls("PutScheduledAction")), puts);
        assert_eq!(test_world.sim.with(|world| world.writes().len()), puts);
    }
}

#[tokio::test]
async fn at_zero_without_a_record_and_under_a_live_lease_no_paid_metric_is_read() {
    let tick = json!({ "action": "tick" });
    let at_zero = TestWorld::at_zero().await;
    let awake = TestWorld::awake_until(ahead(5)).await;
    let ended = TestWorld::with_ended_lease(crate::harness::zeros(&[4, 3, 2])).await;
    for (test_world, reads) in [(&at_zero, 0), (&awake, 0), (&ended, 1)] {
        let mut function: Function = test_world.function().await;
        let invoked = function.invoke(&tick).await;
        let read = test_world.sim.with(|world| world.calls("GetMetricData"));
        assert_eq!(read, reads, "{:?}", invoked.decided());
    }
}
