//! A day with many endpoints. Containers that stay warm all day repeatedly wake each endpoint for a burst of
//! uploads and scale it in to zero.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler::serve,
    lease::LEASE,
    port::VariantId,
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::{Job, JobState, Journal, Simulator};
use tokio::{runtime::Runtime, time::Instant};

use crate::random::Random;

const VARIANT: &str = "AllTraffic";

/// Containers that are warm: uploads and ticks go to them in turn.
const CONTAINERS: usize = 2;

/// Maximum number of calls of a container for the inputs of an endpoint in one W: three reads, lease, floor (rule 6).
const RENEWAL: usize = 5;

/// Maximum number of calls of a tick for an endpoint with a record: a look, the metric, the lease.
const WATCHED: usize = 3;

/// Maximum number of additional calls for a change of capacity: six for a sleep, three for a wake.
const CHANGE: usize = 6;

/// The size of a day.
#[derive(Debug, Clone, Copy)]
struct Size {
    hours: u64,
    endpoints: u64,
    /// Of each endpoint, over the whole day.
    bursts: u64,
    /// Within ten minutes.
    uploads_per_burst: u64,
}

impl Size {
    const FULL: Self = Self { hours: 24, endpoints: 1_000, bursts: 10, uploads_per_burst: 100 };
    const SMALL: Self = Self { hours: 6, endpoints: 20, bursts: 6, uploads_per_burst: 80 };

    fn asked_for() -> Self {
        if crate::full() { Self::FULL } else { Self::SMALL }
    }

    fn uploads(self) -> usize {
        usize::try_from(self.endpoints * self.bursts * self.uploads_per_burst).unwrap()
    }

    /// When which endpoint gets an upload, in milliseconds, in order. A burst begins anywhere in its
    /// share of the day.
    fn schedule(self) -> Vec<(u64, u64)> {
        let share = self.hours * 3_600_000 / self.bursts;
        let burst = 600_000;
        let mut uploads = Vec::new();
        for endpoint in 0..self.endpoints {
            let mut random = Random::of(17, endpoint);
            for number in 0..self.bursts {
                let begin = number * share + random.within(0, share - burst);
                let of_burst = (0..self.uploads_per_burst)
                    .map(|_| (begin + random.within(0, burst - 1), endpoint));
                uploads.extend(of_burst);
            }
        }
        uploads.sort_unstable();
        uploads
    }
}

fn name(endpoint: u64) -> String {
    format!("team-{endpoint:04}")
}

fn id(endpoint: u64) -> VariantId {
    VariantId::new(name(endpoint), VARIANT)
}

type Container = Scaler<Simulator, Simulator>;

/// The totals of a day.
#[derive(Debug, Default)]
struct Counts {
    calls: usize,
    /// Calls that rule 6 allows, see [`Day::allow`].
    allowed: usize,
    /// Endpoints with a record, at each tick.
    awake: usize,
    /// Endpoints with inputs, in each minute.
    busy: usize,
    changes: usize,
}

struct Day {
    size: Size,
    sim: Simulator,
    routes: String,
    containers: Vec<Container>,
    runtime: Runtime,
    counts: Counts,
}

impl Day {
    fn new(size: Size) -> Self {
        let sim = Simulator::new("2030-01-07T00:00:00Z".parse().unwrap());
        sim.with(|world| {
            for endpoint in 0..size.endpoints {
                let pace = &mut world.add_async_endpoint(&name(endpoint), VARIANT, 0).pace;
                pace.processing = Duration::from_secs(5);
                world.register_target(&id(endpoint), 0, 1);
            }
        });
        let route = |endpoint| json!({ "endpoint": name(endpoint), "bucket": "inputs", "prefix": name(endpoint) + "/" });
        let routes = Value::from_iter((0..size.endpoints).map(route)).to_string();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut day =
            Self { size, sim, routes, containers: Vec::new(), runtime, counts: Counts::default() };
        day.containers = (0..CONTAINERS).map(|_| day.container()).collect();
        day
    }

    fn container(&self) -> Container {
        let config = Config { routes: routes_from_json(&self.routes).unwrap(), mode: Mode::Act };
        Scaler::new(self.sim.clone(), self.sim.clone(), config)
    }

    fn serve(&self, container: usize, payload: &Value) {
        let served = self.runtime.block_on(async {
            let deadline = Instant::now() + Duration::from_secs(600);
            serve(&self.containers[container], &self.sim, payload, None, deadline, |_| {}).await
        });
        if let Err(error) = served {
            panic!("{} at {}: {}", payload, self.sim.now(), error.message);
        }
    }

    /// The memory of a container, measured by dropping it. The next invocation runs in a cold container.
    fn held_by(&mut self, container: usize) -> i64 {
        let fresh = self.container();
        let warm = std::mem::replace(&mut self.containers[container], fresh);
        -allocation_counter::measure(|| drop(warm)).bytes_current
    }

    fn upload(&self, container: usize, at: Timestamp, endpoint: u64) {
        self.sim.advance_to(at);
        self.sim.with(|world| world.upload(&name(endpoint)));
        let event = json!({ "Records": [{
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": at.to_string(),
            "s3": {
                "bucket": { "name": "inputs" },
                "object": { "key": format!("{}/{}.json", name(endpoint), at.as_millisecond()) },
            },
        }] });
        self.serve(container, &event);
    }

    /// Adds the calls since the last time, and the allowed calls: for a tick, its pages, a share of the endpoints at
    /// zero, and the awake endpoints; for inputs, each W of each container.
    fn allow(&mut self, busy: usize) {
        let (calls, changes, awake) = self.sim.with(|world| {
            let now = world.now();
            let stands = |endpoint: &u64| {
                let lease = world.action(&id(*endpoint), LEASE);
                lease.and_then(|lease| lease.runs_at).is_some_and(|at| at > now)
            };
            let awake = (0..self.size.endpoints).filter(stands).count();
            let changes = world.calls("UpdateEndpointWeightsAndCapacities");
            let calls = world.calls_total();
            // The journal is not needed and would take more memory than everything else.
            world.journal = Journal::default();
            (calls, changes, awake)
        });
        let all = usize::try_from(self.size.endpoints).unwrap();
        let pages = all.div_ceil(50) + awake.div_ceil(50).max(1);
        let share = (all - awake).div_ceil(10).max(5);
        let counts = &mut self.counts;
        counts.calls += calls;
        counts.changes += changes;
        counts.awake += awake;
        counts.busy += busy;
        counts.allowed +=
            pages + share + WATCHED * awake + CHANGE * changes + CONTAINERS * RENEWAL * busy;
    }

    /// One more minute: its uploads, and the tick at its end.
    fn minute(&mut self, minute: u64, uploads: &[(u64, u64)]) {
        let begin: Timestamp = "2030-01-07T00:00:00Z".parse().unwrap();
        for (number, (at, endpoint)) in uploads.iter().enumerate() {
            let container = (number + usize::try_from(minute).unwrap()) % CONTAINERS;
            self.upload(container, begin + Duration::from_millis(*at), *endpoint);
        }
        self.sim.advance_to(begin + Duration::from_secs(60 * (minute + 1)));
        let container = usize::try_from(minute).unwrap() % CONTAINERS;
        self.serve(container, &json!({ "action": "tick" }));
        let busy: BTreeSet<u64> = uploads.iter().map(|(_, endpoint)| *endpoint).collect();
        self.allow(busy.len());
    }

    /// `VmRSS` of this process, for information: most of it is the model's.
    fn resident_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

#[test]
fn a_day_of_uploads_leaves_no_state_and_loses_no_upload() {
    let size = Size::asked_for();
    let mut day = Day::new(size);
    let schedule = size.schedule();
    assert_eq!(schedule.len(), size.uploads());
    let minutes = size.hours * 60;
    let mut rest = schedule.as_slice();
    let mut after_a_sixth = 0;
    for minute in 0..minutes {
        let count = rest.partition_point(|(at, _)| *at < (minute + 1) * 60_000);
        let (now, later) = rest.split_at(count);
        rest = later;
        day.minute(minute, now);
        if minute + 1 == minutes / 6 {
            after_a_sixth = day.held_by(1);
            println!("after a sixth: {} MiB resident", Day::resident_kib() / 1024);
        }
    }
    let at_the_end = day.held_by(0);
    println!("at the end: {} MiB resident", Day::resident_kib() / 1024);

    // An hour and a half for the last burst: its work is done, and every endpoint is at zero.
    for minute in minutes..minutes + 90 {
        day.minute(minute, &[]);
    }
    let Counts { calls, allowed, awake, busy, changes } = day.counts;
    let endpoint_minutes = (minutes + 90) * size.endpoints;
    println!("{size:?}: {} uploads", size.uploads());
    println!("a container: {after_a_sixth} bytes after a sixth, {at_the_end} at the end");
    println!(
        "{calls} calls ({allowed} allowed), {changes} of them changes of capacity: {:.2} per \
         endpoint-minute, {:.2} per minute awake, {:.2} per upload; {busy} endpoint-minutes with \
         uploads, {awake} awake",
        calls as f64 / endpoint_minutes as f64,
        calls as f64 / awake as f64,
        calls as f64 / size.uploads() as f64,
    );
    day.sim.with(|world| {
        let is_done = |job: &&Job| matches!(job.state, JobState::Completed(_));
        let completed = world.jobs().iter().filter(is_done).count();
        assert_eq!(completed, size.uploads(), "each upload's request is completed");
        for endpoint in 0..size.endpoints {
            assert_eq!(world.capacity(&id(endpoint)), (0, 0), "{} is at zero", name(endpoint));
        }
    });
    assert!(calls <= allowed, "{calls} calls, {allowed} allowed");
    assert!(after_a_sixth > 0);
    assert!(
        at_the_end <= after_a_sixth + after_a_sixth / 10,
        "a container held {after_a_sixth} bytes after a sixth of the day, {at_the_end} at its end"
    );
}
