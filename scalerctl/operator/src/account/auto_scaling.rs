//! Application Auto Scaling: policies and activities of a variant.

use aws_config::SdkConfig;
use aws_sdk_applicationautoscaling::{
    Client,
    primitives::DateTime,
    types::{
        MetricDimension, ScalableDimension, ScalableTarget as Target, ScalingPolicy,
        ServiceNamespace, StepScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration,
    },
};
use jiff::Timestamp;
use reactive_scaler::port::{ScalableTarget, ScheduledAction, Suspended, VariantId};

use super::{
    call_error::{CallError, CallResult},
    scaling_model,
    watched_metric::WatchedMetric,
};

/// Number of activities that are read. The newest ones are read.
const ACTIVITIES: i32 = 50;

/// The client.
#[derive(Debug)]
pub struct AutoScaling(Client);

/// A scaling policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Its scalable target.
    pub id: VariantId,
    /// `PolicyARN`.
    pub arn: String,
    /// `PolicyName`.
    pub name: String,
    /// What it does.
    pub kind: PolicyKind,
    /// The policy in the form that the simulator evaluates. `None`: the simulator cannot evaluate it.
    pub model: Option<simulator::PolicyKind>,
    /// The names of its alarms.
    pub alarms: Vec<String>,
}

/// `PolicyType`, with its configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum PolicyKind {
    /// `TargetTrackingScaling`.
    TargetTracking(Tracking),
    /// `StepScaling`.
    StepScaling(Steps),
    /// Another type, such as `PredictiveScaling`.
    Other,
}

/// `TargetTrackingScalingPolicyConfiguration`.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracking {
    /// `TargetValue`.
    pub target: f64,
    /// The metric.
    pub metric: Tracked,
    /// `ScaleOutCooldown` and `ScaleInCooldown`, in seconds. `None` if they are not set.
    pub cooldowns: [Option<i32>; 2],
    /// Whether it scales in (`DisableScaleIn` is not set).
    pub scales_in: bool,
}

/// The metric of target tracking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tracked {
    /// `CustomizedMetricSpecification` of one metric.
    Metric(WatchedMetric),
    /// `PredefinedMetricType`.
    Predefined(String),
    /// Metric math.
    Math,
}

/// `StepScalingPolicyConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// `AdjustmentType`.
    pub adjustment: String,
    /// `ScalingAdjustment` of each step.
    pub steps: Vec<i32>,
    /// `Cooldown`, in seconds. `None` if it is not set.
    pub cooldown: Option<i32>,
}

/// A scaling activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its scalable target.
    pub id: VariantId,
    /// `Description`.
    pub description: String,
    /// `Cause`.
    pub cause: String,
    /// `StatusCode`.
    pub status: String,
    /// `StatusMessage`.
    pub message: String,
    /// `StartTime`.
    pub began_at: Timestamp,
    /// `EndTime`.
    pub ended_at: Option<Timestamp>,
}

impl Activity {
    /// The instance count in its description.
    pub fn count(&self) -> Option<i32> {
        let (_, count) = self.description.rsplit_once(' ')?;
        count.trim_end_matches('.').parse().ok()
    }
}

impl AutoScaling {
    /// With the shared configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// DescribeScalableTargets, of these variants.
    pub async fn targets(&self, ids: &[VariantId]) -> CallResult<Vec<ScalableTarget>> {
        let mut pages = self
            .0
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Sagemaker)
            .scalable_dimension(ScalableDimension::SageMakerVariantDesiredInstanceCount)
            .set_resource_ids(Some(ids.iter().map(VariantId::resource_id).collect()))
            .into_paginator()
            .items()
            .send();
        let mut targets = Vec::new();
        while let Some(target) = pages.next().await {
            let target = target.map_err(|error| {
                CallError::of("application-autoscaling:DescribeScalableTargets", "*", &error)
            })?;
            targets.extend(target_of(&target));
        }
        Ok(targets)
    }

    /// DescribeScalingPolicies, of one variant.
    pub async fn policies(&self, id: &VariantId) -> CallResult<Vec<Policy>> {
        let mut pages = self
            .0
            .describe_scaling_policies()
            .service_namespace(ServiceNamespace::Sagemaker)
            .resource_id(id.resource_id())
            .into_paginator()
            .items()
            .send();
        let mut policies = Vec::new();
        while let Some(policy) = pages.next().await {
            let policy = policy.map_err(|error| {
                CallError::of("application-autoscaling:DescribeScalingPolicies", "*", &error)
            })?;
            policies.push(policy_of(id, &policy));
        }
        Ok(policies)
    }

    /// DescribeScheduledActions, of one variant.
    pub async fn actions(&self, id: &VariantId) -> CallResult<Vec<ScheduledAction>> {
        let mut pages = self
            .0
            .describe_scheduled_actions()
            .service_namespace(ServiceNamespace::Sagemaker)
            .resource_id(id.resource_id())
            .into_paginator()
            .items()
            .send();
        let mut actions = Vec::new();
        while let Some(action) = pages.next().await {
            let action = action.map_err(|error| {
                CallError::of("application-autoscaling:DescribeScheduledActions", "*", &error)
            })?;
            // `EndTime` in the past means that a recurring action never runs again.
            let now = DateTime::from(std::time::SystemTime::now());
            let is_over = action.end_time().is_some_and(|end| *end < now);
            let bounds = action.scalable_target_action().filter(|_| !is_over);
            actions.push(ScheduledAction {
                id: id.clone(),
                name: action.scheduled_action_name().to_owned(),
                schedule: action.schedule().to_owned(),
                timezone: action.timezone().map(str::to_owned),
                min: bounds.and_then(|bounds| bounds.min_capacity()),
                max: bounds.and_then(|bounds| bounds.max_capacity()),
            });
        }
        Ok(actions)
    }

    /// DescribeScalingActivities: the newest of one variant, the latest first.
    pub async fn activities(&self, id: &VariantId) -> CallResult<Vec<Activity>> {
        let answer = self
            .0
            .describe_scaling_activities()
            .service_namespace(ServiceNamespace::Sagemaker)
            .resource_id(id.resource_id())
            .max_results(ACTIVITIES)
            .send()
            .await
            .map_err(|error| {
                CallError::of("application-autoscaling:DescribeScalingActivities", "*", &error)
            })?;
        let activities = answer.scaling_activities().iter().filter_map(|activity| {
            Some(Activity {
                id: id.clone(),
                description: activity.description().to_owned(),
                cause: activity.cause().to_owned(),
                status: activity.status_code().as_str().to_owned(),
                message: activity.status_message().unwrap_or_default().to_owned(),
                began_at: timestamp(activity.start_time())?,
                ended_at: activity.end_time().and_then(timestamp),
            })
        });
        Ok(activities.collect())
    }
}

fn target_of(target: &Target) -> Option<ScalableTarget> {
    let suspended = target.suspended_state();
    let is = |part: Option<bool>| part.unwrap_or_default();
    Some(ScalableTarget {
        id: VariantId::from_resource_id(target.resource_id())?,
        min: target.min_capacity(),
        max: target.max_capacity(),
        suspended: Suspended {
            scaling_in: is(suspended.and_then(|it| it.dynamic_scaling_in_suspended())),
            scaling_out: is(suspended.and_then(|it| it.dynamic_scaling_out_suspended())),
            scheduled: is(suspended.and_then(|it| it.scheduled_scaling_suspended())),
        },
    })
}

fn timestamp(at: &DateTime) -> Option<Timestamp> {
    Timestamp::from_second(at.secs()).ok()
}

fn policy_of(id: &VariantId, policy: &ScalingPolicy) -> Policy {
    let tracking = policy.target_tracking_scaling_policy_configuration();
    let steps = policy.step_scaling_policy_configuration();
    let kind = match (tracking, steps) {
        (Some(tracking), _) => PolicyKind::TargetTracking(tracking_of(tracking)),
        (None, Some(steps)) => PolicyKind::StepScaling(steps_of(steps)),
        (None, None) => PolicyKind::Other,
    };
    Policy {
        id: id.clone(),
        arn: policy.policy_arn().to_owned(),
        name: policy.policy_name().to_owned(),
        kind,
        model: scaling_model::policy(policy),
        alarms: policy.alarms().iter().map(|alarm| alarm.alarm_name().to_owned()).collect(),
    }
}

fn tracking_of(tracking: &TargetTrackingScalingPolicyConfiguration) -> Tracking {
    let predefined = tracking.predefined_metric_specification();
    let metric = match (tracking.customized_metric_specification(), predefined) {
        (Some(custom), _) if custom.metric_name().is_some() => Tracked::Metric(WatchedMetric {
            namespace: custom.namespace().unwrap_or_default().to_owned(),
            name: custom.metric_name().unwrap_or_default().to_owned(),
            dimensions: custom.dimensions().iter().map(dimension).collect(),
            statistic: custom.statistic().map_or("", |it| it.as_str()).to_owned(),
        }),
        (_, Some(predefined)) => {
            Tracked::Predefined(predefined.predefined_metric_type().as_str().to_owned())
        }
        _ => Tracked::Math,
    };
    Tracking {
        target: tracking.target_value(),
        metric,
        cooldowns: [tracking.scale_out_cooldown(), tracking.scale_in_cooldown()],
        scales_in: tracking.disable_scale_in() != Some(true),
    }
}

fn dimension(dimension: &MetricDimension) -> (String, String) {
    (dimension.name().to_owned(), dimension.value().to_owned())
}

fn steps_of(steps: &StepScalingPolicyConfiguration) -> Steps {
    Steps {
        adjustment: steps.adjustment_type().map_or("", |it| it.as_str()).to_owned(),
        steps: steps.step_adjustments().iter().map(|step| step.scaling_adjustment()).collect(),
        cooldown: steps.cooldown(),
    }
}
