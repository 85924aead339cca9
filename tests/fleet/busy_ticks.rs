//! Ticks over more endpoints than there is time for, with slow calls, calls that are never answered, and
//! throttling. Time is virtual.

use std::{collections::BTreeSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler::{self, InvocationError},
    lease::{LEASE, WATCH},
    rate::Pace,
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::{ActionPut, Simulator};
use tokio::time::{Instant, sleep_until};

use crate::{
    setup::{SDK, VARIANT, id},
    slow_aws::{Asked, SlowAws},
};

const MINUTE: Duration = Duration::from_secs(60);

/// The state of an endpoint at the start of the first tick.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Is {
    /// At zero, without a record.
    Asleep,
    /// In service, with its floor, and a lease that ends in this many minutes. Negative: it has ended.
    Awake(i64),
    /// The same without the floor, because its wake was not completed.
    HalfAwake(i64),
    /// At zero, with a lease that is live: a lost wake.
    NotWoken,
    /// At zero, with a lease that has ended.
    Watched,
}

struct Fleet {
    aws: SlowAws,
    container: Scaler<SlowAws, SlowAws>,
    ticks: u32,
}

fn name(number: usize) -> String {
    format!("e-{number:03}")
}

impl Fleet {
    fn new(endpoints: &[Is], takes: Duration, change: impl FnOnce(&mut SlowAws)) -> Self {
        let sim = Simulator::new("2030-01-07T14:00:30Z".parse().unwrap());
        sim.with(|world| {
            for (number, is) in endpoints.iter().enumerate() {
                let (name, id) = (name(number), id(&name(number)));
                let (up, min, ends_in) = match *is {
                    Is::Asleep => (0, 0, None),
                    Is::Awake(minutes) => (1, 1, Some(minutes)),
                    Is::HalfAwake(minutes) => (1, 0, Some(minutes)),
                    Is::NotWoken => (0, 0, Some(30)),
                    Is::Watched => (0, 0, Some(-1)),
                };
                world.add_async_endpoint(&name, VARIANT, up);
                world.register_target(&id, 0, 4);
                world.set_bounds(&id, min, 4);
                if let Some(minutes) = ends_in {
                    let release = world.now() + SignedDuration::from_mins(minutes) + WATCH;
                    world.plant_action(&id, &ActionPut::once(LEASE, release, Some(0), None));
                }
            }
            world.clear_calls();
        });
        let mut aws = SlowAws::new(&sim, takes);
        change(&mut aws);
        let config = Config { routes: routes_from_json(SDK).unwrap(), mode: Mode::Act };
        let container = Scaler::new(aws.clone(), aws.clone(), config)
            .with_ticks_by(aws.clone(), Pace::default());
        Self { aws, container, ticks: 0 }
    }

    /// Every endpoint has work, so that each decision keeps it awake.
    fn busy(self) -> Self {
        let now = self.aws.sim.now();
        let points = |at: Timestamp| {
            (-10..60).map(|minute| (at + SignedDuration::from_mins(minute), 3.0)).collect()
        };
        self.aws.sim.with(|world| {
            for number in 0..500 {
                world.set_backlog_override(&name(number), Some(points(now)));
            }
        });
        self
    }

    /// Runs the tick of the next minute. Returns its calls.
    async fn tick(&mut self) -> (Result<Value, InvocationError>, Vec<Asked>) {
        self.tick_within(Duration::from_secs(50)).await
    }

    async fn tick_within(
        &mut self,
        time: Duration,
    ) -> (Result<Value, InvocationError>, Vec<Asked>) {
        let begun = Instant::now();
        self.aws.take_asked();
        let payload = json!({ "action": "tick" });
        let (container, clock) = (&self.container, &self.aws);
        let answer = handler::serve(container, clock, &payload, None, begun + time, |_| {}).await;
        self.ticks += 1;
        sleep_until(begun + MINUTE).await;
        (answer, self.aws.take_asked())
    }
}

/// Endpoints that were described, in order.
fn looks(asked: &[Asked]) -> Vec<String> {
    let described = asked.iter().filter(|one| one.operation == "DescribeEndpoint");
    described.map(|one| one.resource.clone()).collect()
}

fn count(asked: &[Asked], operation: &str) -> usize {
    asked.iter().filter(|one| one.operation == operation).count()
}

#[tokio::test(start_paused = true)]
async fn with_300_awake_endpoints_and_slow_calls_every_endpoint_is_read_by_some_tick() {
    let mut fleet = Fleet::new(&[Is::Awake(60); 300], Duration::from_millis(1500), |_| {});
    let mut seen = BTreeSet::new();
    for _ in 0..2 {
        let (answer, asked) = fleet.tick().await;
        answer.unwrap();
        seen.extend(looks(&asked));
    }
    assert_eq!(seen.len(), 300);
}

#[tokio::test(start_paused = true)]
async fn endpoints_that_do_not_answer_do_not_delay_the_others() {
    let hanging = || ["e-000", "e-020", "e-040"].map(str::to_owned).into();
    let mut fleet =
        Fleet::new(&[Is::NotWoken; 60], Duration::from_millis(100), |aws| aws.hanging = hanging());
    let error = fleet.tick().await.0.unwrap_err();
    for name in hanging() as BTreeSet<String> {
        assert!(error.message.contains(&format!("DescribeEndpoint on {name} failed")), "{error:?}");
    }
    assert!(error.message.starts_with("3 things failed"), "{error:?}");
    let desired = |number: usize| fleet.aws.sim.with(|w| w.capacity(&id(&name(number))).1);
    let woken = (0..60).filter(|number| desired(*number) == 1).count();
    assert_eq!(woken, 57);
}

#[tokio::test(start_paused = true)]
async fn endpoints_that_need_action_are_read_first_and_live_leases_before_a_tenth_of_the_others() {
    let mut all = vec![Is::Asleep; 50];
    all.extend([Is::Awake(60), Is::Awake(-3), Is::Awake(-5), Is::HalfAwake(60), Is::NotWoken]);
    let mut fleet = Fleet::new(&all, Duration::from_millis(10), |_| {});
    let (_, asked) = fleet.tick().await;
    let looks = looks(&asked);
    let first: BTreeSet<&str> = looks[..2].iter().map(String::as_str).collect();
    assert_eq!(first, ["e-053", "e-054"].into(), "{looks:?}");
    assert_eq!(looks[2..5], ["e-052", "e-051", "e-050"]);
    assert_eq!(looks.len(), 5 + 5);
}

#[tokio::test(start_paused = true)]
async fn a_tick_over_one_endpoint_does_not_wait_for_its_rate() {
    for is in [Is::Asleep, Is::Awake(60), Is::NotWoken, Is::Watched] {
        let mut fleet = Fleet::new(&[is], Duration::ZERO, |_| {}).busy();
        let begun = Instant::now();
        let (answer, asked) = fleet.tick().await;
        answer.unwrap();
        assert!(asked.iter().all(|one| one.at == begun), "{is:?}: {asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_keep_the_pace_and_writes_count() {
    let mut fleet = Fleet::new(&[Is::NotWoken; 60], Duration::from_millis(100), |_| {});
    let (answer, asked) = fleet.tick().await;
    answer.unwrap();
    assert_eq!(count(&asked, "UpdateEndpointWeightsAndCapacities"), 60);
    let (first, last) = (asked[0].at, asked[asked.len() - 1].at);
    // The calls of one second immediately, then ten calls a second.
    let least = Duration::from_millis(100) * (asked.len() as u32 - 10 - 1);
    assert!(last.duration_since(first) >= least, "{:?}", last.duration_since(first));
    let within_a_second = |from: usize| {
        let of = |one: &&Asked| one.at.duration_since(asked[from].at) < Duration::from_secs(1);
        asked[from..].iter().take_while(of).count()
    };
    // The pages of the listings and the burst are at the start.
    assert!((20..asked.len()).all(|from| within_a_second(from) <= 11));
}

#[tokio::test(start_paused = true)]
async fn throttling_halves_the_pace_and_clean_ticks_raise_it_again() {
    let limit = 5;
    let takes = Duration::from_millis(20);
    let mut fleet = Fleet::new(&[Is::Awake(600); 300], takes, |aws| aws.limit = limit);
    let mut throttled_late = 0;
    for tick in 0..8 {
        let (answer, asked) = fleet.tick().await;
        let failed = answer.is_err_and(|error| error.message.contains("ThrottlingException"));
        throttled_late += usize::from(tick >= 2 && failed);
        assert!(looks(&asked).len() >= 40, "tick {tick}: {}", looks(&asked).len());
    }
    // Every few ticks, the rate is increased.
    assert!((1..=4).contains(&throttled_late), "{throttled_late}");
}

#[tokio::test(start_paused = true)]
async fn backlogs_are_read_together_and_of_no_other_endpoint() {
    let mut all = vec![Is::Awake(-1); 60];
    all.extend([Is::Awake(60); 20]);
    all.extend([Is::Asleep; 20]);
    let mut fleet = Fleet::new(&all, Duration::from_millis(100), |_| {}).busy();
    let (answer, asked) = fleet.tick().await;
    answer.unwrap();
    let read: Vec<&str> = asked
        .iter()
        .filter(|one| one.operation == "GetMetricData")
        .flat_map(|one| one.resource.split(','))
        .collect();
    let names: BTreeSet<String> = read.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!((read.len(), names), (60, (0..60).map(name).collect()));
    // A read takes those that came together: a tenth as many calls as endpoints.
    assert!(count(&asked, "GetMetricData") <= 6, "{}", count(&asked, "GetMetricData"));
    assert_eq!(count(&asked, "PutScheduledAction"), 60);
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_backlog_does_not_affect_the_other_endpoints() {
    let forbidden: BTreeSet<String> = ["e-003".to_owned()].into();
    let mut fleet = Fleet::new(&[Is::Awake(-1); 10], Duration::from_millis(100), |aws| {
        aws.forbidden = forbidden;
    })
    .busy();
    let (answer, asked) = fleet.tick().await;
    let error = answer.unwrap_err();
    assert!(error.message.starts_with("GetMetricData on e-003 failed"), "{error:?}");
    assert_eq!(count(&asked, "PutScheduledAction"), 9);
}

/// Lists, endpoint and backlog take 9 of 10 seconds, and decisions start until second 8.
#[tokio::test(start_paused = true)]
async fn an_unreadable_backlog_is_reported_where_no_time_is_left_for_its_decision() {
    for forbidden in [false, true] {
        let mut fleet = Fleet::new(&[Is::Awake(-1)], Duration::from_secs(3), |aws| {
            aws.forbidden = forbidden.then(|| name(0)).into_iter().collect();
        })
        .busy();
        let (answer, asked) = fleet.tick_within(Duration::from_secs(10)).await;
        assert_eq!((count(&asked, "GetMetricData"), count(&asked, "PutScheduledAction")), (1, 0));
        let error = answer.err().map(|error| error.message);
        let reported = error.is_some_and(|text| text.starts_with("GetMetricData on e-000 failed"));
        assert_eq!(reported, forbidden);
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_without_an_answer_delays_other_backlogs_only_briefly() {
    let hanging = (50..60).map(name).collect();
    let mut fleet = Fleet::new(&[Is::Awake(-1); 60], Duration::from_millis(100), |aws| {
        aws.hanging = hanging;
    })
    .busy();
    let (answer, asked) = fleet.tick().await;
    answer.unwrap_err();
    assert_eq!(count(&asked, "PutScheduledAction"), 50);
}

#[tokio::test(start_paused = true)]
async fn looks_end_early_where_lambda_leaves_less_time() {
    let mut fleet = Fleet::new(&[Is::Awake(60); 300], Duration::from_millis(100), |_| {});
    let begun = Instant::now();
    let (answer, asked) = fleet.tick_within(Duration::from_secs(10)).await;
    answer.unwrap();
    let last = asked[asked.len() - 1].at;
    assert!(last.duration_since(begun) <= Duration::from_secs(9));
    assert!(looks(&asked).len() > 60, "{}", looks(&asked).len());
}

/// Live leases that a tick does not look at are looked at by the next tick.
#[tokio::test(start_paused = true)]
async fn live_leases_that_are_left_out_fail_no_tick_and_ended_ones_near_their_r_do() {
    let takes = Duration::from_millis(100);
    let mut fleet = Fleet::new(&[Is::Awake(60); 100], takes, |_| {});
    let (answer, asked) = fleet.tick_within(Duration::from_secs(5)).await;
    answer.unwrap();
    assert!(looks(&asked).len() < 100);

    // L was 7 minutes ago: R - 3 minutes is before the next tick.
    let mut fleet = Fleet::new(&[Is::Awake(-7); 100], takes, |_| {}).busy();
    let (answer, _) = fleet.tick_within(Duration::from_secs(5)).await;
    let error = answer.unwrap_err();
    let left_out = "80 endpoints, e-020 first, are not looked at in time";
    assert!(error.message.contains(left_out), "{error:?}");
}

/// While the targets cannot be listed, records of endpoints that a pattern covers are kept all the same.
#[tokio::test(start_paused = true)]
async fn without_the_list_of_targets_records_are_kept_from_running_out() {
    let mut fleet = Fleet::new(&[Is::Awake(-8); 3], Duration::ZERO, |_| {}).busy();
    let denied = simulator::Fault::AccessDenied;
    fleet.aws.sim.with(|world| world.faults.fail_next("DescribeScalableTargets", denied, 1));
    let (answer, asked) = fleet.tick().await;
    answer.unwrap_err();
    assert_eq!(count(&asked, "PutScheduledAction"), 3);
}

/// The table of `docs/internals/performance.md`:
///
///     cargo test -p reactive-scaler --no-default-features --test fleet 500_registered -- --nocapture
#[tokio::test(start_paused = true)]
async fn with_500_registered_and_300_awake_all_are_looked_at_in_as_many_ticks_as_calls_need() {
    println!("| leases of 300 | an answer after | calls | ticks | allowed | ticks until served |");
    println!("|---|---|---|---|---|---|");
    let live = (Is::Awake(60), "live", "DescribeEndpoint");
    let ended = (Is::Awake(-1), "ended, all busy", "PutScheduledAction");
    for (is, says, served_by) in [live, ended] {
        for millis in [150, 1500] {
            let mut all = vec![is; 300];
            all.extend([Is::Asleep; 200]);
            let mut fleet = Fleet::new(&all, Duration::from_millis(millis), |_| {}).busy();
            let awake: BTreeSet<String> = (0..300).map(name).collect();
            let (mut seen, mut served, mut calls) = (BTreeSet::new(), BTreeSet::new(), 0);
            let mut looked_at = None;
            while looked_at.is_none() || !awake.is_subset(&served) {
                let (answer, asked) = fleet.tick().await;
                answer.unwrap();
                calls += asked.len();
                seen.extend(looks(&asked));
                let by = asked.into_iter().filter(|one| one.operation == served_by);
                served.extend(by.map(|one| one.resource));
                if awake.is_subset(&seen) {
                    looked_at.get_or_insert((fleet.ticks as usize, calls));
                }
            }
            let (ticks, calls) = looked_at.unwrap();
            // A tick has 45 s at 10 calls a second.
            let (allowed, all_served) = (calls.div_ceil(450), fleet.ticks);
            println!("| {says} | {millis} ms | {calls} | {ticks} | {allowed} | {all_served} |");
            assert!(ticks <= allowed, "{says} {millis}: {ticks} ticks for {calls} calls");
            // The leases ended a minute before: R - 3 minutes is six minutes away.
            assert!(all_served <= 6, "{says} {millis}: {all_served} ticks");
        }
    }
}
