//! CloudWatch alarms: what they watch, what they do, and their states.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use serde::{Deserialize, Serialize};

use crate::{Metric, Refusal, Statistic, Tags};

/// What PutMetricAlarm sets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmSpec {
    /// `AlarmName`.
    pub name: String,
    /// `AlarmDescription`.
    pub description: Option<String>,
    /// `Namespace` and `MetricName`.
    pub metric: Metric,
    /// The dimension `EndpointName`.
    pub endpoint: String,
    /// `Unit`. The alarm evaluates the values in this unit only.
    pub unit: Option<String>,
    /// `Statistic` or `ExtendedStatistic`.
    pub statistic: Statistic,
    /// `Period`: 10, 20 or 30 s, or a multiple of 60 s.
    pub period: Duration,
    /// `EvaluationPeriods`, N of "M out of N".
    pub evaluation_periods: u32,
    /// `DatapointsToAlarm`, M of "M out of N"; `None`: all.
    pub datapoints_to_alarm: Option<u32>,
    /// `Threshold`.
    pub threshold: f64,
    /// `ComparisonOperator`.
    pub comparison: Comparison,
    /// `TreatMissingData`.
    pub treat_missing: TreatMissing,
    /// `ActionsEnabled`.
    pub actions_enabled: bool,
    /// `AlarmActions`.
    pub alarm_actions: Vec<AlarmAction>,
    /// `OKActions`.
    pub ok_actions: Vec<AlarmAction>,
    /// `InsufficientDataActions`.
    pub insufficient_data_actions: Vec<AlarmAction>,
}

impl AlarmSpec {
    /// An alarm on the average of one minute, 1 out of 1, with CloudWatch's defaults and no
    /// actions.
    pub fn new(
        name: impl Into<String>,
        metric: impl Into<Metric>,
        endpoint: impl Into<String>,
        comparison: Comparison,
        threshold: f64,
    ) -> Self {
        Self {
            name: name.into(),
            description: None,
            metric: metric.into(),
            endpoint: endpoint.into(),
            unit: None,
            statistic: Statistic::Average,
            period: Duration::from_secs(60),
            evaluation_periods: 1,
            datapoints_to_alarm: None,
            threshold,
            comparison,
            treat_missing: TreatMissing::Missing,
            actions_enabled: true,
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
        }
    }

    /// The actions for a state.
    pub fn actions(&self, state: AlarmState) -> &[AlarmAction] {
        match state {
            AlarmState::Ok => &self.ok_actions,
            AlarmState::Alarm => &self.alarm_actions,
            AlarmState::InsufficientData => &self.insufficient_data_actions,
        }
    }

    /// Whether the alarm triggers the policy in any state.
    pub(crate) fn triggers(&self, id: &VariantId, policy: &str) -> bool {
        let states = [AlarmState::Alarm, AlarmState::Ok, AlarmState::InsufficientData];
        states.into_iter().any(|state| self.triggers_in(state, id, policy))
    }

    /// Whether the alarm triggers the policy in this state.
    pub(crate) fn triggers_in(&self, state: AlarmState, id: &VariantId, policy: &str) -> bool {
        self.actions(state).iter().any(|action| {
            matches!(action, AlarmAction::Policy { id: owner, policy: name }
                if owner == id && name == policy)
        })
    }

    /// M of "M out of N".
    pub(crate) fn needed(&self) -> u32 {
        self.datapoints_to_alarm.unwrap_or(self.evaluation_periods)
    }

    /// Checks the rules of the API reference of PutMetricAlarm.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let refuse = |why: &str| Err(Refusal::new("ValidationError", why));
        let period = self.period.as_secs();
        let is_valid = matches!(period, 10 | 20 | 30) || (period > 0 && period.is_multiple_of(60));
        if !is_valid || self.period.subsec_nanos() != 0 {
            return refuse("Period must be 10, 20, 30 or a multiple of 60");
        }
        if self.evaluation_periods == 0 {
            return refuse("EvaluationPeriods must be at least 1");
        }
        if u64::from(self.evaluation_periods) * period > 24 * 3600 {
            return refuse("EvaluationPeriods times Period must be at most one day");
        }
        if self.needed() == 0 || self.needed() > self.evaluation_periods {
            return refuse("DatapointsToAlarm must be from 1 to EvaluationPeriods");
        }
        if !self.threshold.is_finite() {
            return refuse("Threshold must be a finite number");
        }
        Ok(())
    }
}

/// `ComparisonOperator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `GreaterThanThreshold`.
    Greater,
    /// `GreaterThanOrEqualToThreshold`.
    GreaterOrEqual,
    /// `LessThanThreshold`.
    Less,
    /// `LessThanOrEqualToThreshold`.
    LessOrEqual,
}

impl Comparison {
    /// Reads the API's spelling.
    pub fn from_api(name: &str) -> Option<Self> {
        match name {
            "GreaterThanThreshold" => Some(Self::Greater),
            "GreaterThanOrEqualToThreshold" => Some(Self::GreaterOrEqual),
            "LessThanThreshold" => Some(Self::Less),
            "LessThanOrEqualToThreshold" => Some(Self::LessOrEqual),
            _ => None,
        }
    }

    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Greater => "GreaterThanThreshold",
            Self::GreaterOrEqual => "GreaterThanOrEqualToThreshold",
            Self::Less => "LessThanThreshold",
            Self::LessOrEqual => "LessThanOrEqualToThreshold",
        }
    }

    /// Whether a value breaches the threshold.
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::Greater => value > threshold,
            Self::GreaterOrEqual => value >= threshold,
            Self::Less => value < threshold,
            Self::LessOrEqual => value <= threshold,
        }
    }

    /// As in a state reason, for example `greater than`.
    pub(crate) fn reason_text(self) -> &'static str {
        match self {
            Self::Greater => "greater than",
            Self::GreaterOrEqual => "greater than or equal to",
            Self::Less => "less than",
            Self::LessOrEqual => "less than or equal to",
        }
    }

    /// Whether values below the threshold breach it.
    pub(crate) fn is_below(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual)
    }
}

/// `TreatMissingData`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TreatMissing {
    /// `missing`, the default: without datapoints, the alarm changes to `INSUFFICIENT_DATA`.
    Missing,
    /// `notBreaching`: within the threshold.
    NotBreaching,
    /// `breaching`: breaching the threshold.
    Breaching,
    /// `ignore`: the current state is maintained.
    Ignore,
}

impl TreatMissing {
    /// Reads the API's spelling.
    pub fn from_api(name: &str) -> Option<Self> {
        match name {
            "missing" => Some(Self::Missing),
            "notBreaching" => Some(Self::NotBreaching),
            "breaching" => Some(Self::Breaching),
            "ignore" => Some(Self::Ignore),
            _ => None,
        }
    }

    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotBreaching => "notBreaching",
            Self::Breaching => "breaching",
            Self::Ignore => "ignore",
        }
    }
}

/// What an alarm does when it changes to a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlarmAction {
    /// Triggers a scaling policy each minute while the alarm is in the state.
    Policy {
        /// The policy's scalable target.
        id: VariantId,
        /// Its name.
        policy: String,
    },
    /// Notifies an SNS topic or invokes a Lambda function, by ARN. This happens once, when the
    /// state changes. The journal records it as
    /// [`Event::AlarmNotified`](crate::Event::AlarmNotified).
    Notify(String),
}

impl AlarmAction {
    /// Reads an action's ARN.
    pub fn from_arn(arn: &str) -> Self {
        Self::policy_from_arn(arn).unwrap_or_else(|| Self::Notify(arn.to_owned()))
    }

    /// `arn:aws:autoscaling:REGION:ACCOUNT:scalingPolicy:KEY:resource/sagemaker/RESOURCE:policyName/NAME`,
    /// in some cases followed by `:createdBy/KEY`.
    fn policy_from_arn(arn: &str) -> Option<Self> {
        let (head, tail) = arn.split_once(":resource/sagemaker/")?;
        let (resource, name) = tail.split_once(":policyName/")?;
        let name = name.split_once(":createdBy/").map_or(name, |(name, _)| name);
        head.contains(":scalingPolicy:").then_some(())?;
        Some(Self::Policy { id: VariantId::from_resource_id(resource)?, policy: name.to_owned() })
    }
}

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlarmState {
    /// `OK`.
    Ok,
    /// `ALARM`.
    Alarm,
    /// `INSUFFICIENT_DATA`.
    InsufficientData,
}

impl AlarmState {
    /// Reads the API's spelling.
    pub fn from_api(name: &str) -> Option<Self> {
        match name {
            "OK" => Some(Self::Ok),
            "ALARM" => Some(Self::Alarm),
            "INSUFFICIENT_DATA" => Some(Self::InsufficientData),
            _ => None,
        }
    }

    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// One change of an alarm's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmChange {
    /// When it changed.
    pub at: Timestamp,
    /// The state before the change.
    pub from: AlarmState,
    /// The state after the change.
    pub to: AlarmState,
    /// `StateReason`.
    pub reason: String,
    /// `StateReasonData`: JSON.
    pub reason_data: Option<String>,
}

/// An alarm of the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The settings of the last PutMetricAlarm.
    pub spec: AlarmSpec,
    /// When they were put.
    pub configured_at: Timestamp,
    /// Its state.
    pub state: AlarmState,
    /// `StateReason`.
    pub reason: String,
    /// `StateReasonData`: JSON.
    pub reason_data: Option<String>,
    /// When the state changed, or the alarm was created.
    pub state_since: Timestamp,
    /// The changes of its state, oldest first.
    pub history: Vec<AlarmChange>,
    /// Its tags.
    pub tags: Tags,
    /// The datapoints that the last evaluation used, newest first.
    pub(crate) values: Vec<f64>,
}

impl Alarm {
    /// A new alarm. It has the state `INSUFFICIENT_DATA` until it is evaluated.
    pub(crate) fn new(spec: AlarmSpec, now: Timestamp) -> Self {
        Self {
            spec,
            configured_at: now,
            state: AlarmState::InsufficientData,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            reason_data: None,
            state_since: now,
            history: Vec::new(),
            tags: Tags::new(),
            values: Vec::new(),
        }
    }

    /// The datapoints that the last evaluation used, newest first.
    pub fn datapoints(&self) -> &[f64] {
        &self.values
    }

    pub(crate) fn state_now(&self) -> StateNow {
        StateNow {
            state: self.state,
            since: self.state_since,
            reason: self.reason.clone(),
            reason_data: self.reason_data.clone(),
        }
    }
}

/// A state of an alarm, with its reason.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StateNow {
    pub(crate) state: AlarmState,
    pub(crate) since: Timestamp,
    pub(crate) reason: String,
    pub(crate) reason_data: Option<String>,
}

/// The filters of DescribeAlarms. An absent filter covers all alarms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlarmFilter {
    /// `AlarmNames`.
    pub names: Option<Vec<String>>,
    /// `AlarmNamePrefix`.
    pub prefix: Option<String>,
    /// `StateValue`.
    pub state: Option<AlarmState>,
    /// `ActionPrefix`: the start of the ARN of one of the alarm's actions.
    pub action_prefix: Option<String>,
}
