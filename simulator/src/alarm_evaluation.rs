//! The state of an alarm that its datapoints result in.
//!
//! "Configuring how CloudWatch alarms treat missing data" in the CloudWatch User Guide: an alarm
//! reads more datapoints than it evaluates. If enough datapoints exist, the alarm evaluates the
//! most recent of them. If not, it fills in as few missing datapoints as possible, according to
//! `TreatMissingData`.

use crate::{AlarmSpec, AlarmState, TreatMissing};

/// The result of one evaluation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    /// `None`: the current state is maintained.
    pub(crate) state: Option<AlarmState>,
    /// The datapoints that were evaluated, newest first, each with its age in periods.
    pub(crate) evaluated: Vec<(usize, f64)>,
    /// The number of missing datapoints that were filled in.
    pub(crate) filled: usize,
}

/// Evaluates the datapoints of the evaluation range, newest first.
pub(crate) fn evaluate(spec: &AlarmSpec, range: &[Option<f64>]) -> Verdict {
    let (needed, periods) = (spec.needed() as usize, spec.evaluation_periods as usize);
    let real = range.iter().enumerate().filter_map(|(age, value)| Some((age, (*value)?)));
    let evaluated = real.take(periods).collect::<Vec<_>>();
    let filled = periods - evaluated.len();
    let breaching = count_breaching(spec, &evaluated);
    let by_count = |breaching| match breaching >= needed {
        true => AlarmState::Alarm,
        false => AlarmState::Ok,
    };
    let state = match spec.treat_missing {
        _ if filled == 0 || breaching >= needed => Some(by_count(breaching)),
        TreatMissing::Breaching => Some(by_count(breaching + filled)),
        TreatMissing::NotBreaching => Some(by_count(breaching)),
        // At least one datapoint is within the threshold.
        _ if breaching < evaluated.len() => Some(AlarmState::Ok),
        TreatMissing::Ignore => None,
        TreatMissing::Missing if is_old_enough(&evaluated, needed) => Some(AlarmState::Alarm),
        TreatMissing::Missing => Some(AlarmState::InsufficientData),
    };
    Verdict { state, evaluated, filled }
}

/// "Avoiding premature transitions to alarm state": if all existing datapoints breach the
/// threshold, the oldest of them must be at least as old as `DatapointsToAlarm`. The current guide
/// does not say which state applies until then. Its tables of 2018 list `- - - - X` as insufficient
/// data.
fn is_old_enough(evaluated: &[(usize, f64)], needed: usize) -> bool {
    evaluated.last().is_some_and(|(age, _)| age + 1 >= needed)
}

pub(crate) fn count_breaching(spec: &AlarmSpec, evaluated: &[(usize, f64)]) -> usize {
    evaluated.iter().filter(|(_, value)| spec.comparison.breaches(*value, spec.threshold)).count()
}
