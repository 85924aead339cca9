//! A job of 40 minutes, and a metric that ignores running work. If the metric counts for `idle_minutes`, the job is cut.
//! With `job_minutes` or with results it is not.

use std::time::Duration;

use simulator::{CutJobs, Event};

use crate::{
    broken_scalers::Defect,
    event_log::EventLog,
    generate_common::model_settings,
    plan::{
        CallPlan, EndpointPlan, EventKind, Family, MINUTE, ModelSettings, Plan, PlannedEvent,
        RequestPlan, RouteKind, SECOND,
    },
    random::Random,
    runner,
};

/// The first of the seeds that are played.
const SEED: u64 = 40;

const SEEDS: u64 = 20;

const JOB: u64 = 40;

/// One upload, its request, and its result. The seed gives the times, and the settings of the model.
fn world(seed: u64, results: bool) -> Plan {
    let mut chance = Random::of(seed, 13);
    let settings = ModelSettings {
        backlog_counts_running: false,
        cut_jobs: CutJobs::Lost,
        ..model_settings(&mut chance)
    };
    let endpoint = EndpointPlan {
        name: "endpoint-0".to_owned(),
        variant: "AllTraffic",
        route_kind: RouteKind::Named,
        model: "model-0".to_owned(),
        age: 20,
        registered: true,
        max: 1,
        wake_to: 1,
        idle_minutes: if results { 1 } else { 10 },
        inputs_per_instance: None,
        starts_with: 0,
        provisioning: Duration::from_secs(chance.within(60, 500)),
        scale_in: Duration::from_secs(30),
        concurrency: 1,
        results,
        job_minutes: JOB,
    };
    let call = CallPlan {
        after: chance.within(0, 1500),
        processing: Duration::from_secs(60 * JOB),
        result_after: vec![chance.within(50, 3000)],
    };
    let request = RequestPlan {
        endpoint: 0,
        key: 1,
        on_item_change: false,
        uploaded: true,
        delivered_after: vec![chance.within(20, 2500)],
        calls: vec![call],
    };
    let at = chance.within(0, 5 * MINUTE);
    Plan {
        seed,
        family: Family::Results,
        settings,
        endpoints: vec![endpoint],
        skews: vec![0],
        tick_after: chance.within(0, 59) * SECOND,
        tells_status: chance.percent(50),
        backstop: chance.percent(50),
        queue: None,
        events: vec![PlannedEvent { number: 1, at, kind: EventKind::Request(request) }],
        calm_from: 70 * MINUTE,
        ends: 200 * MINUTE,
    }
}

fn is_cut(log: &EventLog) -> bool {
    log.events.iter().any(|(_, event)| matches!(event, Event::Killed(_)))
}

fn is_completed(log: &EventLog) -> bool {
    log.events.iter().any(|(_, event)| matches!(event, Event::Completed(_)))
}

#[test]
fn a_job_that_the_metric_ignores_is_cut_if_idle_minutes_are_the_window() {
    for seed in SEED..SEED + SEEDS {
        let log = runner::run(&world(seed, false), Defect::IdleMinutesAsWindow);
        assert!(is_cut(&log) && !is_completed(&log), "seed {seed}");
    }
}

#[test]
fn a_job_that_the_metric_ignores_is_not_cut_within_job_minutes() {
    for seed in SEED..SEED + SEEDS {
        let log = runner::run(&world(seed, false), Defect::Nothing);
        assert!(is_completed(&log) && !is_cut(&log), "seed {seed}");
    }
}

#[test]
fn a_job_that_the_metric_ignores_is_not_cut_with_results() {
    for seed in SEED..SEED + SEEDS {
        let log = runner::run(&world(seed, true), Defect::Nothing);
        assert!(is_completed(&log) && !is_cut(&log), "seed {seed}");
    }
}
