//! A plan's world before anything has happened.

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
use simulator::{Settings, Simulator};

use super::{Item, Player, START, Slot, clock::Clock};
use crate::{
    broken::Break,
    deeds,
    desk::Desk,
    history::History,
    past::Past,
    payload,
    plan::{At, EndpointPlan, Family, MINUTE, Plan, Reach},
};

impl<'a> Player<'a> {
    pub(super) fn new(plan: &'a Plan, what_is_broken: Break) -> Self {
        let start: Timestamp = START.parse().unwrap();
        let assumed = plan.settings.clone();
        let settings = Settings {
            metric_lag: assumed.metric_lag,
            publishing: assumed.publishing,
            past_schedule: assumed.past_schedule,
            keep_past_actions: assumed.keep_past_actions,
            schedule_lateness: assumed.schedule_lateness,
            update_accepted_when_degraded: assumed.update_accepted_when_degraded,
            deregister_on_delete: assumed.deregister_on_delete,
            page_size: assumed.page_size,
            ..Settings::default()
        };
        // Some time before, so that metrics have a past.
        let sim = Simulator::with_settings(start - SignedDuration::from_mins(20), settings);
        let ids: Vec<VariantId> = plan
            .endpoints
            .iter()
            .map(|endpoint| VariantId::new(&endpoint.name, endpoint.variant))
            .collect();
        sim.with(|world| {
            for (endpoint, id) in plan.endpoints.iter().zip(&ids) {
                deeds::create(world, endpoint, id, endpoint.starts_with);
                if endpoint.registered {
                    world.register_target(id, 0, endpoint.max);
                }
            }
            world.advance_to(start);
        });
        let routes = match plan.family {
            Family::Small => routes(plan),
            Family::Fleet => fleet_routes(plan),
        };
        let past = Past::new(ids.clone());
        let slots = plan
            .skews
            .iter()
            .map(|ahead| Slot {
                generation: 0,
                ahead: *ahead,
                desk: Desk::default(),
                broken: None,
                scaler: None,
                flight: None,
            })
            .collect();
        let after = |at: At| start + Duration::from_millis(at);
        let mut player = Self {
            plan,
            what_is_broken,
            past,
            config: Config { routes, mode: Mode::Act },
            agenda: BTreeMap::new(),
            order: 0,
            now: 0,
            start,
            slots,
            active: Vec::new(),
            stale: None,
            kill_next: None,
            freeze_next: None,
            latency: None,
            asked: Vec::new(),
            limited_until: 0,
            armed: Vec::new(),
            slow_until: 0,
            ticks_missing_until: 0,
            told: sim.with(|world| world.journal.entries().len()),
            noted: 0,
            alarmed: vec![false; ids.len()],
            history: History {
                start,
                ids,
                invocations: Vec::new(),
                moments: Vec::new(),
                deeds: Vec::new(),
                events: Vec::new(),
                jobs: Vec::new(),
                calm_from: after(plan.calm_from),
                ends: after(plan.ends),
                faults: BTreeMap::new(),
            },
            sim,
            clock: Clock::new(),
            instant: false,
            cold: what_is_broken == Break::NothingRemembered,
            at_once: VecDeque::new(),
            twice: false,
        };
        for (place, happening) in plan.happenings.iter().enumerate() {
            player.at(happening.at, Item::Happening(place));
        }
        for minute in 0..plan.ends / MINUTE {
            player.at(minute * MINUTE, Item::Minute);
            player.at(minute * MINUTE + plan.tick_after, Item::Tick(minute));
        }
        player.at(plan.calm_from, Item::Calm);
        if plan.skews.iter().any(|ahead| *ahead != 0) {
            player.count("clock off");
        }
        player
    }
}

/// Each endpoint is woken by inputs in its own bucket.
fn routes(plan: &Plan) -> Vec<Route> {
    let route = |endpoint: &EndpointPlan| {
        let mut route = json!({
            "endpoint": endpoint.name,
            "bucket": payload::bucket(&endpoint.name),
            "wake_to": endpoint.wake_to,
            "idle_minutes": endpoint.idle_minutes,
        });
        if let Some(each) = endpoint.inputs_per_instance {
            route["inputs_per_instance"] = json!(each);
        }
        route
    };
    let routes: Value = plan.endpoints.iter().map(route).collect();
    routes_from_json(&routes.to_string()).unwrap()
}

/// One route of each kind that the world's endpoints need; those by name for each of them. All have the
/// same policy, so that it does not matter which of several routes covers an endpoint.
fn fleet_routes(plan: &Plan) -> Vec<Route> {
    let mut routes = Vec::new();
    let mut kinds: Vec<Reach> = plan.endpoints.iter().map(|endpoint| endpoint.reach).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let bucket = payload::shared_bucket(kind);
        let one = match kind {
            Reach::Named => {
                let named = plan.endpoints.iter().filter(|endpoint| endpoint.reach == kind);
                routes.extend(named.map(|endpoint| {
                    json!({ "endpoint": endpoint.name, "bucket": payload::bucket(&endpoint.name) })
                }));
                continue;
            }
            Reach::Newest => json!({ "endpoint": "newest-*", "bucket": bucket }),
            Reach::All => json!({ "endpoint": "all-*", "bucket": bucket, "to": "all" }),
            Reach::InKey => {
                json!({ "endpoint": "{endpoint}", "prefix": "in/{endpoint}/", "bucket": bucket })
            }
            Reach::SdkName | Reach::SdkModel => {
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
    }
    routes_from_json(&Value::from(routes).to_string()).unwrap()
}
