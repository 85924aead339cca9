//! The gate of one container: a call waits here twice, for its effect and for its answer, until the
//! player lets it go on. Between the two, and between calls, anything may happen.

use std::{
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
};

use jiff::Timestamp;
use simulator::Fault;

use crate::call::{Ask, Shown};

/// What is to become of a call.
#[derive(Debug, Clone, Default)]
pub struct Doom {
    pub fault: Option<Fault>,
    /// A read answers with what stood then.
    pub as_of: Option<Timestamp>,
}

#[derive(Debug)]
enum Stage {
    Asked,
    Granted(Doom),
    Happened(Shown),
    Answered,
}

struct Ticket {
    ask: Ask,
    stage: Stage,
    /// The scaler waits for it no longer.
    abandoned: bool,
    waker: Option<Waker>,
}

#[derive(Default)]
struct Book {
    tickets: Vec<Ticket>,
    /// How many of them the player has taken note of.
    noticed: usize,
}

#[derive(Clone, Default)]
pub struct Desk(Arc<Mutex<Book>>);

impl Desk {
    fn with<T>(&self, look: impl FnOnce(&mut Book) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A new invocation begins.
    pub fn clear(&self) {
        self.with(|book| *book = Book::default());
    }

    /// The scaler makes a call.
    pub fn ask(&self, ask: Ask) -> usize {
        self.with(|book| {
            book.tickets.push(Ticket { ask, stage: Stage::Asked, abandoned: false, waker: None });
            book.tickets.len() - 1
        })
    }

    /// Takes note when the scaler stops waiting for a call.
    pub fn watch(&self, ticket: usize) -> Watch {
        Watch { desk: self.clone(), ticket }
    }

    /// Whether the scaler still waits for a call.
    pub fn is_waited_for(&self, ticket: usize) -> bool {
        self.with(|book| book.tickets.get(ticket).is_some_and(|ticket| !ticket.abandoned))
    }

    /// The call waits until its effect is due.
    pub async fn granted(&self, ticket: usize) -> Doom {
        std::future::poll_fn(|context| {
            self.with(|book| {
                let ticket = &mut book.tickets[ticket];
                if let Stage::Granted(doom) = &ticket.stage {
                    return Poll::Ready(doom.clone());
                }
                ticket.waker = Some(context.waker().clone());
                Poll::Pending
            })
        })
        .await
    }

    pub fn happened(&self, ticket: usize, shown: Shown) {
        self.with(|book| book.tickets[ticket].stage = Stage::Happened(shown));
    }

    /// The call waits until its answer is due.
    pub async fn answered(&self, ticket: usize) {
        std::future::poll_fn(|context| {
            self.with(|book| {
                let ticket = &mut book.tickets[ticket];
                if matches!(ticket.stage, Stage::Answered) {
                    return Poll::Ready(());
                }
                ticket.waker = Some(context.waker().clone());
                Poll::Pending
            })
        })
        .await;
    }

    /// Calls that were asked for since the last time, with their numbers.
    pub fn new_calls(&self) -> Vec<(usize, Ask)> {
        self.with(|book| {
            let from = std::mem::replace(&mut book.noticed, book.tickets.len());
            let new = book.tickets.iter().enumerate().skip(from);
            new.map(|(number, ticket)| (number, ticket.ask.clone())).collect()
        })
    }

    pub fn grant(&self, ticket: usize, doom: Doom) {
        self.go_on(ticket, Stage::Granted(doom));
    }

    /// What the call showed, once it happened.
    pub fn outcome(&self, ticket: usize) -> Option<Shown> {
        self.with(|book| match &book.tickets[ticket].stage {
            Stage::Happened(shown) => Some(shown.clone()),
            _ => None,
        })
    }

    pub fn answer(&self, ticket: usize) {
        self.go_on(ticket, Stage::Answered);
    }

    fn go_on(&self, ticket: usize, stage: Stage) {
        let waker = self.with(|book| {
            let ticket = &mut book.tickets[ticket];
            ticket.stage = stage;
            ticket.waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Dropped with the call's future.
pub struct Watch {
    desk: Desk,
    ticket: usize,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.desk.with(|book| {
            // An invocation that is dropped as a whole may have been followed by another one.
            if let Some(ticket) = book.tickets.get_mut(self.ticket) {
                ticket.abandoned = true;
            }
        });
    }
}
