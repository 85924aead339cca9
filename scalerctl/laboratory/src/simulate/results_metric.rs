//! A policy that scales in on a metric of results, as the public repository
//! [EVERYTHING-studios/infra-aws](https://github.com/EVERYTHING-studios/infra-aws) does
//! (`modules/generate-inference/sagemaker-region/main.tf`).
//!
//! A Lambda function puts `EndpointIdle` each minute: 0 while a request has no result, 1 otherwise.
//! Three of three datapoints of 1 remove an instance. `HasBacklogWithoutCapacity`, 2 of 2, adds one
//! at zero.
//!
//! Two assumptions. The model has no such Lambda function, so the metric is put at the end of each
//! minute. The repository's step for scaling in ends at the threshold, and the value is equal to
//! it: by the Application Auto Scaling User Guide such a step begins there, so the model has it so.
//! The published runs show that AWS scales in.

use std::time::Duration;

use simulator::{
    AdjustmentType, AlarmSpec, Comparison, CustomMetric, Metric, Statistic, StepAdjustment,
    StepScaling, TreatMissing, World,
};

use super::endpoint::ENDPOINT;

const NAMESPACE: &str = "EverythingStudios/SageMaker";
const NAME: &str = "EndpointIdle";

/// Name of the policy that scales in.
pub const SCALE_IN: &str = "scale-in";

/// The step scaling policy that scales in.
pub fn scale_in() -> StepScaling {
    let steps = vec![StepAdjustment::new(Some(0.0), None, -1)];
    StepScaling {
        cooldown: Duration::from_secs(180),
        ..StepScaling::new(AdjustmentType::ChangeInCapacity, steps)
    }
}

/// Its alarm, without an action.
pub fn idle_alarm() -> AlarmSpec {
    let metric = Metric::named(NAMESPACE, NAME, true);
    AlarmSpec {
        statistic: Statistic::Maximum,
        evaluation_periods: 3,
        treat_missing: TreatMissing::Breaching,
        ..AlarmSpec::new(
            "idle: each request has a result",
            metric,
            ENDPOINT,
            Comparison::GreaterOrEqual,
            1.0,
        )
    }
}

/// Puts the metric.
pub fn publish(world: &mut World) {
    let idle = if world.backlog(ENDPOINT) == 0 { 1.0 } else { 0.0 };
    let metric = CustomMetric::new(NAMESPACE, NAME, ("EndpointName", ENDPOINT));
    let now = world.now();
    world.put_metric(metric, now, idle);
}
