//! Target tracking: two alarms around a target value, and a capacity in proportion to the metric.

use std::time::Duration;

use reactive_scaler::port::VariantId;
use serde::{Deserialize, Serialize};

use crate::{
    AlarmAction, AlarmSpec, Comparison, Metric, MetricName, Refusal, Settings, Statistic,
    TrackedValue, arn::uuid,
};

/// `TargetTrackingScalingPolicyConfiguration`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetTracking {
    /// `TargetValue`.
    pub target_value: f64,
    /// The metric to keep at the target value.
    pub metric: TrackedMetric,
    /// `ScaleOutCooldown`.
    pub scale_out_cooldown: Duration,
    /// `ScaleInCooldown`.
    pub scale_in_cooldown: Duration,
    /// `DisableScaleIn`.
    pub disable_scale_in: bool,
}

/// The metric of a target tracking policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TrackedMetric {
    /// `CustomizedMetricSpecification`.
    Customized {
        /// `Namespace` and `MetricName`.
        metric: Metric,
        /// `Dimensions`: `EndpointName`.
        endpoint: String,
        /// `Statistic`.
        statistic: Statistic,
    },
    /// `PredefinedMetricSpecification`. SageMaker publishes none of these metrics for an async
    /// endpoint ("Monitor an asynchronous endpoint" in its guide), so there are no datapoints.
    Predefined(String),
}

impl TargetTracking {
    /// The default of both cooldowns for endpoint variants, from the API reference of
    /// TargetTrackingScalingPolicyConfiguration.
    pub const COOLDOWN: Duration = Duration::from_secs(300);

    /// A policy on a metric of an endpoint, with the defaults of the API.
    pub fn new(
        target_value: f64,
        metric: MetricName,
        endpoint: impl Into<String>,
        statistic: Statistic,
    ) -> Self {
        let (metric, endpoint) = (metric.into(), endpoint.into());
        Self::on(target_value, TrackedMetric::Customized { metric, endpoint, statistic })
    }

    /// A policy on any metric, with the defaults of the API.
    pub fn on(target_value: f64, metric: TrackedMetric) -> Self {
        Self {
            target_value,
            metric,
            scale_out_cooldown: Self::COOLDOWN,
            scale_in_cooldown: Self::COOLDOWN,
            disable_scale_in: false,
        }
    }

    /// The valid range in the API reference, from 2^-360 to 2^360.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let limit = 2f64.powi(360);
        match (limit.recip()..=limit).contains(&self.target_value) {
            true => Ok(()),
            false => Err(Refusal::validation("TargetValue must be from 2^-360 to 2^360")),
        }
    }

    /// The alarms of the policy: 3 out of 3 minutes above the target, and 15 out of 15 below a
    /// percentage of it. Both treat missing data as missing. The numbers are those of alarms that
    /// users exported. If scale-in is disabled, the low alarm exists and triggers nothing.
    pub(crate) fn alarms(&self, id: &VariantId, policy: &str, low: f64) -> [AlarmSpec; 2] {
        let resource = id.resource_id();
        let alarm = |which: &str, comparison, threshold, evaluation_periods| {
            let key = uuid(&[&resource, policy, which]);
            let name = format!("TargetTracking-{resource}-{which}-{key}");
            let (metric, endpoint, statistic) = self.metric.parts();
            AlarmSpec {
                statistic,
                evaluation_periods,
                alarm_actions: vec![AlarmAction::Policy {
                    id: id.clone(),
                    policy: policy.to_owned(),
                }],
                ..AlarmSpec::new(name, metric, endpoint, comparison, threshold)
            }
        };
        [
            alarm("AlarmHigh", Comparison::Greater, self.target_value, 3),
            alarm("AlarmLow", Comparison::Less, self.target_value * low, 15),
        ]
    }

    /// The capacity that brings the metric to the target. Added capacity is rounded up and removed
    /// capacity is rounded down ("How target tracking scaling works" in the Application Auto
    /// Scaling guide: "always acts conservatively"). In both cases the resulting capacity is
    /// rounded up.
    pub(crate) fn capacity(&self, capacity: i32, value: f64, settings: &Settings) -> i32 {
        if capacity == 0 {
            return if value > self.target_value { settings.tracking_from_zero } else { 0 };
        }
        let exact = f64::from(capacity) * (value / self.target_value);
        // Floating-point results slightly above an integer count as that integer: 3 * (0.7 / 0.3)
        // is not exact.
        (exact - 1e-9).ceil() as i32
    }

    /// The value that target tracking uses, from an alarm's datapoints, newest first.
    pub(crate) fn value(values: &[f64], settings: &Settings) -> Option<f64> {
        match settings.tracked_value {
            TrackedValue::Latest => values.first().copied(),
            TrackedValue::Average => Statistic::Average.of(values.iter().copied()),
        }
    }
}

impl TrackedMetric {
    /// Metric, endpoint and statistic of the alarms.
    fn parts(&self) -> (Metric, String, Statistic) {
        match self {
            Self::Customized { metric, endpoint, statistic } => {
                (metric.clone(), endpoint.clone(), *statistic)
            }
            Self::Predefined(name) => {
                let metric = Metric::named(Metric::NAMESPACE, name, false);
                (metric, String::new(), Statistic::Average)
            }
        }
    }
}
