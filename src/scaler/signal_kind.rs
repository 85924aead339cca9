//! The kinds of signals.

/// The kind of signal that led to a decision, in the terms of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// An async input was uploaded.
    Input,
    /// CloudTrail reports a call of `InvokeEndpointAsync`.
    #[serde(rename = "input")]
    Invocation,
    /// A CloudWatch alarm.
    Alarm,
    /// The schedule.
    Tick,
    /// SageMaker Endpoint State Change.
    EndpointChanged,
    /// An async result.
    Result,
    /// A person's command.
    Command,
}
