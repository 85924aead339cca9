//! A schedule that invokes a function.

/// A schedule that invokes a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSchedule {
    /// `Name`.
    pub name: String,
    /// The service.
    pub kind: ScheduleKind,
    /// Why it does not invoke the function. `None`: it does.
    pub problem: Option<String>,
}

/// The service of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleKind {
    /// A schedule of EventBridge Scheduler.
    Scheduler {
        /// `GroupName`.
        group: String,
    },
    /// A rule of EventBridge.
    Rule,
}
