//! A healthy account, and functions that change it.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use simulator::{
    AdjustmentType, AlarmAction, AlarmSpec, Bucket, Comparison, CustomMetric, InvocationSchedule,
    LambdaFunction, MetricName, Registration, Simulator, Statistic, StepAdjustment, StepScaling,
    TargetTracking, World,
};

pub const ENDPOINT: &str = "my-endpoint";
pub const FUNCTION: &str = "my-scaler";
pub const POLICY: &str = "backlog-per-instance";
pub const QUEUE: &str = "my-dead-letters";
pub const BEGIN: &str = "2030-01-07T09:00:00Z";
pub const ROUTES: &str =
    r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/","suffix":".json"}]"#;

pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, "AllTraffic")
}

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// A healthy account: an endpoint at zero that is registered, has a scaling policy, and is covered by the function.
pub fn healthy() -> Simulator {
    let begin: Timestamp = BEGIN.parse().unwrap();
    let sim = Simulator::new(begin);
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, "AllTraffic", 0);
        world.register_target(&id(), 0, 4);
        world.put_scaling_policy(&id(), POLICY, tracking()).unwrap();
        world.put_bucket("my-inputs", Bucket { event_bridge: true, ..Bucket::default() });
        world.put_function(function(&[("SCALER_ROUTES", ROUTES), ("SCALER_MODE", "act")]));
        put_tick(world, FUNCTION);
    });
    sim
}

/// The healthy account with this change.
pub fn but(change: impl FnOnce(&mut World)) -> Simulator {
    let sim = healthy();
    sim.with(change);
    sim
}

/// The healthy account without the function, with this change.
pub fn without_function(change: impl FnOnce(&mut World)) -> Simulator {
    let sim = Simulator::new(BEGIN.parse().unwrap());
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, "AllTraffic", 0);
        world.register_target(&id(), 0, 4);
        world.put_scaling_policy(&id(), POLICY, tracking()).unwrap();
        change(world);
    });
    sim
}

/// The schedule of a function, as the template creates it: for an alias.
pub fn put_tick(world: &mut World, function: &str) {
    let alias = format!("{}:tick", world.function_arn(function));
    world.put_invocation_schedule(InvocationSchedule::tick(format!("{function}-Tick"), alias));
}

/// The function with these variables, and with an on-failure queue.
pub fn function(variables: &[(&str, &str)]) -> LambdaFunction {
    LambdaFunction::new(FUNCTION, variables.iter().copied())
        .with_on_failure(format!("arn:aws:sqs:eu-central-1:123456789012:{QUEUE}"))
}

/// The function with these routes.
pub fn routed(routes: &str) -> LambdaFunction {
    function(&[("SCALER_ROUTES", routes), ("SCALER_MODE", "act")])
}

/// The template's policy.
pub fn tracking() -> TargetTracking {
    tracking_on(MetricName::BacklogSizePerInstance, Statistic::Average)
}

pub fn tracking_on(metric: MetricName, statistic: Statistic) -> TargetTracking {
    TargetTracking::new(5.0, metric, ENDPOINT, statistic)
}

/// Step scaling that adds or removes this many instances, triggered by this alarm.
pub fn put_steps(world: &mut World, policy: &str, by: i32, alarm: AlarmSpec) {
    let step = match by {
        1.. => StepAdjustment::new(Some(0.0), None, by),
        _ => StepAdjustment::new(None, Some(0.0), by),
    };
    let steps = StepScaling::new(AdjustmentType::ChangeInCapacity, vec![step]);
    world.put_scaling_policy(&id(), policy, steps).unwrap();
    let action = AlarmAction::Policy { id: id(), policy: policy.to_owned() };
    world.put_alarm(AlarmSpec { alarm_actions: vec![action], ..alarm }).unwrap();
}

/// The sample of AWS for scaling out from zero.
pub fn put_wake_by_steps(world: &mut World) {
    let alarm = AlarmSpec::new(
        "has-backlog-without-capacity",
        MetricName::HasBacklogWithoutCapacity,
        ENDPOINT,
        Comparison::GreaterOrEqual,
        1.0,
    );
    put_steps(world, "wake-by-steps", 1, AlarmSpec { evaluation_periods: 2, ..alarm });
}

/// An alarm for scaling in while the backlog is below 1.
pub fn idle_alarm(evaluation_periods: u32) -> AlarmSpec {
    let alarm = AlarmSpec::new("idle", MetricName::BacklogSize, ENDPOINT, Comparison::Less, 1.0);
    AlarmSpec { evaluation_periods, ..alarm }
}

/// The alarms of the policy: the high alarm and the low alarm.
pub fn alarms(world: &World) -> [String; 2] {
    let policy = world.scaling_policy(&id(), POLICY).unwrap();
    world.alarms_of(policy).try_into().unwrap()
}

/// Edits one of these alarms.
pub fn edit(world: &mut World, which: usize, by: impl FnOnce(&mut AlarmSpec)) {
    let name = &alarms(world)[which];
    let mut spec = world.alarm(name).unwrap().spec.clone();
    by(&mut spec);
    world.put_alarm(spec).unwrap();
}

/// Raises MinCapacity and lowers it again, so that Application Auto Scaling requests an instance.
pub fn request_one(sim: &Simulator, then: Duration) {
    let one = Registration { min: Some(1), ..Registration::default() };
    sim.with(|world| world.register_scalable_target(&id(), one).unwrap());
    sim.advance(then);
    sim.with(|world| world.set_bounds(&id(), 0, 4));
}

/// Adds a datapoint of another service's metric, an hour ago.
pub fn put(
    world: &mut World,
    namespace: &str,
    name: &str,
    dimensions: &[(&str, &str)],
    value: f64,
) {
    let at = world.now() - minutes(60);
    let dimensions = dimensions.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let metric = CustomMetric {
        namespace: namespace.into(),
        name: name.into(),
        dimensions: dimensions.collect(),
    };
    world.put_metric(metric, at, value);
}
