//! Step scaling: the distance between the metric and an alarm's threshold selects the adjustment.
//!
//! "How step scaling works" in the Application Auto Scaling User Guide.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{AlarmSpec, Refusal, Statistic};

/// `StepScalingPolicyConfiguration`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepScaling {
    /// `AdjustmentType`.
    pub adjustment: AdjustmentType,
    /// `StepAdjustments`.
    pub steps: Vec<StepAdjustment>,
    /// `MinAdjustmentMagnitude`, only for `PercentChangeInCapacity`.
    pub min_adjustment: Option<i32>,
    /// `Cooldown`.
    pub cooldown: Duration,
    /// `MetricAggregationType`: average, maximum or minimum.
    pub aggregation: Statistic,
}

/// `AdjustmentType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdjustmentType {
    /// `ChangeInCapacity`: a number of instances to add or remove.
    ChangeInCapacity,
    /// `PercentChangeInCapacity`: a percentage of the capacity to add or remove.
    PercentChangeInCapacity,
    /// `ExactCapacity`: the new number of instances.
    ExactCapacity,
}

/// One of `StepAdjustments`. Its bounds are relative to the alarm's threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StepAdjustment {
    /// `MetricIntervalLowerBound`; `None`: negative infinity.
    pub lower: Option<f64>,
    /// `MetricIntervalUpperBound`; `None`: positive infinity.
    pub upper: Option<f64>,
    /// `ScalingAdjustment`.
    pub adjustment: i32,
}

impl AdjustmentType {
    /// Reads the API's spelling.
    pub fn from_api(name: &str) -> Option<Self> {
        match name {
            "ChangeInCapacity" => Some(Self::ChangeInCapacity),
            "PercentChangeInCapacity" => Some(Self::PercentChangeInCapacity),
            "ExactCapacity" => Some(Self::ExactCapacity),
            _ => None,
        }
    }

    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChangeInCapacity => "ChangeInCapacity",
            Self::PercentChangeInCapacity => "PercentChangeInCapacity",
            Self::ExactCapacity => "ExactCapacity",
        }
    }
}

impl StepScaling {
    /// The default cooldown for endpoint variants, from the API reference of
    /// StepScalingPolicyConfiguration.
    pub const COOLDOWN: Duration = Duration::from_secs(300);

    /// A policy with these steps and the defaults of the API.
    pub fn new(adjustment: AdjustmentType, steps: Vec<StepAdjustment>) -> Self {
        Self {
            adjustment,
            steps,
            min_adjustment: None,
            cooldown: Self::COOLDOWN,
            aggregation: Statistic::Average,
        }
    }

    /// Checks the rules for step adjustments in the guide.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let refuse = |why: &str| Err(Refusal::validation(why));
        if !matches!(self.aggregation, Statistic::Average | Statistic::Maximum | Statistic::Minimum)
        {
            return refuse("MetricAggregationType must be Average, Maximum or Minimum");
        }
        if self.steps.is_empty() {
            return refuse("At least one StepAdjustment is needed");
        }
        if self.adjustment == AdjustmentType::ExactCapacity
            && self.steps.iter().any(|step| step.adjustment < 0)
        {
            return refuse("ScalingAdjustment must not be negative for ExactCapacity");
        }
        if self.steps.iter().any(|step| step.lower.is_none() && step.upper.is_none()) {
            return refuse("The bounds of a StepAdjustment can't both be null");
        }
        let mut sorted = self.steps.iter().map(StepAdjustment::interval).collect::<Vec<_>>();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        if sorted.iter().any(|(lower, upper)| lower >= upper) {
            return refuse("MetricIntervalLowerBound must be below MetricIntervalUpperBound");
        }
        if sorted.windows(2).any(|pair| matches!(pair, [(_, upper), (lower, _)] if upper != lower))
        {
            return refuse("The ranges of StepAdjustments can't overlap or have a gap");
        }
        match (sorted.first(), sorted.last()) {
            (Some((lower, _)), _) if lower.is_finite() && *lower < 0.0 => {
                refuse("With a negative lower bound, one StepAdjustment needs a null lower bound")
            }
            (_, Some((_, upper))) if upper.is_finite() && *upper > 0.0 => {
                refuse("With a positive upper bound, one StepAdjustment needs a null upper bound")
            }
            _ => Ok(()),
        }
    }

    /// The adjustment for an alarm's datapoints. `None` if no step matches or there is no
    /// datapoint. In this case the policy does nothing: Application Auto Scaling returns `No step
    /// adjustment found for metric value [0.0] and breach threshold 1.0`.
    pub(crate) fn step(&self, alarm: &AlarmSpec, values: &[f64]) -> Option<i32> {
        let value = self.aggregation.of(values.iter().copied())?;
        let beyond = value - alarm.threshold;
        let below = beyond < 0.0 || (beyond == 0.0 && alarm.comparison.is_below());
        let found = self.steps.iter().find(|step| step.holds(beyond, below))?;
        Some(found.adjustment)
    }

    /// The capacity after an adjustment.
    pub(crate) fn capacity(&self, capacity: i32, adjustment: i32) -> i32 {
        match self.adjustment {
            AdjustmentType::ExactCapacity => adjustment,
            AdjustmentType::ChangeInCapacity => capacity.saturating_add(adjustment).max(0),
            AdjustmentType::PercentChangeInCapacity => {
                capacity.saturating_add(self.percent(capacity, adjustment)).max(0)
            }
        }
    }

    /// Rounds toward zero, but not to zero: `12.7` is 12, `.67` is 1, `-.58` is -1, `-6.67` is -6.
    fn percent(&self, capacity: i32, percent: i32) -> i32 {
        let hundredths = i64::from(capacity) * i64::from(percent);
        let whole = match hundredths / 100 {
            0 => hundredths.signum(),
            whole => whole,
        };
        let least = i64::from(self.min_adjustment.unwrap_or(0));
        let change = match percent.signum() {
            1 => whole.max(least),
            -1 => whole.min(-least),
            _ => whole,
        };
        i32::try_from(change).unwrap_or(i32::MAX)
    }
}

impl StepAdjustment {
    /// A step between two bounds.
    pub fn new(lower: Option<f64>, upper: Option<f64>, adjustment: i32) -> Self {
        Self { lower, upper, adjustment }
    }

    fn interval(&self) -> (f64, f64) {
        (self.lower.unwrap_or(f64::NEG_INFINITY), self.upper.unwrap_or(f64::INFINITY))
    }

    /// The guide: "If the metric value is above the breach threshold, the lower bound is inclusive
    /// and the upper bound is exclusive. If the metric value is below the breach threshold, the
    /// lower bound is exclusive and the upper bound is inclusive." For a value equal to the
    /// threshold, the alarm's operator decides.
    fn holds(&self, beyond: f64, below: bool) -> bool {
        let (lower, upper) = self.interval();
        match below {
            true => lower < beyond && beyond <= upper,
            false => lower <= beyond && beyond < upper,
        }
    }
}
