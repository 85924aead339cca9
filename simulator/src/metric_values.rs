//! The values that a metric, and a datapoint of it, can have.

use std::fmt;

use crate::{AlarmSpec, Metric, MetricName, PerInstanceAtZero, Settings, Statistic};

/// The values of a metric in one minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum MetricValues {
    /// There is no value.
    Absent,
    /// 0.
    Zero,
    /// 0 or 1.
    ZeroOrOne,
    /// 0 and all positive multiples of one part of this many.
    Parts(i32),
    /// 0 and all positive numbers.
    Positive,
    /// Any number: a metric that the model does not know.
    Any,
}

/// The values of a datapoint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Values {
    least: f64,
    most: f64,
    /// The distance between two values. 0: any number between them.
    step: f64,
    is_absent: bool,
}

impl MetricValues {
    /// The values of a metric at this capacity, `InService`. "Monitor an asynchronous endpoint" in
    /// the SageMaker guide defines the metrics.
    pub(crate) fn at(metric: &Metric, capacity: i32, settings: &Settings) -> Self {
        match (metric.published(), settings.backlog_per_instance_at_zero) {
            (None, _) => Self::Any,
            (Some(MetricName::BacklogSize), _) => Self::Parts(1),
            (Some(MetricName::AgeOfOldestRequest), _) => Self::Positive,
            (Some(MetricName::HasBacklogWithoutCapacity), _) if capacity == 0 => Self::ZeroOrOne,
            (Some(MetricName::HasBacklogWithoutCapacity), _) => Self::Zero,
            (Some(MetricName::BacklogSizePerInstance), _) if capacity > 0 => Self::Parts(capacity),
            (Some(MetricName::BacklogSizePerInstance), PerInstanceAtZero::Absent) => Self::Absent,
            (Some(MetricName::BacklogSizePerInstance), PerInstanceAtZero::Backlog) => {
                Self::Parts(1)
            }
        }
    }

    /// The values of a datapoint of this alarm. The model has one sample per minute.
    pub(crate) fn of_period(self, alarm: &AlarmSpec) -> Values {
        let minutes = (alarm.period.as_secs() / 60).max(1) as f64;
        let (least, most, step) = match self {
            Self::Absent | Self::Zero => (0.0, 0.0, 1.0),
            Self::ZeroOrOne => (0.0, 1.0, 1.0),
            Self::Parts(parts) => (0.0, f64::INFINITY, 1.0 / f64::from(parts)),
            Self::Positive => (0.0, f64::INFINITY, 0.0),
            Self::Any => (f64::NEG_INFINITY, f64::INFINITY, 0.0),
        };
        let (least, most, step) = match alarm.statistic {
            Statistic::Maximum | Statistic::Minimum | Statistic::Percentile(_) => {
                (least, most, step)
            }
            Statistic::Average => (least, most, step / minutes),
            Statistic::Sum => (least, most * minutes, step),
            Statistic::SampleCount => (minutes, minutes, 1.0),
        };
        Values { least, most, step, is_absent: self == Self::Absent }
    }
}

impl Values {
    /// The possible values at and next to these points, and the lowest and highest.
    pub(crate) fn near(&self, points: &[f64]) -> Vec<f64> {
        if self.is_absent {
            return Vec::new();
        }
        let mut near: Vec<f64> = [self.least, self.most, 0.0, 1.0].to_vec();
        for point in points {
            let steps = (point / self.step).round();
            match self.step > 0.0 {
                true => near.extend([-1.0, 0.0, 1.0].map(|more| (steps + more) * self.step)),
                false => near.extend([-1.0, -0.01, 0.0, 0.01, 1.0].map(|more| point + more)),
            }
        }
        near.retain(|value| value.is_finite() && self.least <= *value && *value <= self.most);
        near
    }
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most, step, .. } = self;
        if self.is_absent {
            return f.write_str("missing");
        }
        match (least, most, step) {
            (_, most, _) if least == most => write!(f, "{least}"),
            (_, most, step) if *step > 0.0 && least + step == *most => {
                write!(f, "{least} or {most}")
            }
            (least, most, _) if most.is_infinite() => write!(f, "{least} or more"),
            (least, most, _) => write!(f, "from {least} to {most}"),
        }
    }
}
