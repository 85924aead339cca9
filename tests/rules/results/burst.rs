//! More uploads and results at once than the ledger takes: a tenth of the burst of `tests/ledger_table/burst.rs`, on a
//! table with a tenth of DynamoDB's limit.

use std::time::Duration;

use reactive_scaler::lease::LEASE;
use serde_json::Value;
use simulator::{JobId, Settings};

use super::setup::{ROUTES, completed, result_event, upload_event};
use crate::setup::{Container, ENDPOINT, Setup, serve};

const UPLOADS: usize = 1_000;
const WRITES_PER_SECOND: u32 = 100;

/// Minutes that Lambda waits before each attempt of an asynchronous invocation (Lambda Developer Guide, "How Lambda
/// handles errors and retries with asynchronous invocation").
const WAITS: [u32; 3] = [0, 1, 2];

/// Invokes the function with all events at once, over several containers, and with the failed ones again. Returns how
/// many failed in each attempt.
async fn invoke(setup: &Setup, containers: &[Container], mut events: Vec<Value>) -> Vec<usize> {
    let mut failed = Vec::new();
    for wait in WAITS {
        setup.minutes(wait).await;
        let mut again = Vec::new();
        for (event, container) in events.iter().zip(containers.iter().cycle()) {
            if serve(container, &setup.sim, event).await.is_err() {
                again.push(event.clone());
            }
        }
        failed.push(again.len());
        events = again;
    }
    failed
}

#[tokio::test]
async fn a_burst_that_the_ledger_cannot_take_is_served_and_then_scaled_in() {
    let settings = Settings { ledger_writes_per_second: WRITES_PER_SECOND, ..Settings::default() };
    let setup = Setup::on(ROUTES, settings);
    setup.with(|world| {
        world.endpoint_mut(ENDPOINT).pace.processing = Duration::from_millis(100);
    });
    let containers: Vec<Container> = (0..20).map(|_| setup.cold()).collect();
    let keys: Vec<String> = (0..UPLOADS).map(|number| format!("{number}.json")).collect();
    let jobs: Vec<JobId> =
        keys.iter().map(|_| setup.with(|world| world.upload(ENDPOINT))).collect();
    let events = keys.iter().map(|key| upload_event(&setup, key, 1)).collect();
    let failed = invoke(&setup, &containers, events).await;
    assert!(failed[0] > 0 && failed[1] < failed[0], "{failed:?}");
    // What the ledger did not take has a lease, which ends the wait later.
    assert!(setup.has_record(LEASE));
    assert!(setup.within(30, |world| jobs.iter().all(|job| completed(world, *job))).await);

    let results = keys.iter().map(|key| result_event(&setup, key, key)).collect();
    invoke(&setup, &containers, results).await;
    assert_eq!(setup.desired(), 1, "not all results are in the ledger, and the lease is live");
    assert!(setup.minutes_until_zero(60).await.is_some());
    assert_eq!((setup.min(), setup.killed()), (0, 0));
}
