//! The questions that AWS's documentation does not answer, and the measured answers.

use jiff::{SignedDuration, Timestamp};

use super::own_request::OwnRequest;

/// The measured values so far. `None`: not measured.
#[derive(Debug, Clone, Default)]
pub struct Measurements {
    /// When capacity was requested.
    pub woke_at: Option<Timestamp>,
    /// The end of the lease that verify wrote. A later end means that work arrived.
    pub lease_until: Option<Timestamp>,
    /// When zero was requested.
    pub slept_at: Option<Timestamp>,
    /// Whether the test action may exist.
    pub test_action_exists: bool,
    /// From the request until the instance was in service.
    pub provisioning: Option<SignedDuration>,
    /// From the request for zero until `InService` at zero.
    pub scale_in: Option<SignedDuration>,
    /// From the end of a minute until its datapoint was visible: the lowest value.
    pub lag: Option<SignedDuration>,
    /// From when the instance was in service until an alarm on the backlog changed: the lowest
    /// value.
    pub alarm_delay: Option<SignedDuration>,
    /// The request of `--running-work`, if it was sent.
    pub request: Option<OwnRequest>,
    /// The measurement of that request.
    pub running_work: Option<RunningWork>,
    /// The answers so far.
    pub answers: Vec<Answer>,
}

/// Whether the backlog counts a request that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningWork {
    /// The answer; `Err`: why it is not known, and what to do.
    pub counts: Result<bool, String>,
    /// From the call until the result was found.
    pub seconds: Option<i64>,
    /// Whether the result is a failure.
    pub failed: bool,
    /// The metrics and their values in the full minutes in which the request ran.
    pub values: Vec<(&'static str, Vec<f64>)>,
}

impl RunningWork {
    /// Without an answer.
    pub fn not_known(why: impl Into<String>) -> Self {
        Self { counts: Err(why.into()), seconds: None, failed: false, values: Vec::new() }
    }

    /// What the answer means for the user.
    pub fn meaning(&self) -> Option<&'static str> {
        match self.counts {
            Ok(true) => Some(
                "A request that runs keeps this endpoint awake, however long it takes. job_minutes can be shorter than \
                 your longest request: the endpoint then goes to zero earlier.",
            ),
            Ok(false) => Some(
                "A request that takes longer than job_minutes can be cut. Set job_minutes to the duration of your \
                 longest request. To go to zero soon after the last result, connect results.",
            ),
            Err(_) => None,
        }
    }
}

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Its short name.
    pub id: &'static str,
    /// The question.
    pub text: &'static str,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question's short name.
    pub id: &'static str,
    /// The answer; `Err` has the reason if there is none.
    pub answer: Result<String, String>,
}

/// All questions, in the order of the report.
pub const QUESTIONS: &[Question] = &[
    Question { id: DIRECT_ZERO, text: "Can a direct call set an async variant to zero?" },
    Question { id: IN_FLIGHT, text: "What happens to a request that runs at scale-in?" },
    Question {
        id: PER_INSTANCE,
        text: "Does ApproximateBacklogSizePerInstance have datapoints at zero?",
    },
    Question { id: EVENTS, text: "Are state-change events sent for changes of capacity?" },
    Question {
        id: ACTIVITIES,
        text: "What does Application Auto Scaling record of a change that it did not make?",
    },
    Question {
        id: IDLE_BACKLOG,
        text: "Is ApproximateBacklogSize published while an instance is idle?",
    },
    Question { id: RUNNING_WORK, text: "Does the backlog metric count a request that runs?" },
    Question { id: PAST_ACTION, text: "What happens to a one-time action after its time?" },
    Question { id: PAST_AT, text: "Is a one-time action with a past time refused?" },
    Question { id: MODIFIED, text: "Does LastModifiedTime change with capacity?" },
    Question { id: ALARMS, text: "How soon do the alarms on the backlog change their state?" },
];

/// Setting capacity 0 by a direct call.
pub const DIRECT_ZERO: &str = "direct-zero";
/// Requests that run at scale-in.
pub const IN_FLIGHT: &str = "in-flight";
/// The per-instance metric at zero.
pub const PER_INSTANCE: &str = "per-instance-at-zero";
/// State-change events.
pub const EVENTS: &str = "state-change-events";
/// Activities after a direct change.
pub const ACTIVITIES: &str = "activities";
/// The backlog metric while idle.
pub const IDLE_BACKLOG: &str = "backlog-while-idle";
/// The backlog metric while a request runs.
pub const RUNNING_WORK: &str = "running-work";
/// Whether an action stays listed after its time.
pub const PAST_ACTION: &str = "past-action";
/// Whether a time in the past is rejected.
pub const PAST_AT: &str = "past-at";
/// `LastModifiedTime`.
pub const MODIFIED: &str = "last-modified";
/// Alarm delays.
pub const ALARMS: &str = "alarm-delay";

impl Measurements {
    /// Adds an answer.
    pub fn answer(&mut self, id: &'static str, answer: impl Into<String>) {
        self.answers.push(Answer { id, answer: Ok(answer.into()) });
    }

    /// Adds the reason why a question has no answer.
    pub fn not_measured(&mut self, id: &'static str, why: impl Into<String>) {
        self.answers.push(Answer { id, answer: Err(why.into()) });
    }

    /// The answer to a question.
    pub fn to(&self, id: &str) -> Result<&str, &str> {
        match self.answers.iter().find(|answer| answer.id == id) {
            Some(Answer { answer: Ok(answer), .. }) => Ok(answer),
            Some(Answer { answer: Err(why), .. }) => Err(why),
            None => Err("not reached"),
        }
    }

    /// From the request for capacity to the request for zero.
    pub fn awake(&self) -> Option<SignedDuration> {
        Some(self.slept_at?.duration_since(self.woke_at?))
    }
}
