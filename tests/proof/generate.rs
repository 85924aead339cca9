//! A plan from a seed.

use std::time::Duration;

use simulator::{Fault, Operation, PastSchedule, Publishing};

use crate::{
    generate_fleet,
    plan::{
        Assumed, At, Command, Deed, EndpointPlan, Family, Happening, MINUTE, Plan, Reach, SECOND,
        Trouble, What,
    },
    random::Random,
};

/// How long a world stays calm at its end: the longest way up, the longest hold, the longest idle
/// window and its evidence, one after the other.
const CALM: At = 70 * MINUTE;

const OPERATIONS: [Operation; 8] = [
    Operation::DescribeEndpoint,
    Operation::UpdateEndpointWeightsAndCapacities,
    Operation::DescribeScalableTargets,
    Operation::RegisterScalableTarget,
    Operation::DescribeScheduledActions,
    Operation::PutScheduledAction,
    Operation::DeleteScheduledAction,
    Operation::GetMetricData,
];

/// The world of a seed.
pub fn plan(family: Family, seed: u64) -> Plan {
    match family {
        Family::Small => small(seed),
        Family::Fleet => generate_fleet::plan(seed),
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
    let mut happenings = Vec::new();
    for (number, endpoint) in endpoints.iter().enumerate() {
        work(&mut chance, number, endpoint, tick_after, calm_from, &mut happenings);
        for _ in 0..chance.within(0, 4) {
            let what = command(&mut chance, number);
            happenings.push((chance.within(0, calm_from), what));
        }
        if chance.percent(70) {
            for _ in 0..chance.within(1, 4) {
                let at = chance.within(0, calm_from);
                let what = What::Deed { endpoint: number, deed: deed(&mut chance) };
                happenings.push((at, what));
                // Work that comes while it lasts is what is easily lost.
                let meanwhile = at + chance.within(0, 3 * MINUTE);
                if chance.percent(60) && meanwhile < calm_from {
                    let left = calm_from - meanwhile;
                    happenings.push((meanwhile, arrival(&mut chance, number, left)));
                }
            }
        }
        for _ in 0..chance.within(0, 3) {
            let what = match chance.within(0, 3) {
                0 => What::StatusEvent { endpoint: number },
                1 => What::AlarmEvent { endpoint: number },
                2 => What::OldEvent { endpoint: number, hours: chance.pick(&[1, 3, 12]) },
                _ => What::ResultEvent { endpoint: number },
            };
            happenings.push((chance.within(0, calm_from), what));
        }
    }
    for _ in 0..chance.within(0, 3) {
        let what = match chance.within(0, 3) {
            // The longest outlast a record, and what Application Auto Scaling does then is all there is.
            0 => What::TicksMissing { minutes: chance.pick(&[1, 2, 4, 15, 30, 45]) },
            1 => What::ExtraTick,
            2 => What::Foreign { form: usize::try_from(chance.within(0, 20)).unwrap() },
            _ => What::Drop { container: usize::try_from(chance.next() % containers).unwrap() },
        };
        happenings.push((chance.within(0, calm_from), what));
    }
    // A share of the worlds has no trouble at all: the rules hold there without any excuse.
    if chance.percent(75) {
        let times: Vec<At> = happenings.iter().map(|(at, _)| *at).collect();
        for _ in 0..chance.within(1, 6) {
            // Near something that happens, or at a tick.
            let at = match chance.within(0, 2) {
                0 if !times.is_empty() => chance.pick(&times),
                1 => chance.within(0, calm_from / MINUTE) * MINUTE + tick_after,
                _ => chance.within(0, calm_from),
            };
            happenings
                .push((at.saturating_sub(1).min(calm_from), What::Trouble(trouble(&mut chance))));
        }
    }
    happenings.retain(|(at, _)| *at < calm_from);
    happenings.sort_by_key(|(at, _)| *at);
    let happenings = happenings
        .into_iter()
        .zip(1..)
        .map(|((at, what), number)| Happening { number, at, what })
        .collect();
    Plan {
        seed,
        family: Family::Small,
        settings: assumed(&mut chance),
        endpoints,
        skews,
        tick_after,
        tells_status: chance.percent(50),
        backstop: chance.percent(50),
        happenings,
        calm_from,
        ends: calm_from + CALM,
    }
}

fn endpoint(chance: &mut Random, number: usize) -> EndpointPlan {
    EndpointPlan {
        name: format!("endpoint-{number}"),
        variant: "AllTraffic",
        reach: Reach::Named,
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
    }
}

pub fn assumed(chance: &mut Random) -> Assumed {
    Assumed {
        metric_lag: Duration::from_secs(chance.within(60, 150)),
        publishing: chance.pick(&[
            Publishing::Always,
            Publishing::Always,
            Publishing::WithBacklogOrInstance,
        ]),
        past_schedule: chance.pick(&[PastSchedule::Refuse, PastSchedule::Store]),
        keep_past_actions: chance.percent(50),
        schedule_lateness: Duration::from_secs(chance.pick(&[0, 0, 30, 60])),
        update_accepted_when_degraded: chance.percent(70),
        deregister_on_delete: chance.percent(60),
        page_size: chance.pick(&[1, 2, 50]),
    }
}

fn skew(chance: &mut Random) -> i64 {
    let size = chance.pick(&[0, 1, 5, 20, 60]);
    if chance.percent(50) { size } else { -size }
}

/// Bursts of uploads, and one more just when the endpoint may be on its way to sleep.
fn work(
    chance: &mut Random,
    endpoint: usize,
    of: &EndpointPlan,
    tick_after: At,
    until: At,
    happenings: &mut Vec<(At, What)>,
) {
    let mut at = chance.within(0, 12 * MINUTE);
    while at < until {
        for _ in 0..chance.within(1, 3) {
            happenings.push((at, arrival(chance, endpoint, until - at.min(until))));
            at += chance.pick(&[5, 700, 30 * SECOND, 61 * SECOND]);
        }
        let idle = u64::try_from(of.idle_minutes.max(5)).unwrap();
        // To the end of the window, the evidence and the tick that acts on it, give or take.
        let gap = idle + chance.within(1, 12);
        at = (at / MINUTE + gap) * MINUTE + tick_after;
        at = (at + chance.within(0, 6 * SECOND)).saturating_sub(chance.pick(&[0, 1, 3]) * SECOND);
    }
}

fn arrival(chance: &mut Random, endpoint: usize, left: At) -> What {
    let processing = Duration::from_secs(chance.pick(&[2, 20, 60, 150]));
    if chance.percent(12) {
        return What::Inline { endpoint, processing };
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
    What::Upload { endpoint, processing, delivered_after }
}

fn command(chance: &mut Random, endpoint: usize) -> What {
    let command = match chance.within(0, 6) {
        0 => Command::Wake,
        1 => Command::Sleep { force: false },
        2 | 3 => Command::Sleep { force: true },
        4 => Command::Hold { minutes: chance.within(1, 25) },
        5 => Command::Release,
        _ => Command::Status,
    };
    What::Command { endpoint, command, twice: chance.percent(20) }
}

fn deed(chance: &mut Random) -> Deed {
    let minutes = chance.within(1, 25);
    match chance.within(0, 18) {
        0 | 1 => Deed::Scale { to: i32::try_from(chance.within(0, 3)).unwrap() },
        2 => Deed::Suspend {
            scaling_in: chance.percent(50),
            scaling_out: chance.percent(50),
            scheduled: chance.percent(50),
            minutes: 2 * minutes,
        },
        3 => Deed::Suspend { scaling_in: false, scaling_out: false, scheduled: true, minutes },
        4 | 5 => {
            let min = chance.pick(&[0, 1, 2]);
            Deed::Bounds { min, max: min.max(chance.pick(&[0, 1, 3])), minutes: 2 * minutes }
        }
        6 => Deed::Deregister { minutes },
        7 => Deed::Recreate { minutes: chance.within(1, 8) },
        8 | 9 => Deed::Deploy { minutes },
        10 => Deed::Maintain { minutes },
        11 => Deed::RollBack { minutes },
        12 => Deed::Degrade { minutes },
        13 => Deed::Quota { minutes },
        14 => Deed::Shortage { minutes },
        15 => Deed::AlarmLow { minutes: minutes * 2 },
        16 => Deed::LoseMetrics { minutes: minutes * 2 },
        17 => match chance.within(0, 1) {
            0 => Deed::StickBacklog { value: chance.pick(&[0, 3]), minutes },
            _ => Deed::DelayMetrics { minutes },
        },
        _ => Deed::ForeignAction { minutes },
    }
}

fn trouble(chance: &mut Random) -> Trouble {
    match chance.within(0, 11) {
        0..=4 => Trouble::Calls {
            operation: chance.percent(80).then(|| chance.pick(&OPERATIONS)),
            fault: chance.pick(&[
                Fault::Throttled,
                Fault::AccessDenied,
                Fault::NoAnswer,
                Fault::NoAnswerAfterEffect,
                Fault::NoAnswerAfterEffect,
                Fault::ServerError,
                Fault::Concurrent,
                Fault::Concurrent,
                Fault::Busy,
            ]),
            times: chance.pick(&[1, 1, 1, 2, 5, 1000]),
            lasting: chance.pick(&[10, 60, 300, 1500]) * SECOND,
        },
        5 => Trouble::Stale {
            by: chance.pick(&[500, 2000, 6000]),
            lasting: chance.pick(&[20, 120, 600]) * SECOND,
        },
        6 | 7 => Trouble::Kill {
            call: usize::try_from(chance.within(0, 11)).unwrap(),
            after_effect: chance.percent(50),
        },
        8 => Trouble::Freeze {
            call: usize::try_from(chance.within(0, 11)).unwrap(),
            lasting: chance.pick(&[10, 45, 90, 300]) * SECOND,
        },
        _ => Trouble::Slow { lasting: chance.pick(&[60, 600, 3000]) * SECOND },
    }
}
