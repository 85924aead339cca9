//! 10,000 uploads and 10,000 results at once, on the simulated table with DynamoDB's limits, in virtual time.
//!
//! As many containers as the default concurrency of an account handle one event at a time, with the adapter's attempts
//! and pauses. Lambda makes two more attempts of a failed invocation, after a minute and after two minutes more (Lambda
//! Developer Guide, "How Lambda handles errors and retries with asynchronous invocation").
//!
//! To see the numbers: `cargo test --test ledger_table burst -- --nocapture`.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    time::Duration,
};

use futures_util::future::join_all;
use reactive_scaler::port::Ledger;
use simulator::Simulator;
use tokio::time::{Instant, sleep};

use crate::setup::*;

const EVENTS: usize = 10_000;
const CONTAINERS: usize = 1_000;
const LATENCY: Duration = Duration::from_millis(5);

/// Until each of the invocations of an event begins, after the one before it.
const LAMBDA_WAITS: [Duration; 3] =
    [Duration::ZERO, Duration::from_secs(60), Duration::from_secs(120)];

/// The longest time of the adapter's write.
const WRITE: Duration = Duration::from_secs(3);

/// The SDK's quota of a container for retries, and what a retry after throttling costs of it.
const RETRY_QUOTA: usize = 500;
const RETRY_COST: usize = 5;

/// The pause of the adapter before this retry is a random part of this many milliseconds.
fn longest_pause(retry: u32) -> u64 {
    (50 << retry.min(4)).min(500)
}

/// What a burst took.
#[derive(Debug, Default)]
struct Burst {
    /// Events that were not recorded, after the first, the second, and the third invocation.
    failed: Vec<usize>,
    /// From the start to the last write of the first invocations.
    first: Duration,
    calls: usize,
}

/// The table on the clock of the runtime.
struct Table {
    sim: Simulator,
    begin: Instant,
    partitions: usize,
    random: Cell<u64>,
}

impl Table {
    fn new(partitions: usize) -> Self {
        Self { sim: model(), begin: Instant::now(), partitions, random: Cell::new(1) }
    }

    /// A pause of a random part of this many milliseconds.
    async fn pause(&self, longest: u64) {
        let number = self.random.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.random.set(number);
        sleep(Duration::from_micros((number >> 33) % (longest * 1_000))).await;
    }

    /// The attempts of one invocation. Returns whether the event was recorded.
    async fn record(&self, event: usize, results: bool, quota: &mut usize) -> bool {
        let (partition, input) =
            (self.partition(event % self.partitions), location(&event.to_string()));
        let begin = Instant::now();
        for retry in 0..u32::try_from(ATTEMPTS).unwrap() {
            sleep(LATENCY).await;
            let now = start() + self.begin.elapsed();
            self.sim.advance_to(now);
            let answer = match results {
                true => self.sim.add_result(&partition, &input, &result("x"), now).await,
                false => self.sim.add_upload(&partition, &input, &upload("1"), now).await,
            };
            if answer.is_ok() {
                let back = if retry == 0 { 1 } else { RETRY_COST };
                *quota = (*quota + back).min(RETRY_QUOTA);
                return true;
            }
            let Some(rest) = quota.checked_sub(RETRY_COST) else { return false };
            *quota = rest;
            self.pause(longest_pause(retry)).await;
            if begin.elapsed() > WRITE {
                return false;
            }
        }
        false
    }

    fn partition(&self, number: usize) -> String {
        format!("{ENDPOINT}#{number}")
    }

    /// All events at once.
    async fn burst(&self, results: bool) -> Burst {
        let mut burst = Burst::default();
        let mut left: VecDeque<usize> = (0..EVENTS).collect();
        for wait in LAMBDA_WAITS {
            sleep(wait).await;
            let begin = Instant::now();
            let (queue, failed) = (RefCell::new(left), RefCell::new(VecDeque::new()));
            let container = || async {
                let mut quota = RETRY_QUOTA;
                loop {
                    let Some(event) = queue.borrow_mut().pop_front() else { return };
                    if !self.record(event, results, &mut quota).await {
                        failed.borrow_mut().push_back(event);
                    }
                }
            };
            join_all((0..CONTAINERS).map(|_| container())).await;
            left = failed.into_inner();
            burst.failed.push(left.len());
            if burst.failed.len() == 1 {
                burst.first = begin.elapsed();
            }
        }
        burst.calls = self.sim.with(|world| world.calls("UpdateItem"));
        self.sim.with(|world| world.clear_calls());
        burst
    }

    /// The items that have an upload and a result, and the pages that a tick reads to see them all.
    async fn finished(&self) -> (usize, usize) {
        let mut items = Vec::new();
        for number in 0..self.partitions {
            let later = start() + self.begin.elapsed() + Duration::from_secs(1);
            let reading = self.sim.reading(&self.partition(number), later, later).await.unwrap();
            assert!(reading.complete);
            items.extend(reading.items);
        }
        let both = items.iter().filter(|item| !item.uploads.is_empty() && !item.results.is_empty());
        (both.count(), self.sim.with(|world| world.calls("Query")))
    }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_uploads_and_results_at_once_are_recorded() {
    for (partitions, longest) in [(1, 12), (4, 4)] {
        let table = Table::new(partitions);
        let uploads = table.burst(false).await;
        let results = table.burst(true).await;
        let (finished, pages) = table.finished().await;
        println!(
            "{partitions} partition keys: uploads {uploads:?}, results {results:?}, pages {pages}"
        );
        for burst in [&uploads, &results] {
            assert_eq!(burst.failed.last(), Some(&0), "{partitions}: {burst:?}");
            assert!(burst.first <= Duration::from_secs(longest), "{partitions}: {burst:?}");
        }
        assert_eq!(finished, EVENTS);
        assert!(pages <= 4, "{pages}");
    }
}
