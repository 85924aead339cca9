//! Policies and alarms in the form that the simulator evaluates.

use std::time::Duration;

use aws_sdk_applicationautoscaling::types::{
    MetricDimension, ScalingPolicy, StepScalingPolicyConfiguration,
    TargetTrackingScalingPolicyConfiguration,
};
use aws_sdk_cloudwatch::types::MetricAlarm;
use simulator::{
    AdjustmentType, AlarmAction, AlarmSpec, Comparison, Metric, PolicyKind, Statistic,
    StepAdjustment, StepScaling, TargetTracking, TrackedMetric, TreatMissing,
};

/// A policy. `None` if the simulator cannot evaluate it, such as metric math or predictive scaling.
pub fn policy(policy: &ScalingPolicy) -> Option<PolicyKind> {
    let tracking = policy.target_tracking_scaling_policy_configuration();
    match (tracking, policy.step_scaling_policy_configuration()) {
        (Some(it), _) => tracking_of(it).map(PolicyKind::from),
        (None, Some(it)) => steps_of(it).map(PolicyKind::from),
        (None, None) => None,
    }
}

/// An alarm. `None` if the simulator cannot evaluate it, such as metric math or a percentile.
pub fn alarm(alarm: &MetricAlarm) -> Option<AlarmSpec> {
    let dimensions = alarm.dimensions().iter();
    let dimensions = dimensions.filter_map(|it| Some((it.name()?, it.value()?)));
    let (metric, endpoint) =
        Metric::with_dimensions(alarm.namespace()?, alarm.metric_name()?, dimensions);
    let seconds = |number: Option<i32>| u64::try_from(number?).ok().map(Duration::from_secs);
    let count = |number: Option<i32>| u32::try_from(number?).ok();
    let actions =
        |arns: &[String]| arns.iter().map(|arn| AlarmAction::from_arn(arn)).collect::<Vec<_>>();
    Some(AlarmSpec {
        name: alarm.alarm_name()?.to_owned(),
        description: alarm.alarm_description().map(str::to_owned),
        metric,
        endpoint,
        unit: alarm.unit().map(|unit| unit.as_str().to_owned()),
        statistic: Statistic::from_api(alarm.statistic()?.as_str())?,
        period: seconds(alarm.period())?,
        evaluation_periods: count(alarm.evaluation_periods())?,
        datapoints_to_alarm: count(alarm.datapoints_to_alarm()),
        threshold: alarm.threshold()?,
        comparison: Comparison::from_api(alarm.comparison_operator()?.as_str())?,
        treat_missing: match alarm.treat_missing_data() {
            Some(treated) => TreatMissing::from_api(treated)?,
            None => TreatMissing::Missing,
        },
        actions_enabled: alarm.actions_enabled().unwrap_or(true),
        alarm_actions: actions(alarm.alarm_actions()),
        ok_actions: actions(alarm.ok_actions()),
        insufficient_data_actions: actions(alarm.insufficient_data_actions()),
    })
}

fn tracking_of(tracking: &TargetTrackingScalingPolicyConfiguration) -> Option<TargetTracking> {
    let custom = tracking.customized_metric_specification();
    let metric = match (custom, tracking.predefined_metric_specification()) {
        (Some(custom), _) => {
            let dimensions = custom.dimensions().iter().map(dimension);
            let (metric, endpoint) =
                Metric::with_dimensions(custom.namespace()?, custom.metric_name()?, dimensions);
            let statistic = Statistic::from_api(custom.statistic()?.as_str())?;
            TrackedMetric::Customized { metric, endpoint, statistic }
        }
        (None, Some(predefined)) => {
            TrackedMetric::Predefined(predefined.predefined_metric_type().as_str().to_owned())
        }
        (None, None) => return None,
    };
    Some(TargetTracking {
        disable_scale_in: tracking.disable_scale_in() == Some(true),
        ..TargetTracking::on(tracking.target_value(), metric)
    })
}

fn dimension(dimension: &MetricDimension) -> (&str, &str) {
    (dimension.name(), dimension.value())
}

fn steps_of(steps: &StepScalingPolicyConfiguration) -> Option<StepScaling> {
    let step = |step: &aws_sdk_applicationautoscaling::types::StepAdjustment| StepAdjustment {
        lower: step.metric_interval_lower_bound(),
        upper: step.metric_interval_upper_bound(),
        adjustment: step.scaling_adjustment(),
    };
    let aggregation = steps.metric_aggregation_type().map_or("Average", |it| it.as_str());
    Some(StepScaling {
        min_adjustment: steps.min_adjustment_magnitude(),
        aggregation: Statistic::from_api(aggregation)?,
        ..StepScaling::new(
            AdjustmentType::from_api(steps.adjustment_type()?.as_str())?,
            steps.step_adjustments().iter().map(step).collect(),
        )
    })
}
