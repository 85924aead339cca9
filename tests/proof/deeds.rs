//! What people, deployments and AWS do to endpoints beside the function.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::{EndpointStatus, Suspended, VariantId};
use simulator::{ActionPut, Pace, Registration, Simulator, World};

use crate::{
    past::{FOREIGN_ACTION, Stand},
    plan::{Deed, EndpointPlan, Plan, What},
    play,
};

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

pub fn create(world: &mut World, endpoint: &EndpointPlan, id: &VariantId, count: i32) {
    let created = world.now() - SignedDuration::from_mins(endpoint.age.cast_signed());
    let state = world.add_async_endpoint(&endpoint.name, &id.variant, count);
    state.pace = pace(endpoint);
    state.created_at = created;
}

/// Does it where that is possible; tells whether it was.
pub fn apply(sim: &Simulator, plan: &Plan, ids: &[VariantId], endpoint: usize, deed: Deed) -> bool {
    let (id, of) = (&ids[endpoint], &plan.endpoints[endpoint]);
    sim.with(|world| {
        if world.endpoint(&of.name).is_none() {
            return false;
        }
        let registered = world.target(id).is_some();
        let now = world.now();
        match deed {
            Deed::Scale { to } => world.scale_by_person(id, to).is_ok(),
            Deed::Suspend { scaling_in, scaling_out, scheduled, .. } if registered => {
                world.suspend(id, Suspended { scaling_in, scaling_out, scheduled });
                true
            }
            Deed::Bounds { min, max, .. } if registered => {
                register(world, id, Some(min), Some(max))
            }
            Deed::Deregister { .. } if registered => {
                world.deregister_target(id);
                true
            }
            Deed::Recreate { .. } => {
                world.delete_endpoint(&of.name);
                true
            }
            Deed::Deploy { minutes: n } => {
                world.begin_deployment(&of.name, minutes(n));
                true
            }
            Deed::Maintain { minutes: n } => {
                world.begin_status(&of.name, EndpointStatus::SystemUpdating, minutes(n));
                true
            }
            Deed::RollBack { minutes: n } => {
                world.begin_status(&of.name, EndpointStatus::RollingBack, minutes(n));
                true
            }
            Deed::Degrade { minutes: n } => {
                world.begin_status(&of.name, EndpointStatus::UpdateRollbackFailed, minutes(n));
                true
            }
            Deed::Quota { .. } => {
                world.set_quota(&of.name, Some(0));
                true
            }
            Deed::Shortage { .. } => {
                world.set_capacity_shortage(&of.name, true);
                true
            }
            Deed::AlarmLow { .. } if registered => {
                world.set_alarm_low(id, true);
                true
            }
            Deed::LoseMetrics { minutes } => {
                let lasting = SignedDuration::from_mins(minutes.cast_signed());
                let calm = play::START.parse::<Timestamp>().unwrap();
                let calm = calm + Duration::from_millis(plan.calm_from);
                world.lose_metrics(now - SignedDuration::from_mins(2), (now + lasting).min(calm));
                true
            }
            Deed::StickBacklog { value, .. } => {
                world.stick_backlog(&of.name, Some(f64::from(value)));
                true
            }
            Deed::DelayMetrics { .. } => {
                world.settings.metric_lag = plan.settings.metric_lag + minutes(4);
                true
            }
            Deed::ForeignAction { .. } if registered => {
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

/// After its time, puts back what it changed. Its line in the table of faults, where to put it back
/// is one of its own.
pub fn undo(
    sim: &Simulator,
    plan: &Plan,
    ids: &[VariantId],
    endpoint: usize,
    deed: Deed,
) -> Option<&'static str> {
    let (id, of) = (&ids[endpoint], &plan.endpoints[endpoint]);
    sim.with(|world| {
        if let Deed::Recreate { minutes } = deed {
            if world.endpoint(&of.name).is_none() {
                create(world, of, id, i32::from(minutes % 2 == 0));
                if of.registered && world.target(id).is_none() {
                    world.register_target(id, 0, of.max);
                }
                // It tells no capacity yet, and takes no requests.
                world.begin_status(&of.name, EndpointStatus::Creating, self::minutes(minutes));
                return Some("person: re-creates the endpoint");
            }
            return None;
        }
        world.endpoint(&of.name)?;
        let registered = world.target(id).is_some();
        match deed {
            Deed::Suspend { .. } if registered => {
                world.suspend(id, Suspended::default());
                return Some("person: resumes scaling");
            }
            Deed::Bounds { min, .. } if registered => {
                register(world, id, (min > 0).then_some(0), Some(of.max));
            }
            Deed::Deregister { .. } if !registered => {
                return register(world, id, Some(0), Some(of.max))
                    .then_some("person: re-creates the scalable target");
            }
            Deed::Quota { .. } => world.set_quota(&of.name, None),
            Deed::Shortage { .. } => world.set_capacity_shortage(&of.name, false),
            Deed::AlarmLow { .. } if registered => world.set_alarm_low(id, false),
            Deed::StickBacklog { .. } => world.stick_backlog(&of.name, None),
            Deed::DelayMetrics { .. } => world.settings.metric_lag = plan.settings.metric_lag,
            Deed::ForeignAction { .. } => world.remove_action(id, FOREIGN_ACTION),
            _ => {}
        }
        None
    })
}

/// How long it lasts, where something is to be put back.
pub fn lasting(deed: Deed) -> Option<u64> {
    match deed {
        Deed::Suspend { minutes, .. }
        | Deed::Bounds { minutes, .. }
        | Deed::Deregister { minutes }
        | Deed::Recreate { minutes }
        | Deed::Quota { minutes }
        | Deed::Shortage { minutes }
        | Deed::AlarmLow { minutes }
        | Deed::StickBacklog { minutes, .. }
        | Deed::DelayMetrics { minutes }
        | Deed::ForeignAction { minutes } => Some(minutes),
        _ => None,
    }
}

/// The end of all troubles: every endpoint is there, registered, allowed and able to scale.
pub fn calm(sim: &Simulator, plan: &Plan, ids: &[VariantId]) {
    sim.with(|world| {
        world.settings.metric_lag = plan.settings.metric_lag;
        for (id, of) in ids.iter().zip(&plan.endpoints) {
            if world.endpoint(&of.name).is_none() {
                create(world, of, id, 0);
            }
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
                    // A record whose R has passed counts as none, listed or not. A floor that nobody
                    // else can have set is not taken away: that is the function's to do.
                    let person = plan.happenings.iter().any(|happening| {
                        matches!(happening.what, What::Deed { endpoint, deed: Deed::Bounds { min: 1.., .. } }
                            if ids[endpoint] == *id)
                    });
                    let recorded = Stand::of(world, id).records(id, world.now()).stand();
                    let ours = standing.min == 1 && (recorded || !person);
                    world.set_bounds(id, i32::from(ours), of.max);
                }
            }
        }
    });
}

/// Its line in the table of faults.
pub fn name(deed: Deed) -> &'static str {
    match deed {
        Deed::Scale { .. } => "person: scales by hand",
        Deed::Suspend { .. } => "person: suspends scaling",
        Deed::Bounds { .. } => "person: changes the bounds",
        Deed::Deregister { .. } => "person: deletes the scalable target",
        Deed::Recreate { .. } => "person: deletes the endpoint",
        Deed::Deploy { .. } => "deployment",
        Deed::Maintain { .. } => "SystemUpdating",
        Deed::RollBack { .. } => "RollingBack",
        Deed::Degrade { .. } => "UpdateRollbackFailed",
        Deed::Quota { .. } => "quota exhausted",
        Deed::Shortage { .. } => "no capacity to be had",
        Deed::AlarmLow { .. } => "alarm-low stuck in ALARM",
        Deed::LoseMetrics { .. } => "metrics missing",
        Deed::StickBacklog { .. } => "metric stuck",
        Deed::DelayMetrics { .. } => "metrics late",
        Deed::ForeignAction { .. } => "person: a scheduled action of their own",
    }
}

/// Keeps the model's pace in the world's plan.
fn pace(endpoint: &EndpointPlan) -> Pace {
    Pace {
        provisioning: endpoint.provisioning,
        scale_in: endpoint.scale_in,
        concurrency: endpoint.concurrency,
        ..Pace::default()
    }
}
