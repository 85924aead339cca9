//! Expressions of metric math, and their values in the periods of an alarm.
//!
//! "Using math expressions with CloudWatch metrics" in the CloudWatch User Guide. The operators and functions here
//! give one value for each period. Those that summarize a whole time range (`SUM(m1)` of one metric, `RATE`,
//! `ANOMALY_DETECTION_BAND`) are refused by name: the guide does not say which range an alarm reads.
//!
//! Assumptions, which the guide leaves open: an operator has no value in a period in which an operand has none;
//! `SUM`, `AVG`, `MIN` and `MAX` of several metrics use those that have a value; a result that is not finite, such as
//! a division by zero, is no value.

use serde::{Deserialize, Serialize};

/// A value for each period, the newest first. `None`: no datapoint.
pub(crate) type Lane = Vec<Option<f64>>;

/// An expression over the metrics of an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Expression {
    /// A number.
    Number(f64),
    /// A metric, by its index.
    Metric(usize),
    /// `[m1, m2]`, or `METRICS()`.
    List(Vec<Expression>),
    /// `-m1`.
    Negative(Box<Expression>),
    /// Two operands.
    Operation(Operator, Box<Expression>, Box<Expression>),
    /// A function of each value: `ABS(m1)`.
    Each(EachFunction, Box<Expression>),
    /// One value of several metrics: `SUM([m1, m2])`.
    Across(AcrossFunction, Box<Expression>),
    /// `IF(condition, then, otherwise)`. Without the last, there is no value.
    If(Box<Expression>, Box<Expression>, Option<Box<Expression>>),
    /// `FILL(metric, with)`. Without a value, `REPEAT`.
    Fill(Box<Expression>, Option<Box<Expression>>),
    /// `PERIOD(m1)`, in seconds.
    Period,
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    AtMost,
    AtLeast,
    Below,
    Above,
    Plus,
    Minus,
    Times,
    Over,
    Power,
}

/// A function of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EachFunction {
    Abs,
    Ceil,
    Floor,
    Log,
    Log10,
}

/// A function of several values of the same period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AcrossFunction {
    Average,
    Maximum,
    Minimum,
    Sum,
}

/// What an expression results in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The same number in each period.
    Scalar,
    /// One time series.
    Series,
    /// Several time series.
    Several,
}

impl Expression {
    /// What it results in.
    pub(crate) fn kind(&self) -> Kind {
        let all = |parts: &[&Self]| {
            let kinds = parts.iter().map(|part| part.kind());
            kinds.fold(Kind::Scalar, |one, other| match (one, other) {
                (Kind::Several, _) | (_, Kind::Several) => Kind::Several,
                (Kind::Series, _) | (_, Kind::Series) => Kind::Series,
                (Kind::Scalar, Kind::Scalar) => Kind::Scalar,
            })
        };
        match self {
            Self::Number(_) | Self::Period => Kind::Scalar,
            Self::Metric(_) | Self::Across(..) => Kind::Series,
            Self::List(_) => Kind::Several,
            Self::Negative(of) | Self::Each(_, of) | Self::Fill(of, _) => of.kind(),
            Self::Operation(_, one, other) => all(&[one, other]),
            Self::If(condition, then, None) => all(&[condition, then]),
            Self::If(condition, then, Some(otherwise)) => all(&[condition, then, otherwise]),
        }
    }

    /// The value of each period, from those of the metrics. `period`: its length in seconds.
    pub(crate) fn value(&self, metrics: &[Lane], period: f64) -> Lane {
        let periods = metrics.iter().map(Vec::len).max().unwrap_or_default();
        let lanes = Values { metrics, period, periods }.of(self);
        lanes.into_iter().next().unwrap_or_else(|| vec![None; periods])
    }
}

/// The values of the metrics.
struct Values<'a> {
    metrics: &'a [Lane],
    period: f64,
    periods: usize,
}

impl Values<'_> {
    /// One lane for a number or a series, and one for each of several series.
    fn of(&self, expression: &Expression) -> Vec<Lane> {
        match expression {
            Expression::Number(value) => vec![vec![Some(*value); self.periods]],
            Expression::Period => vec![vec![Some(self.period); self.periods]],
            Expression::Metric(index) => self.metrics.get(*index).cloned().into_iter().collect(),
            Expression::List(members) => members.iter().flat_map(|it| self.of(it)).collect(),
            Expression::Negative(of) => mapped(self.of(of), |value| -value),
            Expression::Each(function, of) => mapped(self.of(of), |value| function.of(value)),
            Expression::Operation(operator, one, other) => {
                let both = [self.of(one), self.of(other)];
                combined(&both, |values| match values {
                    [Some(one), Some(other)] => Some(operator.of(*one, *other)),
                    _ => None,
                })
            }
            Expression::If(condition, then, otherwise) => {
                let otherwise = otherwise.as_ref().map(|it| self.of(it));
                let none = || vec![vec![None; self.periods]];
                let parts = [self.of(condition), self.of(then), otherwise.unwrap_or_else(none)];
                combined(&parts, |values| match values {
                    [Some(condition), then, otherwise] => {
                        if *condition == 0.0 {
                            *otherwise
                        } else {
                            *then
                        }
                    }
                    _ => None,
                })
            }
            Expression::Across(function, of) => {
                let lanes = self.of(of);
                let at = |age: usize| {
                    let values = lanes.iter().filter_map(|lane| lane.get(age).copied().flatten());
                    function.of(&values.collect::<Vec<_>>())
                };
                vec![(0..self.periods).map(at).collect()]
            }
            Expression::Fill(of, Some(with)) => {
                let both = [self.of(of), self.of(with)];
                combined(&both, |values| match values {
                    [value, with] => value.or(*with),
                    _ => None,
                })
            }
            Expression::Fill(of, None) => self.of(of).into_iter().map(repeated).collect(),
        }
    }
}

fn mapped(mut lanes: Vec<Lane>, with: impl Fn(f64) -> f64) -> Vec<Lane> {
    for value in lanes.iter_mut().flatten() {
        *value = value.map(&with).filter(|value| value.is_finite());
    }
    lanes
}

/// Period by period. A part with one lane goes with each lane of the others.
fn combined(parts: &[Vec<Lane>], with: impl Fn(&[Option<f64>]) -> Option<f64>) -> Vec<Lane> {
    let count = parts.iter().map(Vec::len).max().unwrap_or_default();
    let lane = |index: usize| {
        let lanes = parts.iter().map(|part| part.get(index).or(part.first()));
        let lanes = lanes.collect::<Option<Vec<_>>>().unwrap_or_default();
        let periods = lanes.iter().map(|lane| lane.len()).min().unwrap_or_default();
        let at = |age: usize| {
            let values = lanes.iter().map(|lane| lane.get(age).copied().flatten());
            with(&values.collect::<Vec<_>>()).filter(|value| value.is_finite())
        };
        (0..periods).map(at).collect()
    };
    (0..count).map(lane).collect()
}

/// A missing value is the one before it.
fn repeated(mut lane: Lane) -> Lane {
    let mut last = None;
    for value in lane.iter_mut().rev() {
        *value = value.or(last);
        last = *value;
    }
    lane
}

impl Operator {
    /// The operators, longer spellings before those that they begin with.
    pub(crate) const SPELLINGS: [(&str, Self); 15] = [
        ("||", Self::Or),
        ("OR", Self::Or),
        ("&&", Self::And),
        ("AND", Self::And),
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Below),
        (">", Self::Above),
        ("+", Self::Plus),
        ("-", Self::Minus),
        ("*", Self::Times),
        ("/", Self::Over),
        ("^", Self::Power),
    ];

    /// How tightly it binds. Assumption: as in other languages.
    pub(crate) fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal
            | Self::NotEqual
            | Self::AtMost
            | Self::AtLeast
            | Self::Below
            | Self::Above => 3,
            Self::Plus | Self::Minus => 4,
            Self::Times | Self::Over => 5,
            Self::Power => 6,
        }
    }

    fn of(self, one: f64, other: f64) -> f64 {
        match self {
            Self::Or => f64::from(one != 0.0 || other != 0.0),
            Self::And => f64::from(one != 0.0 && other != 0.0),
            Self::Equal => f64::from(one == other),
            Self::NotEqual => f64::from(one != other),
            Self::AtMost => f64::from(one <= other),
            Self::AtLeast => f64::from(one >= other),
            Self::Below => f64::from(one < other),
            Self::Above => f64::from(one > other),
            Self::Plus => one + other,
            Self::Minus => one - other,
            Self::Times => one * other,
            Self::Over => one / other,
            Self::Power => one.powf(other),
        }
    }
}

impl EachFunction {
    /// Reads its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "ABS" => Some(Self::Abs),
            "CEIL" => Some(Self::Ceil),
            "FLOOR" => Some(Self::Floor),
            "LOG" => Some(Self::Log),
            "LOG10" => Some(Self::Log10),
            _ => None,
        }
    }

    fn of(self, value: f64) -> f64 {
        match self {
            Self::Abs => value.abs(),
            Self::Ceil => value.ceil(),
            Self::Floor => value.floor(),
            Self::Log => value.ln(),
            Self::Log10 => value.log10(),
        }
    }
}

impl AcrossFunction {
    /// Reads its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "AVG" => Some(Self::Average),
            "MAX" => Some(Self::Maximum),
            "MIN" => Some(Self::Minimum),
            "SUM" => Some(Self::Sum),
            _ => None,
        }
    }

    fn of(self, values: &[f64]) -> Option<f64> {
        let most = values.iter().copied().reduce(f64::max)?;
        Some(match self {
            Self::Average => values.iter().sum::<f64>() / values.len() as f64,
            Self::Maximum => most,
            Self::Minimum => values.iter().copied().fold(most, f64::min),
            Self::Sum => values.iter().sum(),
        })
    }
}
