//! Generates the plan of a seed of the family `results`: endpoints whose results are connected, jobs of up to an hour,
//! and everything that can go wrong with uploads, requests, results, and the ledger.

use std::time::Duration;

use simulator::{CutJobs, Fault, Operation};

use crate::{
    generate_common::{OPERATIONS, change, command, disruption, model_settings, skew},
    generate_results_more,
    plan::{
        At, CallPlan, CallTarget, Disruption, EndpointPlan, EventKind, FailureMode, Family, MINUTE,
        ModelSettings, OutsideChange, Plan, PlannedEvent, RequestPlan, RouteKind, SECOND,
    },
    random::Random,
};

/// The minimum length of the calm period at the end of a world.
const CALM: At = 70 * MINUTE;

const LEDGER: [Operation; 5] = [
    Operation::UpdateItem,
    Operation::UpdateItem,
    Operation::Query,
    Operation::Query,
    Operation::DeleteItem,
];

/// The number of keys that are used again.
const SHARED_KEYS: u64 = 3;

/// What can happen in a world, with the chance in percent of each request.
struct Circumstances {
    shared_key: u64,
    invoked_twice: u64,
    never_invoked: u64,
    no_upload: u64,
    event_lost: u64,
    event_doubled: u64,
    result_lost: u64,
    result_late: u64,
    result_doubled: u64,
}

impl Circumstances {
    fn draw(chance: &mut Random) -> Self {
        let mut some =
            |worlds: u64, requests: u64| if chance.percent(worlds) { requests } else { 0 };
        Self {
            shared_key: some(30, 30),
            invoked_twice: some(25, 20),
            never_invoked: some(25, 15),
            no_upload: some(20, 20),
            event_lost: some(25, 10),
            event_doubled: some(40, 30),
            result_lost: some(35, 20),
            result_late: some(30, 20),
            result_doubled: some(40, 20),
        }
    }
}

/// The plan of a seed.
pub fn plan(seed: u64) -> Plan {
    // Uses other random numbers than the other families.
    let mut chance = Random::of(seed, 11);
    let job_minutes = chance.pick(&[1, 3, 5, 5, 8, 8, 15, 15, 30, 60]);
    let endpoints: Vec<EndpointPlan> = (0..chance.pick(&[1, 1, 1, 2]))
        .map(|number| endpoint(&mut chance, number, job_minutes))
        .collect();
    let longest = job_minutes * MINUTE;
    let calm_from = chance.within(35, 80) * MINUTE + longest;
    let containers = chance.within(1, 4);
    let skewed = chance.percent(20);
    let skews = (0..containers).map(|_| if skewed { skew(&mut chance) } else { 0 }).collect();
    let tick_after = chance.within(0, 59) * SECOND;
    let circumstances = Circumstances::draw(&mut chance);
    let mut events = Vec::new();
    for (number, of) in endpoints.iter().enumerate() {
        let mut work = Work {
            chance: &mut chance,
            endpoint: number,
            of,
            circumstances: &circumstances,
            until: calm_from,
            next_key: 10,
        };
        work.arrivals(tick_after, &mut events);
        people(&mut chance, number, calm_from, &mut events);
    }
    around(&mut chance, containers, calm_from, &mut events);
    if chance.percent(70) {
        disruptions(&mut chance, tick_after, calm_from, &mut events);
    }
    events.retain(|(at, _)| *at < calm_from);
    events.sort_by_key(|(at, _)| *at);
    let numbered = events.into_iter().zip(1..);
    let settings = ModelSettings {
        backlog_counts_running: chance.percent(50),
        cut_jobs: chance.pick(&[CutJobs::Lost, CutJobs::Queued]),
        ledger_page_size: chance.pick(&[4, 9, 3_000, 3_000]),
        ..model_settings(&mut chance)
    };
    let mut plan = Plan {
        seed,
        family: Family::Results,
        settings,
        endpoints,
        skews,
        tick_after,
        tells_status: chance.percent(50),
        backstop: chance.percent(50),
        queue: None,
        events: numbered.map(|((at, kind), number)| PlannedEvent { number, at, kind }).collect(),
        calm_from,
        ends: calm_from + CALM.max(2 * longest + 50 * MINUTE),
    };
    generate_results_more::add(&mut plan);
    plan
}

fn endpoint(chance: &mut Random, number: u64, job_minutes: u64) -> EndpointPlan {
    // The second one is sometimes an endpoint whose results are not connected.
    let is_connected = number == 0 || chance.percent(60);
    EndpointPlan {
        name: format!("endpoint-{number}"),
        variant: "AllTraffic",
        route_kind: RouteKind::Named,
        model: format!("model-{number}"),
        age: 20,
        registered: chance.percent(97),
        max: chance.pick(&[1, 1, 2, 4]),
        wake_to: chance.pick(&[1, 1, 1, 2]),
        idle_minutes: if is_connected {
            chance.pick(&[0, 1, 1, 1, 2, 5])
        } else {
            chance.pick(&[5, 8])
        },
        inputs_per_instance: chance.percent(10).then_some(2),
        starts_with: i32::from(chance.percent(15)),
        provisioning: Duration::from_secs(chance.within(60, 500)),
        scale_in: Duration::from_secs(chance.within(5, 120)),
        concurrency: chance.pick(&[1, 1, 2]),
        results: is_connected,
        job_minutes,
    }
}

/// Generates the requests of one endpoint.
struct Work<'a> {
    chance: &'a mut Random,
    endpoint: usize,
    of: &'a EndpointPlan,
    circumstances: &'a Circumstances,
    until: At,
    next_key: u64,
}

impl Work<'_> {
    /// Bursts of requests. Many bursts begin at about the time of a sleep.
    fn arrivals(&mut self, tick_after: At, events: &mut Vec<(At, EventKind)>) {
        let mut at = self.chance.within(0, 8 * MINUTE);
        while at < self.until {
            let mut ends = at;
            for _ in 0..self.chance.pick(&[1, 1, 2, 3]) {
                let request = self.request(at);
                let provisioning = u64::try_from(self.of.provisioning.as_millis()).unwrap();
                let processing = request.calls.first().map_or(0, |call| millis(call.processing));
                ends = ends.max(at + provisioning) + processing;
                events.push((at, EventKind::Request(request)));
                at += self.chance.pick(&[5, 700, 30 * SECOND, 61 * SECOND]);
            }
            at = self.next_burst(at, ends, tick_after);
        }
        for _ in 0..self.chance.within(0, 3) {
            let mut request = self.request(0);
            request.on_item_change = true;
            request.uploaded = true;
            request.delivered_after = vec![self.chance.within(5, 60)];
            let at = self.chance.within(0, self.until);
            events.push((at, EventKind::Request(request)));
        }
    }

    fn next_burst(&mut self, at: At, ends: At, tick_after: At) -> At {
        let idle = u64::try_from(self.of.idle_minutes).unwrap();
        let window = u64::try_from(self.of.window().as_millis()).unwrap();
        let near_a_tick = |chance: &mut Random, then: At| {
            let tick = (then / MINUTE + chance.within(0, 1)) * MINUTE + tick_after;
            tick.max(at) + chance.within(0, 6 * SECOND)
        };
        match self.chance.within(0, 5) {
            // When the ledger shows that the work is done.
            0..=2 => near_a_tick(self.chance, ends + idle * MINUTE),
            // When the metric does.
            3 => {
                let more = self.chance.within(1, 12) * MINUTE;
                near_a_tick(self.chance, ends + window + more)
            }
            // At zero, shortly after the sleep.
            4 => ends + idle * MINUTE + self.chance.within(1, 15) * MINUTE,
            _ => at + self.chance.within(0, 15 * MINUTE),
        }
    }

    fn request(&mut self, at: At) -> RequestPlan {
        let left = self.until.saturating_sub(at);
        let circumstances = self.circumstances;
        let uploaded = !self.chance.percent(circumstances.no_upload);
        let key = match self.chance.percent(circumstances.shared_key) {
            true => self.chance.within(0, SHARED_KEYS - 1),
            false => {
                self.next_key += 1;
                self.next_key + 1000 * self.endpoint as u64
            }
        };
        let mut calls = Vec::new();
        if !uploaded || !self.chance.percent(circumstances.never_invoked) {
            let after = match self.chance.within(0, 9) {
                0 => self.chance.within(SECOND, 30 * SECOND),
                _ => self.chance.within(0, 1500),
            };
            calls.push(self.call(after));
            if self.chance.percent(circumstances.invoked_twice) {
                let after = after + self.chance.within(SECOND, 90 * SECOND);
                calls.push(self.call(after));
            }
        }
        RequestPlan {
            endpoint: self.endpoint,
            key,
            on_item_change: false,
            uploaded,
            delivered_after: self.events(left),
            calls,
        }
    }

    /// When the event of an upload is delivered.
    fn events(&mut self, left: At) -> Vec<At> {
        let chance = &mut *self.chance;
        if chance.percent(self.circumstances.event_lost) {
            return Vec::new();
        }
        let first = match chance.within(0, 29) {
            0 => chance.within(20 * SECOND, 5 * MINUTE).min(left),
            _ => chance.within(20, 2500),
        };
        let mut events = vec![first];
        if chance.percent(self.circumstances.event_doubled) {
            events.push(match chance.percent(50) {
                true => chance.within(20, 2500),
                false => chance.within(0, left.min(90 * MINUTE)),
            });
        }
        events
    }

    fn call(&mut self, after: At) -> CallPlan {
        let longest = self.of.job_minutes * MINUTE;
        let chance = &mut *self.chance;
        let processing = match chance.within(0, 5) {
            0 => 2 * SECOND,
            1 | 2 => chance.pick(&[20, 60]) * SECOND,
            3 => 150 * SECOND,
            _ => chance.within(longest * 3 / 10, longest),
        };
        let mut result_after = Vec::new();
        if !chance.percent(self.circumstances.result_lost) {
            result_after.push(match chance.percent(self.circumstances.result_late) {
                true => chance.pick(&[30 * SECOND, 5 * MINUTE, 15 * MINUTE, 61 * MINUTE]),
                false => chance.within(50, 3000),
            });
            if chance.percent(self.circumstances.result_doubled) {
                result_after.push(chance.pick(&[200, 10 * SECOND, 10 * MINUTE]));
            }
        }
        CallPlan { after, processing: Duration::from_millis(processing.min(longest)), result_after }
    }
}

fn millis(duration: Duration) -> At {
    u64::try_from(duration.as_millis()).unwrap()
}

/// Commands, changes by others, alarms, and other events about one endpoint.
fn people(chance: &mut Random, endpoint: usize, calm_from: At, events: &mut Vec<(At, EventKind)>) {
    if chance.percent(50) {
        for _ in 0..chance.within(1, 4) {
            let kind = command(chance, endpoint);
            events.push((chance.within(0, calm_from), kind));
        }
    }
    if chance.percent(30) {
        for _ in 0..chance.within(1, 3) {
            let change = match change(chance) {
                // A metric that shows no backlog although there is one.
                OutsideChange::StickBacklog { minutes, .. } => {
                    OutsideChange::StickBacklog { value: 3, minutes }
                }
                other => other,
            };
            let at = chance.within(0, calm_from);
            events.push((at, EventKind::OutsideChange { endpoint, change }));
        }
    }
    for _ in 0..chance.pick(&[0, 0, 1, 2]) {
        let kind = match chance.within(0, 4) {
            0 => EventKind::StatusEvent { endpoint },
            1 | 2 => EventKind::AlarmEvent { endpoint },
            3 => EventKind::OldEvent { endpoint, hours: chance.pick(&[1, 3]) },
            _ => {
                let processing = Duration::from_secs(chance.pick(&[20, 150]));
                EventKind::Inline { endpoint, processing }
            }
        };
        events.push((chance.within(0, calm_from), kind));
    }
}

/// What happens to ticks and containers.
fn around(chance: &mut Random, containers: u64, calm_from: At, events: &mut Vec<(At, EventKind)>) {
    for _ in 0..chance.pick(&[0, 0, 1, 2]) {
        let kind = match chance.within(0, 3) {
            0 => EventKind::TicksMissing { minutes: chance.pick(&[1, 2, 4, 15, 30]) },
            1 => EventKind::ExtraTick,
            2 => EventKind::Foreign { form: usize::try_from(chance.within(0, 20)).unwrap() },
            _ => {
                EventKind::Drop { container: usize::try_from(chance.next() % containers).unwrap() }
            }
        };
        events.push((chance.within(0, calm_from), kind));
    }
}

/// Disruptions close to another event, or at a tick.
fn disruptions(
    chance: &mut Random,
    tick_after: At,
    calm_from: At,
    events: &mut Vec<(At, EventKind)>,
) {
    let times: Vec<At> = events.iter().map(|(at, _)| *at).collect();
    for _ in 0..chance.within(1, 6) {
        let at = match chance.within(0, 2) {
            0 if !times.is_empty() => chance.pick(&times),
            1 => chance.within(0, calm_from / MINUTE) * MINUTE + tick_after,
            _ => chance.within(0, calm_from),
        };
        let disruption = match chance.within(0, 4) {
            0 | 1 => disruption(chance, &OPERATIONS),
            2 | 3 => of_ledger(chance),
            _ => outage(chance),
        };
        events.push((at.saturating_sub(1).min(calm_from), EventKind::Disruption(disruption)));
    }
}

fn of_ledger(chance: &mut Random) -> Disruption {
    Disruption::Calls {
        operation: Some(chance.pick(&LEDGER)),
        fault: ledger_fault(chance),
        times: chance.pick(&[1, 1, 2, 5, 1000]),
        lasting: chance.pick(&[10, 60, 300, 1500]) * SECOND,
    }
}

/// No call to the ledger succeeds for minutes.
fn outage(chance: &mut Random) -> Disruption {
    let mode = match chance.percent(30) {
        true => FailureMode::Hangs,
        false => FailureMode::Fails(ledger_fault(chance)),
    };
    let lasting = chance.pick(&[1, 5, 20, 75]) * MINUTE;
    Disruption::MatchingCalls { about: CallTarget::Ledger, mode, lasting }
}

fn ledger_fault(chance: &mut Random) -> Fault {
    chance.pick(&[
        Fault::Throttled,
        Fault::Throttled,
        Fault::AccessDenied,
        Fault::NoAnswer,
        Fault::NoAnswerAfterEffect,
        Fault::ServerError,
    ])
}
