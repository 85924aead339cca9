//! The world of a plan at its start.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::{Config, Mode, Route, routes_from_json},
    port::VariantId,
};
use serde_json::{Value, json};
use simulator::{CutJobs, Settings, Simulator};

use super::{
    clock::Clock,
    state::{Container, Item, Runner},
};
use crate::{
    broken_scalers::Defect,
    call_gate::CallGate,
    event_log::EventLog,
    outside_changes, payload,
    plan::{At, EndpointPlan, Family, MINUTE, Plan, RouteKind, START},
    state_history::StateHistory,
};

impl<'a> Runner<'a> {
    pub(super) fn new(plan: &'a Plan, defect: Defect) -> Self {
        let start: Timestamp = START.parse().unwrap();
        let model_settings = plan.settings.clone();
        let settings = Settings {
            metric_lag: model_settings.metric_lag,
            publishing: model_settings.publishing,
            past_schedule: model_settings.past_schedule,
            keep_past_actions: model_settings.keep_past_actions,
            schedule_lateness: model_settings.schedule_lateness,
            update_accepted_when_degraded: model_settings.update_accepted_when_degraded,
            deregister_on_delete: model_settings.deregister_on_delete,
            page_size: model_settings.page_size,
            backlog_counts_running: model_settings.backlog_counts_running,
            cut_jobs: model_settings.cut_jobs,
            ledger_page_size: model_settings.ledger_page_size,
            ..Settings::default()
        };
        // Starts earlier than the plan, so that metrics have datapoints at its start.
        let sim = Simulator::with_settings(start - SignedDuration::from_mins(20), settings);
        let ids: Vec<VariantId> = plan
            .endpoints
            .iter()
            .map(|endpoint| VariantId::new(&endpoint.name, endpoint.variant))
            .collect();
        sim.with(|world| {
            for (endpoint, id) in plan.endpoints.iter().zip(&ids) {
                outside_changes::create_variant(world, endpoint, id, endpoint.starts_with);
                if endpoint.registered {
                    world.register_target(id, 0, endpoint.max);
                }
            }
            world.advance_to(start);
        });
        let routes = match plan.family {
            Family::Small | Family::Results => routes(plan, defect),
            Family::Fleet => fleet_routes(plan),
        };
        let state_history = StateHistory::new(ids.clone());
        let containers = plan
            .skews
            .iter()
            .map(|ahead| Container {
                generation: 0,
                ahead: *ahead,
                gate: CallGate::default(),
                broken: None,
                scaler: None,
                running: None,
            })
            .collect();
        let after = |at: At| start + Duration::from_millis(at);
        let mut runner = Self {
            plan,
            defect,
            state_history,
            config: Config { routes, mode: Mode::Act },
            queue: BTreeMap::new(),
            order: 0,
            now: 0,
            start,
            containers,
            active_faults: Vec::new(),
            stale: None,
            kill_next: None,
            freeze_next: None,
            stop_next: None,
            queues: vec![VecDeque::new(); ids.len()],
            latency: None,
            disrupted_calls: Vec::new(),
            limited_until: 0,
            waiting_owner_events: Vec::new(),
            waiting_requests: Vec::new(),
            results: BTreeMap::new(),
            results_journal_length: 0,
            slow_until: 0,
            ticks_missing_until: 0,
            status_journal_length: sim.with(|world| world.journal.entries().len()),
            journal_length: 0,
            alarmed: vec![false; ids.len()],
            log: EventLog {
                start,
                ids,
                invocations: Vec::new(),
                snapshots: Vec::new(),
                outside_changes: Vec::new(),
                events: Vec::new(),
                jobs: Vec::new(),
                requests: Vec::new(),
                calm_from: after(plan.calm_from),
                ends: after(plan.ends),
                faults: BTreeMap::new(),
            },
            sim,
            clock: Clock::new(),
            instant: false,
            cold: defect == Defect::NothingRemembered,
            instant_queue: VecDeque::new(),
            twice: false,
        };
        for (place, event) in plan.events.iter().enumerate() {
            runner.schedule(event.at, Item::PlannedEvent(place));
        }
        for minute in 0..plan.ends / MINUTE {
            runner.schedule(minute * MINUTE, Item::Minute);
            runner.schedule(minute * MINUTE + plan.tick_after, Item::Tick(minute));
        }
        runner.schedule(plan.calm_from, Item::Calm);
        if plan.skews.iter().any(|ahead| *ahead != 0) {
            runner.count("clock off");
        }
        if (0..plan.endpoints.len()).any(|place| plan.variants(place) > 1) {
            runner.count("endpoint with two variants");
        }
        if !plan.settings.backlog_counts_running {
            runner.count("metric that counts only what waits");
        }
        if plan.settings.cut_jobs == CutJobs::Queued {
            runner.count("work that is cut is queued again");
        }
        runner
    }
}

/// One route for each endpoint, with its own bucket.
fn routes(plan: &Plan, defect: Defect) -> Vec<Route> {
    let route = |(place, endpoint): (usize, &EndpointPlan)| {
        let mut route = json!({
            "endpoint": endpoint.name,
            "bucket": payload::bucket(&endpoint.name),
            "wake_to": endpoint.wake_to,
            "idle_minutes": endpoint.idle_minutes,
        });
        if let Some(each) = endpoint.inputs_per_instance {
            route["inputs_per_instance"] = json!(each);
        }
        if endpoint.results {
            route["results"] = json!(true);
        }
        // 15 is the default.
        if endpoint.job_minutes != 15 {
            route["job_minutes"] = json!(endpoint.job_minutes);
        }
        if defect == Defect::IdleMinutesAsWindow {
            // Then J is the larger of idle_minutes and 5 minutes, whatever the default is.
            route["job_minutes"] = json!(1);
        }
        if plan.variants(place) > 1 {
            route["variant"] = json!(endpoint.variant);
        }
        route
    };
    let routes: Value = plan.endpoints.iter().enumerate().map(route).collect();
    routes_from_json(&routes.to_string()).unwrap()
}

/// One route for each kind that the endpoints of the world need, and one for each endpoint with the
/// kind `Named`. All routes have the same policy, so it does not matter which of several routes
/// matches an endpoint.
fn fleet_routes(plan: &Plan) -> Vec<Route> {
    let mut routes = Vec::new();
    let mut kinds: Vec<RouteKind> =
        plan.endpoints.iter().map(|endpoint| endpoint.route_kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let bucket = payload::shared_bucket(kind);
        let one = match kind {
            RouteKind::Named => {
                let named = plan.endpoints.iter().filter(|endpoint| endpoint.route_kind == kind);
                routes.extend(named.map(|endpoint| {
                    json!({ "endpoint": endpoint.name, "bucket": payload::bucket(&endpoint.name) })
                }));
                continue;
            }
            RouteKind::Newest => json!({ "endpoint": "newest-*", "bucket": bucket }),
            RouteKind::All => json!({ "endpoint": "all-*", "bucket": bucket, "to": "all" }),
            RouteKind::InKey => {
                json!({ "endpoint": "{endpoint}", "prefix": "in/{endpoint}/", "bucket": bucket })
            }
            RouteKind::SdkName | RouteKind::SdkModel => {
                json!({ "preset": "sagemaker-sdk", "bucket": bucket })
            }
        };
        if !routes.contains(&one) {
            routes.push(one);
        }
    }
    let policy = &plan.endpoints[0];
    for route in &mut routes {
        route["wake_to"] = json!(policy.wake_to);
        route["idle_minutes"] = json!(policy.idle_minutes);
        route["job_minutes"] = json!(policy.job_minutes);
    }
    routes_from_json(&Value::from(routes).to_string()).unwrap()
}
