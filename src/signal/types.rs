//! The types that decoding produces.

use std::fmt;

use jiff::Timestamp;

/// What one payload held: everything that could be read, beside everything that could not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    /// What to act on, in the payload's order.
    pub signals: Vec<Signal>,
    /// Records that should have meant something and could not be read, in the payload's order.
    /// A message that holds several broken records appears several times.
    pub broken: Vec<Broken>,
    /// Each thing that was understood and asks for nothing.
    pub ignored: Vec<Ignored>,
    /// The payload is an SQS batch, so the answer carries `batchItemFailures` (Lambda Developer
    /// Guide, "Handling errors for an SQS event source").
    pub sqs: bool,
    /// It is only asked what would be done: nothing may be written.
    pub observe: bool,
}

/// One thing to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// The SQS `messageId` it came in, if it came through a queue.
    pub message_id: Option<String>,
    /// What happened, or what is asked for.
    pub what: What,
}

/// One record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The SQS `messageId` it came in, if it came through a queue.
    pub message_id: Option<String>,
    /// Where and what: the record's index and the field's name, never the payload's values.
    pub problem: String,
}

/// One thing that was understood and asks for nothing. Its text repeats no value of the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Where it stands in the payload, such as `Records[1].body`; empty for the payload itself.
    pub place: String,
    /// Why it asks for nothing.
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

/// Why something asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The message that S3 sends once, when notifications are turned on.
    S3TestEvent,
    /// `Records` is empty.
    NoRecords,
    /// An S3 event that tells of something else than a created object.
    NoCreation {
        /// The bucket's name, if the event says so.
        bucket: Option<String>,
    },
    /// An object of 0 bytes, or of no stated size, whose key ends in `/`.
    FolderMarker {
        /// The bucket's name.
        bucket: String,
    },
    /// The normal end of an alarm, or one that has no data.
    AlarmNotInAlarm,
    /// An alarm on a backlog metric that does not say of which endpoint.
    AlarmNamesNoEndpoint,
    /// An alarm on a metric of async endpoints that tells of no waiting work.
    AlarmOnOtherAsyncMetric,
    /// An alarm on something else.
    AlarmOnOtherMetric,
    /// A message of SageMaker's that is no result of a request.
    NoResult,
    /// A result with a status that is not known.
    ResultOfUnknownStatus,
    /// An event of another kind on an event bus.
    OtherEvent,
}

impl Why {
    fn text(&self) -> &'static str {
        match self {
            Self::S3TestEvent => "the test event of an S3 bucket",
            Self::NoRecords => "an event with no records",
            Self::NoCreation { .. } => "an S3 event that tells of no created object",
            Self::FolderMarker { .. } => "a folder of the S3 console",
            Self::AlarmNotInAlarm => "an alarm that is not in the state ALARM",
            Self::AlarmNamesNoEndpoint => "an alarm on a backlog metric that names no endpoint",
            Self::AlarmOnOtherAsyncMetric => "an alarm on a metric that tells of no waiting work",
            Self::AlarmOnOtherMetric => "an alarm on no metric of async endpoints",
            Self::NoResult => "a SageMaker message that is no result of a request",
            Self::ResultOfUnknownStatus => {
                "a result with a status that is none of the three known ones"
            }
            Self::OtherEvent => "an event bus event of a kind that is not followed",
        }
    }
}

/// What happened, or what is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An object was created: perhaps the input of an async request.
    Input {
        /// The bucket's name.
        bucket: String,
        /// The object's key as it is in the bucket, with no encoding left.
        key: String,
        /// When the object was created, if the event says so.
        at: Option<Timestamp>,
    },
    /// A CloudWatch alarm on a backlog metric, or a composite alarm, went into `ALARM`.
    Alarm {
        /// The `EndpointName` dimensions of its backlog metrics, of its queries' conditions and of
        /// the contributor: sorted, each one once. Empty for a composite alarm.
        endpoints: Vec<String>,
        /// The `VariantName` dimension, where the alarm is about one endpoint and one variant.
        variant: Option<String>,
        /// For a composite alarm, which has no metric: its own name and the names of the alarms
        /// behind it, sorted, each one once. Empty otherwise.
        mentioned: Vec<String>,
        /// When the state changed, if the event says so.
        at: Option<Timestamp>,
    },
    /// Time to look at everything.
    Tick,
    /// SageMaker tells that an endpoint's status changed.
    EndpointChanged {
        /// The endpoint's name.
        endpoint: String,
        /// The status in the event's own spelling, such as `IN_SERVICE`.
        status: String,
    },
    /// An async request came to its end.
    Result {
        /// The endpoint's name.
        endpoint: String,
        /// `Completed`, `Failed` or `Expired`.
        status: String,
    },
    /// A person or a script asks for something.
    Command {
        /// What is asked for.
        command: Command,
        /// The endpoint's name.
        endpoint: String,
        /// The variant's name, if one was given.
        variant: Option<String>,
    },
}

/// What can be asked for about one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    /// Bring it up.
    Wake,
    /// Put it to zero.
    Sleep {
        /// Do not wait for the lease. The backlog is looked at all the same.
        force: bool,
    },
    /// Keep it up.
    Hold {
        /// For how long, if it was said.
        minutes: Option<u32>,
    },
    /// Give a hold up, and end the lease now.
    Release,
    /// Say how it stands.
    Status,
}

/// Why a payload as a whole means nothing to this function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// An object of no known shape.
    #[error("unknown event, with the top-level keys [{}]", keys.join(", "))]
    Unknown {
        /// Its top-level keys, sorted; at most 20, each cut to 64 characters.
        keys: Vec<String>,
    },
    /// Not an object at all.
    #[error("unknown event: {found}, not an object")]
    NotAnObject {
        /// The JSON type with its article, such as "an array".
        found: &'static str,
    },
    /// `Records` is there and holds no list.
    #[error("`Records` is {found}, not an array")]
    Records {
        /// The JSON type with its article, such as "a string".
        found: &'static str,
    },
    /// JSON that cannot be taken in, such as one that is nested too deeply.
    #[error("{problem}")]
    Unreadable {
        /// What `serde_json` says.
        problem: String,
    },
    /// A direct command that is not well formed.
    #[error("bad command: {problem}")]
    Command {
        /// The field at fault, and an example of a good command.
        problem: String,
    },
}

/// What one record or one event means.
pub(super) enum Meaning {
    /// Something to act on.
    Signal(What),
    /// Understood, and nothing to do.
    Ignored(Why),
}

/// A record's meaning, or the problem with it.
pub(super) type Read = Result<Meaning, String>;
