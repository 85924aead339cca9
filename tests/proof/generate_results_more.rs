//! Adds to the plan of the family `results` what has random numbers of its own, so that the other plans are what they
//! were before: a second variant, a queue in front of the function, and invocations that are stopped at their timeout.

use crate::{
    plan::{
        At, Disruption, EndpointPlan, EventKind, MINUTE, OutsideChange, Plan, PlannedEvent,
        QueuePlan, SECOND,
    },
    random::Random,
};

/// Adds them to some plans.
pub fn add(plan: &mut Plan) {
    let mut chance = Random::of(plan.seed, 12);
    plan.queue = chance.percent(25).then(|| QueuePlan {
        window: chance.pick(&[100, SECOND, 20 * SECOND, 60 * SECOND]),
        most: chance.pick(&[3, 10, 10_000]),
        is_raw: chance.percent(50),
    });
    let mut events = Vec::new();
    if chance.percent(20) {
        second_variant(&mut chance, plan, &mut events);
    }
    if chance.percent(20) {
        stops(&mut chance, plan, &mut events);
    }
    let next = plan.events.iter().map(|event| event.number).max().unwrap_or(0) + 1;
    let numbered = events.into_iter().zip(next..);
    plan.events.extend(numbered.map(|((at, kind), number)| PlannedEvent { number, at, kind }));
    plan.events.sort_by_key(|event| event.at);
}

/// A second variant of the first endpoint. Its route has the same bucket, so each upload is an input for both.
fn second_variant(chance: &mut Random, plan: &mut Plan, events: &mut Vec<(At, EventKind)>) {
    let endpoint = plan.endpoints.len();
    let first = plan.endpoints[0].clone();
    let idle_minutes =
        if chance.percent(70) { first.idle_minutes } else { chance.pick(&[0, 1, 3, 5]) };
    plan.endpoints.push(EndpointPlan {
        variant: "Second",
        max: chance.pick(&[1, 2, 4]),
        wake_to: chance.pick(&[1, 1, 2]),
        idle_minutes,
        starts_with: i32::from(chance.percent(20)),
        ..first
    });
    for _ in 0..chance.pick(&[0, 0, 1, 2]) {
        let minutes = chance.within(1, 25);
        let change = match chance.within(0, 3) {
            0 => OutsideChange::Scale { to: i32::try_from(chance.within(0, 2)).unwrap() },
            1 => OutsideChange::Suspend {
                scaling_in: chance.percent(50),
                scaling_out: chance.percent(50),
                scheduled: chance.percent(50),
                minutes,
            },
            2 => OutsideChange::Bounds {
                min: i32::from(chance.percent(50)),
                max: i32::try_from(chance.within(1, 2)).unwrap(),
                minutes,
            },
            _ => OutsideChange::Deregister { minutes },
        };
        let at = chance.within(0, plan.calm_from);
        events.push((at, EventKind::OutsideChange { endpoint, change }));
    }
}

/// The next invocation after another event or at a tick is stopped.
fn stops(chance: &mut Random, plan: &Plan, events: &mut Vec<(At, EventKind)>) {
    let times: Vec<At> = plan.events.iter().map(|event| event.at).collect();
    for _ in 0..chance.within(1, 3) {
        let at = match chance.percent(50) && !times.is_empty() {
            true => chance.pick(&times),
            false => chance.within(0, plan.calm_from / MINUTE) * MINUTE + plan.tick_after,
        };
        let call = usize::try_from(chance.within(0, 9)).unwrap();
        let stop = Disruption::Stop { call };
        events.push((at.saturating_sub(1).min(plan.calm_from), EventKind::Disruption(stop)));
    }
}
