//! Generates the plan of a seed.

use std::time::Duration;

use crate::{
    generate_common::{OPERATIONS, change, command, disruption, model_settings, skew},
    generate_fleet, generate_results,
    plan::{At, EndpointPlan, EventKind, Family, MINUTE, Plan, PlannedEvent, RouteKind, SECOND},
    random::Random,
};

/// The length of the calm period at the end of a world: the longest wake, the longest hold, the
/// longest idle window and its evidence, one after the other.
const CALM: At = 75 * MINUTE;

/// The plan of a seed.
pub fn plan(family: Family, seed: u64) -> Plan {
    match family {
        Family::Small => small(seed),
        Family::Fleet => generate_fleet::plan(seed),
        Family::Results => generate_results::plan(seed),
    }
}

fn small(seed: u64) -> Plan {
    let mut chance = Random::new(seed);
    let endpoints: Vec<EndpointPlan> =
        (0..chance.pick(&[1, 1, 1, 2, 3])).map(|n| endpoint(&mut chance, n)).collect();
    let calm_from = chance.within(30, 75) * MINUTE;
    let containers = chance.within(1, 4);
    let skewed = chance.percent(25);
    let skews = (0..containers).map(|_| if skewed { skew(&mut chance) } else { 0 }).collect();
    let tick_after = chance.within(0, 59) * SECOND;
    let mut events = Vec::new();
    for (number, endpoint) in endpoints.iter().enumerate() {
        work(&mut chance, number, endpoint, tick_after, calm_from, &mut events);
        for _ in 0..chance.within(0, 4) {
            let kind = command(&mut chance, number);
            events.push((chance.within(0, calm_from), kind));
        }
        if chance.percent(70) {
            for _ in 0..chance.within(1, 4) {
                let at = chance.within(0, calm_from);
                let kind =
                    EventKind::OutsideChange { endpoint: number, change: change(&mut chance) };
                events.push((at, kind));
                // A job that arrives during a change is the most likely one to be lost.
                let meanwhile = at + chance.within(0, 3 * MINUTE);
                if chance.percent(60) && meanwhile < calm_from {
                    let left = calm_from - meanwhile;
                    events.push((meanwhile, arrival(&mut chance, number, left)));
                }
            }
        }
        for _ in 0..chance.within(0, 3) {
            let kind = match chance.within(0, 3) {
                0 => EventKind::StatusEvent { endpoint: number },
                1 => EventKind::AlarmEvent { endpoint: number },
                2 => EventKind::OldEvent { endpoint: number, hours: chance.pick(&[1, 3, 12]) },
                _ => EventKind::ResultEvent { endpoint: number },
            };
            events.push((chance.within(0, calm_from), kind));
        }
    }
    for _ in 0..chance.within(0, 3) {
        let kind = match chance.within(0, 3) {
            // The longest values exceed the life of a record. During this time, only Application
            // Auto Scaling acts.
            0 => EventKind::TicksMissing { minutes: chance.pick(&[1, 2, 4, 15, 30, 45]) },
            1 => EventKind::ExtraTick,
            2 => EventKind::Foreign { form: usize::try_from(chance.within(0, 20)).unwrap() },
            _ => {
                EventKind::Drop { container: usize::try_from(chance.next() % containers).unwrap() }
            }
        };
        events.push((chance.within(0, calm_from), kind));
    }
    // Some worlds have no disruption: the rules apply there without exceptions.
    if chance.percent(75) {
        let times: Vec<At> = events.iter().map(|(at, _)| *at).collect();
        for _ in 0..chance.within(1, 6) {
            // Close to another event, or at a tick.
            let at = match chance.within(0, 2) {
                0 if !times.is_empty() => chance.pick(&times),
                1 => chance.within(0, calm_from / MINUTE) * MINUTE + tick_after,
                _ => chance.within(0, calm_from),
            };
            events.push((
                at.saturating_sub(1).min(calm_from),
                EventKind::Disruption(disruption(&mut chance, &OPERATIONS)),
            ));
        }
    }
    events.retain(|(at, _)| *at < calm_from);
    events.sort_by_key(|(at, _)| *at);
    let events = events
        .into_iter()
        .zip(1..)
        .map(|((at, kind), number)| PlannedEvent { number, at, kind })
        .collect();
    Plan {
        seed,
        family: Family::Small,
        settings: model_settings(&mut chance),
        endpoints,
        skews,
        tick_after,
        tells_status: chance.percent(50),
        queue: None,
        backstop: chance.percent(50),
        events,
        calm_from,
        ends: calm_from + CALM,
    }
}

fn endpoint(chance: &mut Random, number: usize) -> EndpointPlan {
    EndpointPlan {
        name: format!("endpoint-{number}"),
        variant: "AllTraffic",
        route_kind: RouteKind::Named,
        model: format!("model-{number}"),
        age: 20,
        registered: chance.percent(93),
        max: chance.pick(&[1, 1, 2, 4]),
        wake_to: chance.pick(&[1, 1, 1, 2, 3]),
        idle_minutes: chance.pick(&[1, 5, 5, 6, 8, 12]),
        inputs_per_instance: chance.percent(20).then_some(2),
        starts_with: i32::from(chance.percent(25)),
        provisioning: Duration::from_secs(chance.within(60, 600)),
        scale_in: Duration::from_secs(chance.within(5, 120)),
        concurrency: chance.pick(&[1, 1, 2]),
        results: false,
        job_minutes: chance.pick(&[1, 1, 3, 3, 6, 15]),
    }
}

/// Bursts of uploads. The next burst starts at about the time when the endpoint goes to sleep.
fn work(
    chance: &mut Random,
    endpoint: usize,
    of: &EndpointPlan,
    tick_after: At,
    until: At,
    events: &mut Vec<(At, EventKind)>,
) {
    let mut at = chance.within(0, 12 * MINUTE);
    while at < until {
        for _ in 0..chance.within(1, 3) {
            events.push((at, arrival(chance, endpoint, until - at.min(until))));
            at += chance.pick(&[5, 700, 30 * SECOND, 61 * SECOND]);
        }
        let window = u64::try_from(of.window().as_mins()).unwrap();
        // About until the end of the idle window, the evidence, and the tick that acts on it.
        let gap = window + chance.within(1, 12);
        at = (at / MINUTE + gap) * MINUTE + tick_after;
        at = (at + chance.within(0, 6 * SECOND)).saturating_sub(chance.pick(&[0, 1, 3]) * SECOND);
    }
}

fn arrival(chance: &mut Random, endpoint: usize, left: At) -> EventKind {
    let processing = Duration::from_secs(chance.pick(&[2, 20, 60, 150]));
    if chance.percent(12) {
        return EventKind::Inline { endpoint, processing };
    }
    let soon = |chance: &mut Random| chance.within(20, 2500);
    let delivered_after = match chance.within(0, 19) {
        0 => vec![],
        1 => vec![soon(chance), soon(chance)],
        2 => vec![soon(chance), chance.within(0, left)],
        3 => vec![chance.within(20 * SECOND, 5 * MINUTE).min(left)],
        4 => vec![left],
        _ => vec![soon(chance)],
    };
    EventKind::Upload { endpoint, processing, delivered_after }
}
