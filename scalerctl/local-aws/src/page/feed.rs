//! How states, decisions, and calls reach the browsers: as server-sent events.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::response::sse::Event;
use futures_util::{Stream, stream};
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, error::RecvError};

use super::happened::List;

/// The most decisions that a browser gets when it connects.
const DECISIONS: usize = 60;

/// The most calls.
const CALLS: usize = 150;

/// How far a slow browser can be behind before it starts again.
const BEHIND: usize = 256;

/// What is sent.
#[derive(Debug, Clone)]
enum Message {
    /// The state changed.
    State(Arc<str>),
    /// Decisions and calls, oldest first.
    Happened(Arc<str>),
}

/// What browsers get.
#[derive(Debug)]
pub(super) struct Feed {
    sender: broadcast::Sender<Message>,
    recent: Mutex<Recent>,
}

/// What a browser gets when it connects.
#[derive(Debug, Default)]
struct Recent {
    state: Value,
    decisions: VecDeque<Value>,
    calls: VecDeque<Value>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(BEHIND), recent: Mutex::default() }
    }
}

impl Feed {
    /// Whether a browser is connected.
    pub(super) fn is_read(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    /// Sends a state.
    pub(super) fn state(&self, state: Value) {
        let mut recent = self.recent();
        // Without a receiver, nobody misses it.
        let _ = self.sender.send(Message::State(state.to_string().into()));
        recent.state = state;
    }

    /// Sends what happened, oldest first.
    pub(super) fn happened(&self, new: Vec<(List, Value)>) {
        if new.is_empty() {
            return;
        }
        let mut recent = self.recent();
        // A browser shows no more than this at once.
        let skipped = new.len().saturating_sub(DECISIONS + CALLS);
        let sent: Vec<&Value> = new.iter().skip(skipped).map(|(_, it)| it).collect();
        let sent = json!(sent).to_string().into();
        let _ = self.sender.send(Message::Happened(sent));
        for (list, it) in new {
            let (kept, most) = match list {
                List::Decisions => (&mut recent.decisions, DECISIONS),
                List::Calls => (&mut recent.calls, CALLS),
            };
            kept.push_back(it);
            while kept.len() > most {
                kept.pop_front();
            }
        }
    }

    /// The events of one browser. They begin with everything that it shows, also when it connects again.
    pub(super) fn events(
        shared: Arc<super::Shared>,
    ) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold((shared, None), |(shared, receiver)| async move {
            let (event, receiver) = shared.feed.next(receiver).await?;
            Some((Ok(event), (shared, Some(receiver))))
        })
    }

    async fn next(
        &self,
        receiver: Option<broadcast::Receiver<Message>>,
    ) -> Option<(Event, broadcast::Receiver<Message>)> {
        let Some(mut receiver) = receiver else { return Some(self.begin()) };
        match receiver.recv().await {
            Ok(Message::State(state)) => {
                Some((Event::default().event("state").data(state), receiver))
            }
            Ok(Message::Happened(new)) => {
                Some((Event::default().event("happened").data(new), receiver))
            }
            Err(RecvError::Lagged(_)) => Some(self.begin()),
            Err(RecvError::Closed) => None,
        }
    }

    /// Nothing is sent between what the first event has and what the receiver gets.
    fn begin(&self) -> (Event, broadcast::Receiver<Message>) {
        let recent = self.recent();
        let happened: Vec<&Value> = recent.decisions.iter().chain(&recent.calls).collect();
        let begin = json!({ "state": recent.state, "happened": happened });
        (Event::default().event("begin").data(begin.to_string()), self.sender.subscribe())
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
