//! Schedules that invoke a function, in short: rules of EventBridge and schedules of EventBridge Scheduler.

use jiff::Timestamp;

/// A schedule that invokes a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvocationSchedule {
    /// The service, and with it the kind of resource.
    pub kind: InvocationScheduleKind,
    /// `Name`.
    pub name: String,
    /// `ScheduleExpression`, for example `rate(1 minute)`.
    pub expression: String,
    /// Whether `State` is `ENABLED`.
    pub enabled: bool,
    /// The ARN of the function, of its alias, or of the action of an API.
    pub target: String,
    /// `Input` of the target.
    pub input: Option<String>,
    /// `GroupName` of a schedule of EventBridge Scheduler.
    pub group: String,
    /// `StartDate` of a schedule of EventBridge Scheduler.
    pub start: Option<Timestamp>,
    /// `EndDate` of a schedule of EventBridge Scheduler.
    pub end: Option<Timestamp>,
    /// `InputPath` of the target of a rule.
    pub input_path: Option<String>,
    /// `InputTemplate` in the `InputTransformer` of the target of a rule.
    pub input_template: Option<String>,
    /// The ARNs of the other targets of a rule.
    pub other_targets: Vec<String>,
}

/// The service of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvocationScheduleKind {
    /// A schedule of EventBridge Scheduler, by default in the group `default`.
    Scheduler,
    /// A rule of EventBridge, on the default event bus.
    Rule,
}

impl InvocationSchedule {
    /// An enabled schedule of EventBridge Scheduler that sends a tick each minute, as the template has it.
    pub fn tick(name: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            kind: InvocationScheduleKind::Scheduler,
            name: name.into(),
            expression: "rate(1 minute)".into(),
            enabled: true,
            target: target.into(),
            input: Some(r#"{"action":"tick"}"#.into()),
            group: "default".into(),
            start: None,
            end: None,
            input_path: None,
            input_template: None,
            other_targets: Vec::new(),
        }
    }

    /// An enabled rule of EventBridge that sends its event each minute.
    pub fn rule(name: impl Into<String>, target: impl Into<String>) -> Self {
        let kind = InvocationScheduleKind::Rule;
        Self { kind, input: None, ..Self::tick(name, target) }
    }

    /// `State`.
    pub fn state(&self) -> &'static str {
        if self.enabled { "ENABLED" } else { "DISABLED" }
    }
}
