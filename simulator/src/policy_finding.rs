//! The names of findings about scaling policies. doctor, simulate and explain use the same names.

/// A finding about a scaling policy, or about all policies of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyFindingId {
    /// SageMaker does not publish the metric for async endpoints.
    MetricNotPublished,
    /// SageMaker publishes the metric with other dimensions.
    WrongDimension,
    /// It is the metric of another endpoint.
    WrongEndpoint,
    /// No alarm triggers the policy.
    AlarmMissing,
    /// No action of the alarm is the policy.
    AlarmWithoutAction,
    /// `ActionsEnabled` of the alarm is false.
    AlarmActionsDisabled,
    /// The policy never changes the capacity.
    PolicyNeverActs,
    /// No step matches a value for which the alarm triggers the policy.
    ValueWithoutStep,
    /// The period of the alarm is shorter than that of the metric.
    PeriodBelowMetric,
    /// The values of the metric are not known.
    NotEvaluated,
    /// No policy scales in.
    NoScaleInPolicy,
    /// No policy scales out at zero instances.
    NoWayOutOfZero,
}

impl PolicyFindingId {
    /// The name in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MetricNotPublished => "metric-not-published",
            Self::WrongDimension => "wrong-dimension",
            Self::WrongEndpoint => "wrong-endpoint",
            Self::AlarmMissing => "alarm-missing",
            Self::AlarmWithoutAction => "alarm-without-action",
            Self::AlarmActionsDisabled => "alarm-actions-disabled",
            Self::PolicyNeverActs => "policy-never-acts",
            Self::ValueWithoutStep => "value-without-step",
            Self::PeriodBelowMetric => "period-below-metric",
            Self::NotEvaluated => "not-evaluated",
            Self::NoScaleInPolicy => "no-scale-in-policy",
            Self::NoWayOutOfZero => "no-way-out-of-zero",
        }
    }
}
