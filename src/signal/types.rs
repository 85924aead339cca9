//! The types that decoding produces.

use std::fmt;

use jiff::Timestamp;

use crate::ledger::Location;

/// The content of a payload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The signals, in the order of the payload.
    pub signals: Vec<Signal>,
    /// Records that could not be read, in the order of the payload. A message with several such records
    /// appears several times.
    pub broken: Vec<Broken>,
    /// What was understood but needs no action.
    pub ignored: Vec<Ignored>,
    /// The payload is an SQS batch, so the answer carries `batchItemFailures` (Lambda Developer
    /// Guide, "Handling errors for an SQS event source").
    pub sqs: bool,
    /// Only the decision is requested. Nothing may be changed.
    pub observe: bool,
}

/// One event or request to handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// The SQS `messageId` of its message, if it came through a queue.
    pub message_id: Option<String>,
    /// What happened, or what was requested.
    pub what: What,
}

/// One record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The SQS `messageId` of its message, if it came through a queue.
    pub message_id: Option<String>,
    /// The record's index and the field's name, without values of the payload.
    pub problem: String,
}

/// Something that was understood but needs no action. Its text contains no values of the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Its position in the payload, such as `Records[1].body`. Empty for the payload itself.
    pub place: String,
    /// Why it needs no action.
    pub why: Why,
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(self.why.text())
    }
}

/// Why something needs no action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The message that S3 sends when notifications are turned on.
    S3TestEvent,
    /// `Records` is empty.
    NoRecords,
    /// An S3 event for something other than a created object.
    NoCreation {
        /// The bucket's name, if the event contains it.
        bucket: Option<String>,
    },
    /// An object whose key ends in `/` and whose size is 0 bytes or not stated.
    FolderMarker {
        /// The bucket's name.
        bucket: String,
    },
    /// An alarm in the state OK or INSUFFICIENT_DATA.
    AlarmNotInAlarm,
    /// An alarm on a backlog metric without an endpoint name.
    AlarmNamesNoEndpoint,
    /// An alarm on a metric of async endpoints that does not indicate a backlog.
    AlarmOnOtherAsyncMetric,
    /// An alarm on another metric.
    AlarmOnOtherMetric,
    /// A SageMaker message that is not the result of a request.
    NoResult,
    /// A result whose status is missing or unknown. AWS shows no message of a request that expired.
    ResultOfUnknownForm {
        /// The names of its members, without their values.
        members: Vec<String>,
    },
    /// An `InvokeEndpointAsync` call that SageMaker refused. There is no request to process.
    FailedInvocation,
    /// An `InvokeEndpointAsync` call to an endpoint of another account or Region.
    InvocationElsewhere,
    /// Another event on an event bus.
    OtherEvent,
}

impl Why {
    fn text(&self) -> &'static str {
        match self {
            Self::S3TestEvent => "the test event of an S3 bucket",
            Self::NoRecords => "an event without records",
            Self::NoCreation { .. } => "an S3 event that does not report a created object",
            Self::FolderMarker { .. } => "a folder of the S3 console",
            Self::AlarmNotInAlarm => "an alarm that is not in the state ALARM",
            Self::AlarmNamesNoEndpoint => "an alarm on a backlog metric that names no endpoint",
            Self::AlarmOnOtherAsyncMetric => "an alarm on a metric that does not report a backlog",
            Self::AlarmOnOtherMetric => {
                "an alarm on a metric that does not belong to async endpoints"
            }
            Self::NoResult => "a SageMaker message that is not the result of a request",
            Self::ResultOfUnknownForm { .. } => "a result whose status is missing or unknown",
            Self::FailedInvocation => "an InvokeEndpointAsync call that failed",
            Self::InvocationElsewhere => {
                "an InvokeEndpointAsync call to an endpoint of another account or Region"
            }
            Self::OtherEvent => "an event that the function does not use",
        }
    }
}

/// What happened, or what was requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An object was created. It can be the input of an async request.
    Input {
        /// The bucket's name.
        bucket: String,
        /// The object key, decoded.
        key: String,
        /// When the object was created, if the event contains the time.
        at: Option<Timestamp>,
        /// What distinguishes this upload from another one of the same key: the event's sequencer, or the object's
        /// eTag and the time. A duplicate of the event has the same. `None` if the event has neither.
        upload_id: Option<String>,
    },
    /// A CloudWatch alarm on a backlog metric, or a composite alarm, changed to `ALARM`.
    Alarm {
        /// The `EndpointName` dimensions of its backlog metrics, of its queries' conditions and of
        /// the contributor: sorted, each one once. Empty for a composite alarm.
        endpoints: Vec<String>,
        /// The `VariantName` dimension, if the alarm is about one endpoint and one variant.
        variant: Option<String>,
        /// For a composite alarm, which has no metric: its own name and the names of the alarms
        /// behind it, sorted, each one once. Empty otherwise.
        mentioned: Vec<String>,
        /// When the state changed, if the event contains the time.
        at: Option<Timestamp>,
    },
    /// CloudTrail reports a call of `InvokeEndpointAsync`. It does not report the request's parameters.
    Invocation {
        /// The endpoint names in the ARNs of the event: sorted, each one once. SageMaker writes them in lower case.
        endpoints: Vec<String>,
        /// When the call was made, if the event contains the time.
        at: Option<Timestamp>,
    },
    /// Check all endpoints.
    Tick,
    /// SageMaker reports that an endpoint's status changed.
    EndpointChanged {
        /// The endpoint's name.
        endpoint: String,
        /// The status in the event's own spelling, such as `IN_SERVICE`.
        status: String,
    },
    /// An async request completed, failed or expired.
    Result {
        /// The endpoint's name.
        endpoint: String,
        /// `Completed`, `Failed` or `Expired`.
        status: String,
        /// The location of its input, if it is an object.
        input: Option<Location>,
        /// `inferenceId`. A duplicate of the message has the same.
        inference_id: Option<String>,
        /// When SageMaker received the request.
        received_at: Option<Timestamp>,
    },
    /// A person or a script sent a command.
    Command {
        /// The command.
        command: Command,
        /// The endpoint's name.
        endpoint: String,
        /// The variant's name, if one was given.
        variant: Option<String>,
    },
}

/// A command for one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    /// Scale out.
    Wake,
    /// Scale in to zero.
    Sleep {
        /// Ignore the lease. The backlog is still checked.
        force: bool,
    },
    /// Keep it awake.
    Hold {
        /// Duration in minutes, if given.
        minutes: Option<u32>,
    },
    /// Delete the hold and end the lease.
    Release,
    /// Report its state.
    Status,
}

/// Why a payload cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// An object of an unknown form.
    #[error("unknown event, with the top-level keys [{}]", keys.join(", "))]
    Unknown {
        /// Its top-level keys, sorted; at most 20, each cut to 64 characters.
        keys: Vec<String>,
    },
    /// Not an object.
    #[error("unknown event: {found}, not an object")]
    NotAnObject {
        /// The JSON type with its article, such as "an array".
        found: &'static str,
    },
    /// `Records` is not an array.
    #[error("`Records` is {found}, not an array")]
    Records {
        /// The JSON type with its article, such as "a string".
        found: &'static str,
    },
    /// JSON that cannot be parsed, for example because it is nested too deeply.
    #[error("{problem}")]
    Unreadable {
        /// The message of `serde_json`.
        problem: String,
    },
    /// A command that is not valid.
    #[error("bad command: {problem}")]
    Command {
        /// The field that is not valid, and an example of a valid command.
        problem: String,
    },
}

/// The meaning of one record or event.
pub(super) enum Meaning {
    /// It needs an action.
    Signal(What),
    /// It needs no action.
    Ignored(Why),
}

/// The meaning of a record, or the reason why it cannot be read.
pub(super) type Read = Result<Meaning, String>;
