//! What a command does with one endpoint or bucket.

use reactive_scaler::port::VariantId;
use scalerctl_console::advice::Advice;

use crate::write::Write;

/// The part of the setup that an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The endpoint itself.
    Endpoint,
    /// The function that covers the endpoint.
    Function,
    /// The tag of the endpoint.
    Tag,
    /// The topics of the endpoint's results.
    Topics,
    /// The alarm for requests that wait without an instance.
    Backstop,
    /// The scalable target.
    Target,
    /// The scaling policy.
    Policy,
    /// The function's scheduled actions.
    Records,
    /// The events of a bucket.
    Events,
}

impl Part {
    /// Its name in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Function => "function",
            Self::Tag => "tag",
            Self::Topics => "topics",
            Self::Backstop => "backstop",
            Self::Target => "target",
            Self::Policy => "policy",
            Self::Records => "records",
            Self::Events => "events",
        }
    }
}

/// What happens to a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is to be changed. With `--dry-run`, it stays at this.
    Planned,
    /// It was changed.
    Changed,
    /// It is as it should be.
    Kept,
    /// It is left alone, and the user should know.
    Noted,
    /// A rule refuses. Then nothing is written for this endpoint or bucket.
    Refused,
    /// AWS refused the change.
    Failed,
    /// An earlier change failed.
    NotReached,
}

impl State {
    /// Its name in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "would change",
            Self::Changed => "changed",
            Self::Kept => "no change",
            Self::Noted => "note",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::NotReached => "not done",
        }
    }
}

/// One part, and what happens to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The part.
    pub part: Part,
    /// What happens to it.
    pub state: State,
    /// What it is then, in a few words.
    pub text: String,
    /// What the user can do about it.
    pub advice: Option<Advice>,
    /// How it is changed.
    pub writes: Vec<Write>,
}

impl Item {
    /// A part that is as it should be.
    pub fn kept(part: Part, text: impl Into<String>) -> Self {
        Self { part, state: State::Kept, text: text.into(), advice: None, writes: Vec::new() }
    }

    /// A part that is to be changed.
    pub fn change(part: Part, text: impl Into<String>, writes: Vec<Write>) -> Self {
        Self { part, state: State::Planned, text: text.into(), advice: None, writes }
    }

    /// A part that a rule refuses to change.
    pub fn refused(part: Part, text: impl Into<String>, advice: impl Into<Advice>) -> Self {
        let advice = Some(advice.into());
        Self { part, state: State::Refused, text: text.into(), advice, writes: Vec::new() }
    }

    /// Something that the user should know.
    pub fn note(part: Part, text: impl Into<String>, advice: impl Into<Advice>) -> Self {
        Self { state: State::Noted, ..Self::refused(part, text, advice) }
    }
}

/// What a command does with one endpoint or bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The name of the endpoint or bucket.
    pub subject: String,
    /// The variant, if there is one.
    pub variant: Option<VariantId>,
    /// The parts, in the order of the writes.
    pub items: Vec<Item>,
    /// The call that failed, with what to do about it.
    pub failure: Option<String>,
}

impl Change {
    /// A plan.
    pub fn planned(subject: &str, variant: Option<VariantId>, items: Vec<Item>) -> Self {
        Self { subject: subject.to_owned(), variant, items, failure: None }
    }

    /// The number of parts in this state.
    pub fn count(&self, state: State) -> usize {
        self.items.iter().filter(|item| item.state == state).count()
    }

    /// Whether something was changed.
    pub fn has_changed(&self) -> bool {
        self.count(State::Changed) > 0
    }

    /// Whether a rule refuses. Then nothing is written.
    pub fn is_refused(&self) -> bool {
        self.count(State::Refused) > 0
    }

    /// Whether nothing was refused, and nothing failed.
    pub fn is_done(&self) -> bool {
        !self.is_refused() && self.failure.is_none()
    }
}
