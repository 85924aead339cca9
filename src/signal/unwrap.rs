//! Going through a payload: the records it lists, and the messages wrapped in them.

use std::fmt::Write;

use serde_json::Value;

use super::types::{Broken, DecodeError, Decoded, Ignored, Meaning, Read, Signal, What, Why};
use super::{alarm, async_result, event_bridge, json, s3};

/// How often a message may be wrapped in another. S3 through SNS through SQS needs two.
const DEEPEST: usize = 3;

/// Problems that are kept of one message. Whoever may write to a topic or a queue could have
/// hundreds of thousands of them kept: two bytes are enough for one.
const MOST_PROBLEMS: usize = 20;

/// The problem in whose place stands that there are more.
const UNTOLD: usize = MOST_PROBLEMS + 1;

/// How long a `messageId` can be (Amazon SQS Developer Guide, "Queue and message identifiers"). It
/// is kept with each thing that the message holds, so a longer one, which is none of SQS's, counts
/// as none.
const LONGEST_MESSAGE_ID: usize = 100;

/// Reads a payload that is no command.
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

/// One step into a payload.
#[derive(Clone, Copy)]
enum Step {
    Record(usize),
    Text(&'static str),
}

struct Unwrapping {
    decoded: Decoded,
    /// Where we are, for the problems found there.
    place: Vec<Step>,
    /// The SQS message we are in.
    message_id: Option<String>,
    /// Problems found so far in the message we are in.
    problems: usize,
}

impl Unwrapping {
    /// An event: the payload itself, or what a topic or a queue wrapped.
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
            // What SNS puts into a queue (SNS Developer Guide, "Message formats").
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

    /// A record says itself where it comes from; SNS spells that field with a capital.
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

    /// A message of a queue (Lambda Developer Guide, "Using Lambda with Amazon SQS"). Only Lambda's
    /// own batch can be answered for message by message: not one that is wrapped in something.
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

    /// An event written as a text inside another one.
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

    /// Files what was read.
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
                // The last one stands for all that follow.
                UNTOLD => problem = "and more of the message cannot be read",
                _ => return,
            }
        }
        let problem = self.located(problem);
        self.decoded.broken.push(Broken { message_id: self.message_id.clone(), problem });
    }

    /// Where we are, in words: `Records[1].body`.
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

    /// A text with the place in front: `Records[1].body: s3.object.key is missing`.
    fn located(&self, text: &str) -> String {
        match self.place() {
            place if place.is_empty() => text.to_owned(),
            place => format!("{place}: {text}"),
        }
    }

    /// How many texts have been opened to come here.
    fn depth(&self) -> usize {
        self.place.iter().filter(|step| matches!(step, Step::Text(_))).count()
    }
}
