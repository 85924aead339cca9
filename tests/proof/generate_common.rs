//! The parts that generators share.

use std::time::Duration;

use simulator::{CutJobs, Fault, Operation, PastSchedule, Publishing};

use crate::{
    plan::{Command, Disruption, EventKind, ModelSettings, OutsideChange, SECOND},
    random::Random,
};

pub const OPERATIONS: [Operation; 8] = [
    Operation::DescribeEndpoint,
    Operation::UpdateEndpointWeightsAndCapacities,
    Operation::DescribeScalableTargets,
    Operation::RegisterScalableTarget,
    Operation::DescribeScheduledActions,
    Operation::PutScheduledAction,
    Operation::DeleteScheduledAction,
    Operation::GetMetricData,
];

pub fn model_settings(chance: &mut Random) -> ModelSettings {
    ModelSettings {
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
        backlog_counts_running: true,
        cut_jobs: CutJobs::Lost,
        ledger_page_size: 3_000,
    }
}

pub fn skew(chance: &mut Random) -> i64 {
    let size = chance.pick(&[0, 1, 5, 20, 60]);
    if chance.percent(50) { size } else { -size }
}

pub fn command(chance: &mut Random, endpoint: usize) -> EventKind {
    let command = match chance.within(0, 6) {
        0 => Command::Wake,
        1 => Command::Sleep { force: false },
        2 | 3 => Command::Sleep { force: true },
        4 => Command::Hold { minutes: chance.within(1, 25) },
        5 => Command::Release,
        _ => Command::Status,
    };
    EventKind::Command { endpoint, command, twice: chance.percent(20) }
}

pub fn change(chance: &mut Random) -> OutsideChange {
    let minutes = chance.within(1, 25);
    match chance.within(0, 18) {
        0 | 1 => OutsideChange::Scale { to: i32::try_from(chance.within(0, 3)).unwrap() },
        2 => OutsideChange::Suspend {
            scaling_in: chance.percent(50),
            scaling_out: chance.percent(50),
            scheduled: chance.percent(50),
            minutes: 2 * minutes,
        },
        3 => OutsideChange::Suspend {
            scaling_in: false,
            scaling_out: false,
            scheduled: true,
            minutes,
        },
        4 | 5 => {
            let min = chance.pick(&[0, 1, 2]);
            OutsideChange::Bounds {
                min,
                max: min.max(chance.pick(&[0, 1, 3])),
                minutes: 2 * minutes,
            }
        }
        6 => OutsideChange::Deregister { minutes },
        7 => OutsideChange::Recreate { minutes: chance.within(1, 8) },
        8 | 9 => OutsideChange::Deploy { minutes },
        10 => OutsideChange::Maintain { minutes },
        11 => OutsideChange::RollBack { minutes },
        12 => OutsideChange::Degrade { minutes },
        13 => OutsideChange::Quota { minutes },
        14 => OutsideChange::Shortage { minutes },
        15 => OutsideChange::AlarmLow { minutes: minutes * 2 },
        16 => OutsideChange::LoseMetrics { minutes: minutes * 2 },
        17 => match chance.within(0, 1) {
            0 => OutsideChange::StickBacklog { value: chance.pick(&[0, 3]), minutes },
            _ => OutsideChange::DelayMetrics { minutes },
        },
        _ => OutsideChange::ForeignAction { minutes },
    }
}

pub fn disruption(chance: &mut Random, operations: &[Operation]) -> Disruption {
    match chance.within(0, 11) {
        0..=4 => Disruption::Calls {
            operation: chance.percent(80).then(|| chance.pick(operations)),
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
        5 => Disruption::Stale {
            by: chance.pick(&[500, 2000, 6000]),
            lasting: chance.pick(&[20, 120, 600]) * SECOND,
        },
        6 | 7 => Disruption::Kill {
            call: usize::try_from(chance.within(0, 11)).unwrap(),
            after_effect: chance.percent(50),
        },
        8 => Disruption::Freeze {
            call: usize::try_from(chance.within(0, 11)).unwrap(),
            lasting: chance.pick(&[10, 45, 90, 300]) * SECOND,
        },
        _ => Disruption::Slow { lasting: chance.pick(&[60, 600, 3000]) * SECOND },
    }
}
