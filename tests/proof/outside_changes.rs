//! Changes of endpoints by people, deployments and AWS.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::{EndpointStatus, Suspended, VariantId};
use simulator::{ActionPut, Pace, Registration, Simulator, VariantState, World};

use crate::{
    plan::{EndpointPlan, EventKind, OutsideChange, Plan, START},
    state_history::{EndpointState, FOREIGN_ACTION},
};

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// Creates an endpoint, with its first variant.
pub fn create(world: &mut World, endpoint: &EndpointPlan, id: &VariantId, count: i32) {
    let created = world.now() - SignedDuration::from_mins(endpoint.age.cast_signed());
    let state = world.add_async_endpoint(&endpoint.name, &id.variant, count);
    state.pace = pace(endpoint);
    state.created_at = created;
    state.variants.iter_mut().for_each(|variant| variant.model = Some(endpoint.model.clone()));
}

/// Creates the endpoint, or adds the variant if the endpoint exists.
pub fn create_variant(world: &mut World, endpoint: &EndpointPlan, id: &VariantId, count: i32) {
    if world.endpoint(&endpoint.name).is_none() {
        return create(world, endpoint, id, count);
    }
    let variants = &mut world.endpoint_mut(&endpoint.name).variants;
    if variants.iter().all(|variant| variant.name != id.variant) {
        let mut variant = VariantState::new(&*id.variant, count);
        variant.model = Some(endpoint.model.clone());
        variants.push(variant);
    }
}

/// Makes the change, if it is possible. Returns whether it was.
pub fn apply(
    sim: &Simulator,
    plan: &Plan,
    ids: &[VariantId],
    endpoint: usize,
    change: OutsideChange,
) -> bool {
    let (id, of) = (&ids[endpoint], &plan.endpoints[endpoint]);
    sim.with(|world| {
        if world.endpoint(&of.name).is_none() {
            return false;
        }
        let registered = world.target(id).is_some();
        let now = world.now();
        match change {
            OutsideChange::Scale { to } => world.scale_by_person(id, to).is_ok(),
            OutsideChange::Suspend { scaling_in, scaling_out, scheduled, .. } if registered => {
                world.suspend(id, Suspended { scaling_in, scaling_out, scheduled });
                true
            }
            OutsideChange::Bounds { min, max, .. } if registered => {
                register(world, id, Some(min), Some(max))
            }
            OutsideChange::Deregister { .. } if registered => {
                world.deregister_target(id);
                true
            }
            OutsideChange::Recreate { .. } => {
                world.delete_endpoint(&of.name);
                true
            }
            OutsideChange::Deploy { minutes: n } => {
                world.begin_deployment(&of.name, minutes(n));
                true
            }
            OutsideChange::Maintain { minutes: n } => {
                world.begin_status(&of.name, EndpointStatus::SystemUpdating, minutes(n));
                true
            }
            OutsideChange::RollBack { minutes: n } => {
                world.begin_status(&of.name, EndpointStatus::RollingBack, minutes(n));
                true
            }
            OutsideChange::Degrade { minutes: n } => {
                world.begin_status(&of.name, EndpointStatus::UpdateRollbackFailed, minutes(n));
                true
            }
            OutsideChange::Quota { .. } => {
                world.set_quota(&of.name, Some(0));
                true
            }
            OutsideChange::Shortage { .. } => {
                world.set_capacity_shortage(&of.name, true);
                true
            }
            OutsideChange::AlarmLow { .. } if registered => {
                world.set_alarm_low(id, true);
                true
            }
            OutsideChange::LoseMetrics { minutes } => {
                let lasting = SignedDuration::from_mins(minutes.cast_signed());
                let calm = START.parse::<Timestamp>().unwrap();
                let calm = calm + Duration::from_millis(plan.calm_from);
                world.lose_metrics(now - SignedDuration::from_mins(2), (now + lasting).min(calm));
                true
            }
            OutsideChange::StickBacklog { value, .. } => {
                world.stick_backlog(&of.name, Some(f64::from(value)));
                true
            }
            OutsideChange::DelayMetrics { .. } => {
                world.settings.metric_lag = plan.settings.metric_lag + minutes(4);
                true
            }
            OutsideChange::ForeignAction { .. } if registered => {
                let put = ActionPut {
                    name: FOREIGN_ACTION.to_owned(),
                    schedule: Some("rate(1 day)".to_owned()),
                    timezone: None,
                    bounds: Some((Some(0), None)),
                };
                world.plant_action(id, &put);
                true
            }
            _ => false,
        }
    })
}

fn register(world: &mut World, id: &VariantId, min: Option<i32>, max: Option<i32>) -> bool {
    let registration = Registration { min, max, ..Registration::default() };
    world.register_scalable_target(id, registration).is_ok()
}

/// Reverts the change after its time. Returns the name of the fault, if the reversal is a fault
/// itself.
pub fn undo(
    sim: &Simulator,
    plan: &Plan,
    ids: &[VariantId],
    endpoint: usize,
    change: OutsideChange,
) -> Option<&'static str> {
    let (id, of) = (&ids[endpoint], &plan.endpoints[endpoint]);
    sim.with(|world| {
        if let OutsideChange::Recreate { minutes } = change {
            if world.endpoint(&of.name).is_none() {
                for (id, of) in ids
                    .iter()
                    .zip(&plan.endpoints)
                    .filter(|(other, _)| other.endpoint == id.endpoint)
                {
                    create_variant(world, of, id, i32::from(minutes % 2 == 0));
                    if of.registered && world.target(id).is_none() {
                        world.register_target(id, 0, of.max);
                    }
                }
                // In this status, DescribeEndpoint returns no capacity and the endpoint accepts no
                // requests.
                world.begin_status(&of.name, EndpointStatus::Creating, self::minutes(minutes));
                return Some("person: re-creates the endpoint");
            }
            return None;
        }
        world.endpoint(&of.name)?;
        let registered = world.target(id).is_some();
        match change {
            OutsideChange::Suspend { .. } if registered => {
                world.suspend(id, Suspended::default());
                return Some("person: resumes scaling");
            }
            OutsideChange::Bounds { min, .. } if registered => {
                register(world, id, (min > 0).then_some(0), Some(of.max));
            }
            OutsideChange::Deregister { .. } if !registered => {
                return register(world, id, Some(0), Some(of.max))
                    .then_some("person: re-creates the scalable target");
            }
            OutsideChange::Quota { .. } => world.set_quota(&of.name, None),
            OutsideChange::Shortage { .. } => world.set_capacity_shortage(&of.name, false),
            OutsideChange::AlarmLow { .. } if registered => world.set_alarm_low(id, false),
            OutsideChange::StickBacklog { .. } => world.stick_backlog(&of.name, None),
            OutsideChange::DelayMetrics { .. } => {
                world.settings.metric_lag = plan.settings.metric_lag
            }
            OutsideChange::ForeignAction { .. } => world.remove_action(id, FOREIGN_ACTION),
            _ => {}
        }
        None
    })
}

/// How many minutes the change lasts. `None` if nothing must be reverted.
pub fn lasting(change: OutsideChange) -> Option<u64> {
    match change {
        OutsideChange::Suspend { minutes, .. }
        | OutsideChange::Bounds { minutes, .. }
        | OutsideChange::Deregister { minutes }
        | OutsideChange::Recreate { minutes }
        | OutsideChange::Quota { minutes }
        | OutsideChange::Shortage { minutes }
        | OutsideChange::AlarmLow { minutes }
        | OutsideChange::StickBacklog { minutes, .. }
        | OutsideChange::DelayMetrics { minutes }
        | OutsideChange::ForeignAction { minutes } => Some(minutes),
        _ => None,
    }
}

/// Ends all disruptions: every endpoint exists, is registered, and can scale.
pub fn calm(sim: &Simulator, plan: &Plan, ids: &[VariantId]) {
    sim.with(|world| {
        world.settings.metric_lag = plan.settings.metric_lag;
        for (id, of) in ids.iter().zip(&plan.endpoints) {
            create_variant(world, of, id, 0);
            let status = world.endpoint(&of.name).map(|found| found.status);
            if status != Some(EndpointStatus::InService) && status != Some(EndpointStatus::Updating)
            {
                world.set_status(&of.name, EndpointStatus::InService);
            }
            world.set_quota(&of.name, None);
            world.set_capacity_shortage(&of.name, false);
            world.stick_backlog(&of.name, None);
            world.remove_action(id, FOREIGN_ACTION);
            match world.target(id) {
                None => world.register_target(id, 0, of.max),
                Some(standing) => {
                    world.set_alarm_low(id, false);
                    world.suspend(id, Suspended::default());
                    // A record whose R has passed does not count, listed or not. A floor that only
                    // the function can have set remains, because the function must remove it.
                    let person = plan.events.iter().any(|event| {
                        let change = match event.kind {
                            EventKind::OutsideChange { endpoint, change } => {
                                (ids[endpoint] == *id).then_some(change)
                            }
                            _ => None,
                        };
                        matches!(change, Some(OutsideChange::Bounds { min: 1.., .. }))
                    });
                    let recorded = EndpointState::of(world, id).records(id, world.now()).exist();
                    let ours = standing.min == 1 && (recorded || !person);
                    world.set_bounds(id, i32::from(ours), of.max);
                }
            }
        }
    });
}

/// The name in the table of faults.
pub fn name(change: OutsideChange) -> &'static str {
    match change {
        OutsideChange::Scale { .. } => "person: scales by hand",
        OutsideChange::Suspend { .. } => "person: suspends scaling",
        OutsideChange::Bounds { .. } => "person: changes the bounds",
        OutsideChange::Deregister { .. } => "person: deletes the scalable target",
        OutsideChange::Recreate { .. } => "person: deletes the endpoint",
        OutsideChange::Deploy { .. } => "deployment",
        OutsideChange::Maintain { .. } => "SystemUpdating",
        OutsideChange::RollBack { .. } => "RollingBack",
        OutsideChange::Degrade { .. } => "UpdateRollbackFailed",
        OutsideChange::Quota { .. } => "quota exhausted",
        OutsideChange::Shortage { .. } => "no capacity to be had",
        OutsideChange::AlarmLow { .. } => "alarm-low stuck in ALARM",
        OutsideChange::LoseMetrics { .. } => "metrics missing",
        OutsideChange::StickBacklog { .. } => "metric stuck",
        OutsideChange::DelayMetrics { .. } => "metrics late",
        OutsideChange::ForeignAction { .. } => "person: a scheduled action of their own",
    }
}

/// Sets the pace of the endpoint as planned.
fn pace(endpoint: &EndpointPlan) -> Pace {
    Pace {
        provisioning: endpoint.provisioning,
        scale_in: endpoint.scale_in,
        concurrency: endpoint.concurrency,
        ..Pace::default()
    }
}
