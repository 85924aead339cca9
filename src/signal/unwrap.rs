//! Reads the records of a payload and the messages that are wrapped in them.

use std::fmt::Write;

use serde_json::Value;

use super::types::{Broken, DecodeError, Decoded, Ignored, Meaning, Read, Signal, What, Why};
use super::{alarm, async_result, event_bridge, json, s3};

/// Maximum number of wrappers around a message. S3 through SNS and SQS needs two.
const DEEPEST: usize = 3;

/// Maximum number of problems that are kept for one message. Without a limit, a sender could cause hundreds
/// of thousands of them: one takes only two bytes of payload.
const MOST_PROBLEMS: usize = 20;

/// The number of the problem that is replaced by a note that there are more.
const UNTOLD: usize = MOST_PROBLEMS + 1;

/// Maximum length of a `messageId` (Amazon SQS Developer Guide, "Queue and message identifiers"). The id is
/// stored with each item of the message, so a longer id, which SQS does not create, is ignored.
const LONGEST_MESSAGE_ID: usize = 100;

/// Reads a payload that is not a command.
pub(super) fn unwrap(payload: &Value) -> Result<Decoded, DecodeError> {
    let mut unwrapping = Unwrapping {
        decoded: Decoded::default(),
        place: Vec::new(),
        message_id: None,
        problems: 0,
    };
    unwrapping.event(payload)?;
    Ok(unwrapping.decoded)
}

/// One step of a path into the payload.
#[derive(Clone, Copy)]
enum Step {
    Record(usize),
    Text(&'static str),
}

struct Unwrapping {
    decoded: Decoded,
    /// The current position, for problem texts.
    place: Vec<Step>,
    /// The current SQS message.
    message_id: Option<String>,
    /// Number of problems in the current message.
    problems: usize,
}

impl Unwrapping {
    /// An event: the payload itself, or the content of an SNS or SQS message.
    fn event(&mut self, event: &Value) -> Result<(), DecodeError> {
        if !event.is_object() {
            return Err(DecodeError::NotAnObject { found: json::kind(event) });
        }
        if let Some(records) = event.get("Records") {
            return self.records(records);
        }
        if s3::is_test_event(event) {
            self.take(Ok(Meaning::Ignored(Why::S3TestEvent)));
        } else if alarm::is_direct(event) {
            self.take(alarm::direct(event));
        } else if event_bridge::is_event(event) {
            self.take(event_bridge::read(event));
        } else if alarm::is_notification(event) {
            self.take(alarm::notification(event));
        } else if async_result::is_result(event) {
            self.take(async_result::read(event));
        } else if json::text(event, "/Type") == Some("Notification") {
            // The message that SNS sends to a queue (SNS Developer Guide, "Message formats").
            self.text(event, "/Message", "Message");
        } else {
            return Err(DecodeError::Unknown { keys: json::shown_keys(event) });
        }
        Ok(())
    }

    fn records(&mut self, records: &Value) -> Result<(), DecodeError> {
        let Some(records) = records.as_array() else {
            return Err(DecodeError::Records { found: json::kind(records) });
        };
        if records.is_empty() {
            self.take(Ok(Meaning::Ignored(Why::NoRecords)));
        }
        for (index, record) in records.iter().enumerate() {
            self.place.push(Step::Record(index));
            self.record(record);
            self.place.pop();
        }
        Ok(())
    }

    /// Each record names its event source. In SNS, the field name starts with a capital letter.
    fn record(&mut self, record: &Value) {
        let source =
            json::text(record, "/eventSource").or_else(|| json::text(record, "/EventSource"));
        match source {
            Some("aws:s3") => self.take(s3::record(record)),
            Some("aws:sns") => self.text(record, "/Sns/Message", "Sns.Message"),
            Some("aws:sqs") => self.queued(record),
            _ if !record.is_object() => {
                self.broken(&format!("is {}, not an object", json::kind(record)));
            }
            _ => {
                let keys = json::shown_keys(record).join(", ");
                self.broken(&format!("is of no known event source, with the keys [{keys}]"));
            }
        }
    }

    /// A message of a queue (Lambda Developer Guide, "Using Lambda with Amazon SQS"). Only a batch that
    /// Lambda itself sent can be answered per message, not a batch that is wrapped in another message.
    fn queued(&mut self, record: &Value) {
        if self.depth() > 0 {
            return self.text(record, "/body", "body");
        }
        self.decoded.sqs = true;
        self.message_id = json::text(record, "/messageId")
            .filter(|id| id.len() <= LONGEST_MESSAGE_ID)
            .map(str::to_owned);
        self.text(record, "/body", "body");
        self.message_id = None;
    }

    /// An event as a text inside another event.
    fn text(&mut self, outer: &Value, pointer: &str, name: &'static str) {
        let text = match json::required(outer, pointer) {
            Ok(text) => text,
            Err(problem) => return self.broken(&problem),
        };
        if self.depth() == 0 {
            self.problems = 0;
        }
        self.place.push(Step::Text(name));
        if self.depth() > DEEPEST {
            self.broken("is wrapped too deeply");
        } else if let Ok(event) = serde_json::from_str::<Value>(text) {
            if let Err(error) = self.event(&event) {
                self.broken(&error.to_string());
            }
        } else {
            self.broken("is not JSON");
        }
        self.place.pop();
    }

    /// Stores the result.
    fn take(&mut self, read: Read) {
        match read {
            Ok(Meaning::Signal(What::Command { .. })) if self.depth() > 0 => {
                self.broken("holds a command: commands are taken directly or from a schedule");
            }
            Ok(Meaning::Signal(what)) => {
                self.decoded.signals.push(Signal { message_id: self.message_id.clone(), what });
            }
            Ok(Meaning::Ignored(why)) => {
                self.decoded.ignored.push(Ignored { place: self.place(), why });
            }
            Err(problem) => self.broken(&problem),
        }
    }

    fn broken(&mut self, problem: &str) {
        let mut problem = problem;
        if self.depth() > 0 {
            self.problems += 1;
            match self.problems {
                0..=MOST_PROBLEMS => {}
                // The last problem replaces all further ones.
                UNTOLD => problem = "and more of the message cannot be read",
                _ => return,
            }
        }
        let problem = self.located(problem);
        self.decoded.broken.push(Broken { message_id: self.message_id.clone(), problem });
    }

    /// The current position as text: `Records[1].body`.
    fn place(&self) -> String {
        let mut place = String::new();
        for (index, step) in self.place.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Record(record) => write!(place, "{dot}Records[{record}]"),
                Step::Text(name) => write!(place, "{dot}{name}"),
            };
        }
        place
    }

    /// A text with the position in front: `Records[1].body: s3.object.key is missing`.
    fn located(&self, text: &str) -> String {
        match self.place() {
            place if place.is_empty() => text.to_owned(),
            place => format!("{place}: {text}"),
        }
    }

    /// The number of wrappers around the current position.
    fn depth(&self) -> usize {
        self.place.iter().filter(|step| matches!(step, Step::Text(_))).count()
    }
}
