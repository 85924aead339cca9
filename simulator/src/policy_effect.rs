//! What a scaling policy and one of its alarms can do, whatever the workload is.
//!
//! The alarm is evaluated on the values that its metric can have, and the policy answers as in
//! [`World`](crate::World). So a policy that can never change the capacity is found without a
//! workload. `MinCapacity`, `MaxCapacity` and cooldowns are not considered.
//!
//! doctor, simulate and explain report what is found here, by the same names.

use std::fmt;

use reactive_scaler::port::VariantId;

use crate::{
    AlarmSpec, Metric, MetricFault, MetricFaultKind, PolicyFindingId, PolicyKind, Settings,
    TrackedMetric,
    alarm_evaluation::evaluate,
    metric_values::{MetricValues, Values},
    policy_answer::PolicyAnswer,
};

/// The capacities from which a policy is tried.
const CAPACITIES: [i32; 5] = [0, 1, 2, 3, 10];

/// The period of the metrics of SageMaker, in seconds.
const METRIC_PERIOD: u64 = 60;

/// What a policy can do when this alarm triggers it.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyEffect {
    /// Whether it can scale out from zero instances.
    pub leaves_zero: bool,
    /// Whether it can scale out from one instance or more.
    pub scales_out: bool,
    /// Whether it can scale in.
    pub scales_in: bool,
    /// If it can never change the capacity: why.
    pub obstacle: Option<Obstacle>,
    /// A value for which the alarm triggers the policy and no step matches, the nearest to the
    /// threshold.
    pub without_step: Option<f64>,
    /// Whether the alarm's period is shorter than that of the metric.
    pub is_too_frequent: bool,
    /// Whether the values of the metric are known. If not, the metric can have any value.
    pub is_known: bool,
}

/// Why a policy never changes the capacity.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// No action of the alarm is the policy.
    NotAnAction,
    /// The endpoint has no such metric.
    Metric(MetricFault),
    /// The alarm triggers the policy only without datapoints, and a step needs a datapoint.
    NoDatapoint,
    /// The alarm is never in a state whose action is the policy.
    NeverTriggered {
        /// The metric, with its statistic.
        metric: String,
        /// The values of its datapoints.
        values: String,
        /// The breaching values, for example `greater than 1`.
        breaching: String,
    },
    /// No step matches a value for which the alarm triggers the policy.
    NoStep {
        /// Such a value.
        value: f64,
        /// `Threshold`, which the bounds of the steps are relative to.
        threshold: f64,
    },
    /// `DisableScaleIn` is set, and this is the alarm that scales in.
    ScaleInDisabled,
    /// `ActionsEnabled` of the alarm is false.
    ActionsDisabled,
    /// The adjustment results in the current capacity.
    NoChange {
        /// Whether zero instances is the only capacity at which the alarm triggers the policy.
        at_zero_only: bool,
    },
}

impl Obstacle {
    /// The finding about it. `None`: it is intended.
    pub fn finding(&self) -> Option<PolicyFindingId> {
        match self {
            Self::ScaleInDisabled => None,
            Self::NotAnAction => Some(PolicyFindingId::AlarmWithoutAction),
            Self::Metric(fault) => Some(fault.kind.finding()),
            Self::ActionsDisabled => Some(PolicyFindingId::AlarmActionsDisabled),
            Self::NoDatapoint
            | Self::NeverTriggered { .. }
            | Self::NoStep { .. }
            | Self::NoChange { .. } => Some(PolicyFindingId::PolicyNeverActs),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnAction => f.write_str("no action of the alarm is the policy"),
            Self::Metric(fault) => fault.fmt(f),
            Self::NoDatapoint => f.write_str(
                "the alarm triggers it only in a state without datapoints, and a policy needs a \
                 datapoint to act",
            ),
            Self::NeverTriggered { metric, values, breaching } => write!(
                f,
                "the alarm never triggers it: {metric} is {values}, and the alarm requires a \
                 value {breaching}"
            ),
            Self::NoStep { value, threshold } => write!(
                f,
                "no step matches: the bounds of the steps are relative to the threshold \
                 ({threshold}), and no step includes the value {value}"
            ),
            Self::ScaleInDisabled => f.write_str("DisableScaleIn is set"),
            Self::ActionsDisabled => f.write_str("ActionsEnabled of the alarm is false"),
            Self::NoChange { at_zero_only: true } => f.write_str(
                "the alarm triggers it only at zero instances, and its adjustment does not change \
                 zero",
            ),
            Self::NoChange { at_zero_only: false } => {
                f.write_str("its adjustment does not change the capacity")
            }
        }
    }
}

/// The result for one set of datapoints at one capacity.
struct Trial {
    capacity: i32,
    /// The single value of all datapoints, if they are equal.
    value: Option<f64>,
    /// The capacity that the policy results in. `None`: no step matches.
    to: Option<i32>,
}

impl PolicyEffect {
    /// Judges a policy of a variant with one of its alarms. For target tracking, the alarm's
    /// comparison tells whether it is the high or the low one.
    pub fn of(
        id: &VariantId,
        policy: &str,
        kind: &PolicyKind,
        alarm: &AlarmSpec,
        settings: &Settings,
    ) -> Self {
        if !alarm.triggers(id, policy) {
            return Self::none(Obstacle::NotAnAction);
        }
        if !alarm.actions_enabled {
            return Self::none(Obstacle::ActionsDisabled);
        }
        if kind.disables_scale_in() && alarm.comparison.is_below() {
            return Self::none(Obstacle::ScaleInDisabled);
        }
        if let Some(fault) = fault(id, kind, alarm) {
            return Self::none(Obstacle::Metric(fault));
        }
        let triggers = |state| alarm.triggers_in(state, id, policy);
        let trials = CAPACITIES.into_iter().flat_map(|capacity| {
            let values = MetricValues::at(&alarm.metric, capacity, settings).of_period(alarm);
            let points = points_of_interest(kind, alarm);
            ranges(alarm, &values, &points).into_iter().filter_map(move |range| {
                let verdict = evaluate(alarm, &range);
                verdict.state.filter(|state| triggers(*state))?;
                let evaluated: Vec<f64> = verdict.evaluated.iter().map(|(_, it)| *it).collect();
                let is_high = !alarm.comparison.is_below();
                let answer = PolicyAnswer::of(kind, is_high, alarm, &evaluated, settings);
                let value = evaluated.first().copied();
                Some(Trial {
                    capacity,
                    value: value.filter(|first| evaluated.iter().all(|it| it == first)),
                    to: answer.map(|answer| answer.capacity(capacity, settings)),
                })
            })
        });
        Self::summary(alarm, settings, &trials.collect::<Vec<_>>())
    }

    fn none(obstacle: Obstacle) -> Self {
        Self {
            leaves_zero: false,
            scales_out: false,
            scales_in: false,
            obstacle: Some(obstacle),
            without_step: None,
            is_too_frequent: false,
            is_known: true,
        }
    }

    fn summary(alarm: &AlarmSpec, settings: &Settings, trials: &[Trial]) -> Self {
        let any = |is: fn(i32, i32) -> bool| {
            trials.iter().any(|trial| trial.to.is_some_and(|to| is(trial.capacity, to)))
        };
        let nearest = trials
            .iter()
            .filter(|trial| trial.to.is_none())
            .filter_map(|trial| trial.value)
            .min_by(|a, b| (a - alarm.threshold).abs().total_cmp(&(b - alarm.threshold).abs()));
        let mut effect = Self {
            leaves_zero: any(|from, to| from == 0 && to > 0),
            scales_out: any(|from, to| from > 0 && to > from),
            scales_in: any(|from, to| to < from),
            obstacle: None,
            without_step: nearest,
            is_too_frequent: is_too_frequent(alarm),
            is_known: alarm.metric.published().is_some(),
        };
        if !effect.acts() {
            effect.obstacle = Some(match nearest {
                _ if trials.is_empty() => never_triggered(alarm, settings),
                Some(value) if trials.iter().all(|trial| trial.to.is_none()) => {
                    Obstacle::NoStep { value, threshold: alarm.threshold }
                }
                None if trials.iter().all(|trial| trial.to.is_none()) => Obstacle::NoDatapoint,
                _ => Obstacle::NoChange {
                    at_zero_only: trials.iter().all(|trial| trial.capacity == 0),
                },
            });
        }
        if !effect.is_known {
            // Only what holds for every value is known.
            effect.obstacle.take_if(|obstacle| !matches!(obstacle, Obstacle::NoChange { .. }));
            effect.without_step = None;
        }
        effect
    }

    /// Whether it can change the capacity.
    pub fn acts(&self) -> bool {
        self.leaves_zero || self.scales_out || self.scales_in
    }
}

/// Whether the endpoint lacks the metric of the alarm.
fn fault(id: &VariantId, kind: &PolicyKind, alarm: &AlarmSpec) -> Option<MetricFault> {
    if let PolicyKind::TargetTracking(tracking) = kind
        && let TrackedMetric::Predefined(name) = &tracking.metric
    {
        return Some(MetricFault { kind: MetricFaultKind::NotPublished, metric: name.clone() });
    }
    // An expression can have values without those of one of its metrics.
    let is_one = !matches!(alarm.metric, Metric::Math(_));
    is_one.then(|| MetricFault::of(&alarm.metric, &alarm.endpoint, &id.endpoint)).flatten()
}

/// Whether the period is shorter than that of the metric.
fn is_too_frequent(alarm: &AlarmSpec) -> bool {
    alarm.metric.namespace() == Metric::NAMESPACE && alarm.period.as_secs() < METRIC_PERIOD
}

fn never_triggered(alarm: &AlarmSpec, settings: &Settings) -> Obstacle {
    // With no instance and with one, the values can differ.
    let mut values: Vec<String> = [0, 1]
        .into_iter()
        .map(|capacity| MetricValues::at(&alarm.metric, capacity, settings).of_period(alarm))
        .map(|values| values.to_string())
        .collect();
    values.dedup();
    if values.len() > 1
        && let Some(last) = values.last_mut()
    {
        last.push_str(" otherwise");
    }
    Obstacle::NeverTriggered {
        metric: format!("{} ({})", alarm.metric.name(), alarm.statistic),
        values: values.join(" at zero instances and "),
        breaching: format!("{} {}", alarm.comparison.reason_text(), alarm.threshold),
    }
}

/// The values at which the result can change: the threshold, and the bounds of the steps.
fn points_of_interest(kind: &PolicyKind, alarm: &AlarmSpec) -> Vec<f64> {
    let bounds = match kind {
        PolicyKind::TargetTracking(tracking) => vec![tracking.target_value - alarm.threshold],
        PolicyKind::StepScaling(steps) => {
            steps.steps.iter().flat_map(|step| [step.lower, step.upper]).flatten().collect()
        }
    };
    let offsets = bounds.into_iter().chain([0.0]);
    offsets.map(|offset| alarm.threshold + offset).collect()
}

/// Datapoints of the evaluation range: some of one value and the rest of another.
fn ranges(alarm: &AlarmSpec, values: &Values, points: &[f64]) -> Vec<Vec<Option<f64>>> {
    let (needed, periods) = (alarm.needed() as usize, alarm.evaluation_periods as usize);
    let mut candidates = values.near(points);
    // A policy uses the average of the datapoints: further values bring it to a point of interest.
    let simple = candidates.clone();
    for count in [needed, periods - needed, periods].into_iter().filter(|count| *count > 0) {
        let (share, rest) = (count as f64, (periods - count) as f64);
        let balancing = points.iter().flat_map(|point| {
            simple.iter().map(move |other| (point * periods as f64 - other * rest) / share)
        });
        candidates.extend(values.near(&balancing.collect::<Vec<_>>()));
    }
    candidates.sort_by(f64::total_cmp);
    candidates.dedup();
    // A datapoint can be missing, for example after a change of capacity or of the alarm.
    let options: Vec<Option<f64>> = candidates.into_iter().map(Some).chain([None]).collect();
    // Fewer than M breaching datapoints lead to the state OK, whose action can be the policy.
    let mut counts = vec![1, needed - 1, needed, usize::midpoint(needed, periods), periods];
    counts.retain(|count| *count > 0);
    counts.dedup();
    let mut ranges = Vec::new();
    for one in &options {
        for count in &counts {
            let others = if *count == periods { &options[..1] } else { &options[..] };
            for other in others {
                let mut range = vec![*other; periods];
                range[..*count].fill(*one);
                ranges.push(range.clone());
                range.reverse();
                ranges.push(range);
            }
        }
    }
    ranges
}
