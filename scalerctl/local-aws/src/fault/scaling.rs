//! Settings of Application Auto Scaling: a policy that never acts, and a scheduled action of the owner.

use reactive_scaler::{config::Route, port::VariantId};
use simulator::{ActionPut, Metric, Statistic, TargetTracking, TrackedMetric, World};

use crate::initial_world::{FUNCTION, variants};

/// The policy, as on docs/local-aws.md.
const POLICY: &str = "backlog-per-instance";

/// The scheduled action.
const ACTION: &str = "office-hours";

/// Without the function, this is the policy that many people have: it has no datapoints at zero instances. The
/// function leaves zero in its place, so with it the policy has the dimension `VariantName` too, as on the metrics of
/// real-time endpoints. The backlog metrics do not have it, so the policy does not act at any capacity.
fn policy(world: &World, id: &VariantId) -> TargetTracking {
    let endpoint = [("EndpointName", id.endpoint.as_str())];
    let variant = world.function(FUNCTION).map(|_| ("VariantName", id.variant.as_str()));
    let (metric, endpoint) = Metric::with_dimensions(
        Metric::NAMESPACE,
        "ApproximateBacklogSizePerInstance",
        endpoint.into_iter().chain(variant),
    );
    let statistic = Statistic::Average;
    TargetTracking::on(5.0, TrackedMetric::Customized { metric, endpoint, statistic })
}

pub(super) fn put_policy(world: &mut World, routes: &[Route]) {
    for id in registered(world, routes) {
        let policy = policy(world, &id);
        // Only a target value that is not valid is refused.
        let _ = world.put_scaling_policy(&id, POLICY, policy);
    }
}

pub(super) fn has_policy(world: &World, routes: &[Route]) -> bool {
    registered(world, routes).iter().any(|id| world.scaling_policy(id, POLICY).is_some())
}

pub(super) fn put_schedule(world: &mut World, routes: &[Route]) {
    for id in registered(world, routes) {
        let put = ActionPut {
            name: ACTION.into(),
            schedule: Some("cron(0 8 ? * MON-FRI *)".into()),
            timezone: None,
            bounds: Some((Some(1), None)),
        };
        world.plant_action(&id, &put);
    }
}

pub(super) fn has_schedule(world: &World, routes: &[Route]) -> bool {
    registered(world, routes).iter().any(|id| world.action(id, ACTION).is_some())
}

/// The variants of the routes that are scalable targets.
fn registered(world: &World, routes: &[Route]) -> Vec<VariantId> {
    variants(routes).filter(|id| world.target(id).is_some()).collect()
}
